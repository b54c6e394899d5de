import Beckon
import Lab

/// Metrics over the values of the setting in which the variants differ: how much depends on it.
struct SensitivitySection {
  /// Variants that differ in the setting alone, by its value.
  private struct Series {
    var name: String
    var points: [(value: Double, variant: String)]
  }

  private let results: StudyResults
  private let table: SummaryTable
  private let gains: [String]
  private let costs: [String]
  private let series: [Series]

  init(_ results: StudyResults, gains: [String], costs: [String]) {
    self.results = results
    table = SummaryTable(results)
    self.gains = gains
    self.costs = costs
    series = Self.series(results.spec)
  }

  /// The section; nothing unless the spec names an axis.
  var html: HTML {
    let axis = results.spec.axis
    guard !axis.isEmpty, series.contains(where: { $0.points.count > 1 }), !gains.isEmpty else {
      return .empty
    }
    let whiskers =
      results.spec.seeds.count > 1
      ? " Whiskers are 95 % intervals of the mean over the seeds, cut at the chart's edge." : ""
    let cutoffs = series.count > 1 ? "" : " The largest cutoff is in colour, the others are in grey."
    return """
      <section id="sensitivity"><h2>Sensitivity to <code>\(axis)</code></h2>
      <p>Means over the seeds.\(whiskers)\(cutoffs) The vertical axes begin at 0 only where the values come near it.</p>
      \(figures(gains))\(HTML.costs(figures(costs)))</section>

      """
  }

  /// Charts of some metrics, and their table; nothing if there are none.
  private func figures(_ metrics: [String]) -> HTML {
    guard !metrics.isEmpty else { return .empty }
    let charts = MetricName.grouped(metrics).map { metric -> HTML in
      let (lines, labels) = lines(metric.columns)
      let largest = MetricName.atLargestCutoff(metric.columns.map(\.full))[0]
      let title = series.count > 1 ? largest.full : metric.base
      let chart = Chart(
        title: title, unit: title,
        axis: .settings(series.flatMap { $0.points.map(\.value) }, of: results.spec.axis), lines: lines,
        identifier: "sensitivity-\(metric.base)", layout: .points(labels: labels))
      return """
        <figure><figcaption>\(title)</figcaption>
        \(chart.svg)<output class="readout" aria-live="polite"></output></figure>

        """
    }
    return """
      <div class="figures">
      \(charts)</div>
      \(numbers(MetricName.atLargestCutoff(metrics)))
      """
  }

  /// One line if every variant has a value of its own; otherwise variants whose names differ in the value alone make
  /// a line.
  private static func series(_ spec: ResolvedSpec) -> [Series] {
    let points = spec.variants.compactMap { variant in
      variant.number(at: spec.axis).map { (value: $0, variant: variant.name) }
    }
    var result: [Series] = []
    let isOne = Set(points.map(\.value)).count == points.count
    for point in points {
      var name = isOne ? "" : point.variant
      if let number = name.range(of: NumberText.alone(point.value), options: .backwards) {
        name.removeSubrange(number)
      }
      name = name.trimmingCharacters(in: .whitespaces)
      while let last = name.last, !last.isLetter, !last.isNumber { name.removeLast() }
      if let known = result.firstIndex(where: { $0.name == name }) {
        result[known].points.append(point)
      } else {
        result.append(Series(name: name, points: [point]))
      }
    }
    for index in result.indices { result[index].points.sort { $0.value < $1.value } }
    return result
  }

  /// The cutoffs of the only series, or the largest cutoff of each, and the room that their names need.
  private func lines(_ columns: [MetricName]) -> (lines: [ChartLine], labels: Double) {
    let largest = MetricName.atLargestCutoff(columns.map(\.full))[0]
    func line(
      _ series: Series, _ column: MetricName, name: String, colour: Int?, shift: Double = 0
    ) -> ChartLine {
      ChartLine(
        name: name,
        points: series.points.compactMap { value, variant in
          self.value(variant, column).map { .init(x: value, mean: $0.mean, halfWidth: $0.halfWidth) }
        }, colour: colour, isTwin: false, variants: series.points.map(\.variant), shift: shift)
    }
    if series.count > 1 {
      let lines = series.enumerated().map { index, one in
        line(
          one, largest, name: one.name, colour: index % RoundCurves.overlaid,
          shift: 8 * (Double(index) - Double(series.count - 1) / 2))
      }
      return (lines.filter { !$0.points.isEmpty }, 130)
    }
    let others = columns.filter { $0 != largest }
    let lines = (others + [largest]).map { column in
      line(
        series[0], column, name: column.cutoff.map { "@\($0)" } ?? column.base,
        colour: column == largest ? 0 : nil)
    }
    return (lines.filter { !$0.points.isEmpty }, columns.count > 1 ? 56 : 110)
  }

  private func value(_ variant: String, _ column: MetricName) -> Sample? {
    table.row(variant)?.value(column.full)
  }

  /// The largest cutoff of each metric in numbers, and how far its means lie apart.
  private func numbers(_ columns: [MetricName]) -> HTML {
    let head = columns.map { column -> HTML in "<th scope=\"col\" class=\"first\">\(column.full)</th>" }
    let bodies = series.map { series -> HTML in
      let rows = series.points.map { value, variant -> HTML in
        let cells = columns.map { column -> HTML in
          guard let sample = self.value(variant, column) else { return .missing }
          return "<td class=\"first\">\(HTML.level(sample, decimals: table.decimals(column.full)))</td>"
        }
        return """
          <tr>\(HTML.rowHead(variant))<td>\(NumberText.alone(value))</td>\(cells)</tr>

          """
      }
      let ranges = columns.map { column -> HTML in
        let means = series.points.compactMap { self.value($0.variant, column)?.mean }
        guard let low = means.min(), let high = means.max() else { return .missing }
        return
          "<td class=\"first\">\(NumberText.fixed(high - low, decimals: table.decimals(column.full)))</td>"
      }
      return """
        <tbody>
        \(rows)<tr class="total"><th scope="row">largest − smallest mean</th><td></td>\(ranges)</tr>
        </tbody>

        """
    }
    return """
      <div class="wide"><table class="data sortable\(HTML.stacked(columns.count))">
      <thead><tr><th scope="col">variant</th><th scope="col">\(results.spec.axis)</th>\(head)</tr></thead>
      \(bodies)</table></div>

      """
  }
}
