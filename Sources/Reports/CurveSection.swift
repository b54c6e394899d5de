import Beckon
import Foundation
import Lab

/// The charts of a report: one a measure, or for a big study a small panel for each variant.
struct CurveSection {
  private let curves: RoundCurves
  private let hasSeveralSeeds: Bool
  /// What stands over the panel of a variant of a grid: its labels without the axes.
  private let labels: [String: String]
  /// Said of the variants that are not drawn; empty if all are.
  private let note: String

  /// Variants beyond which the best are drawn alone.
  static let mostVariants = 30

  /// - Parameter metrics: what was attained; the first column decides which variants of very many are drawn.
  init(_ results: StudyResults, metrics: [String], lookup: MetricLookup) {
    let (names, note) = Self.chosen(results, metrics, lookup)
    curves = RoundCurves(results, names: names)
    self.note = note
    hasSeveralSeeds = results.spec.seeds.count > 1
    labels = Dictionary(
      results.spec.variants.filter { !$0.coordinates.isEmpty }.map { variant in
        (variant.name, variant.coordinates.map(\.label).joined(separator: ", "))
      }
    ) { first, _ in first }
  }

  /// The variants to draw, and how they were chosen.
  private static func chosen(
    _ results: StudyResults, _ metrics: [String], _ lookup: MetricLookup
  ) -> (names: [String], note: String) {
    let all = results.spec.variants.map(\.name)
    guard all.count > mostVariants, let metric = MetricName.atLargestCutoff(metrics).first else {
      return (all, "")
    }
    let table = SummaryTable(results)
    let sign: Double = ResultTable.direction(metric.base, lookup) == .lower ? 1 : -1
    let values = all.compactMap { name in table.row(name)?.value(metric.full).map { (name, sign * $0.mean) } }
    let other = results.spec.compareWith
    let best = values.filter { $0.0 != other }.sorted { $0.1 < $1.1 }.prefix(mostVariants - 1).map(\.0)
    let kept = Set(best + [other])
    return (
      all.filter(kept.contains),
      " Of \(NumberText.count(all.count)) variants the \(best.count) best by \(metric.full) are drawn, and "
        + "\(other); rounds.csv has all."
    )
  }

  /// The section; nothing for a study without rounds.
  var html: HTML {
    let charts = RoundCurves.measures.enumerated().compactMap { index, measure -> HTML? in
      let lines = curves.lines(measure)
      guard !lines.isEmpty else { return nil }
      let isBig = lines.count(where: { !$0.isTwin }) > RoundCurves.overlaid
      let drawing = isBig ? panels(lines, measure, index) : single(lines, measure, index)
      return """
        <figure><figcaption>\(measure.title)</figcaption>
        \(drawing)<output class="readout" aria-live="polite"></output></figure>

        """
    }
    guard !charts.isEmpty else { return .empty }
    let band =
      hasSeveralSeeds
      ? " Bands are 95 % intervals of the mean over the seeds (Student's t), cut at the chart's edge." : ""
    return """
      <section id="curves"><h2>Over the rounds</h2>
      <p>Means over targets and users. Dashed: the twin, the same users and draws without guidance.\(band)\(note)</p>
      \(charts)</section>

      """
  }

  private func single(_ lines: [ChartLine], _ measure: RoundCurves.Measure, _ index: Int) -> HTML {
    let chart = Chart(
      title: measure.title, unit: measure.unit, axis: Self.axis(lines), lines: lines,
      identifier: "chart\(index)")
    return "\(chart.svg)\n"
  }

  private static func axis(_ lines: [ChartLine]) -> ChartAxis {
    .rounds(lines.flatMap { $0.points.map(\.x) })
  }

  /// Panels share their axes, and all lines stand in the background of each: drawn once, used many times.
  private func panels(_ lines: [ChartLine], _ measure: RoundCurves.Measure, _ index: Int) -> HTML {
    let size = (width: 250.0, height: 150.0)
    let axis = Self.axis(lines)
    let scale = ChartScale(
      lines: lines, axis: axis, left: 46, right: size.width - 10, top: 26, bottom: size.height - 24)
    let guided = lines.filter { !$0.isTwin }
    let crowd: HTML = "crowd\(index)"
    return """
      <svg class="hidden" width="0" height="0" aria-hidden="true"><defs><g id="\(crowd)" class="crowd">
      \(guided.map { $0.path(scale) })</g></defs></svg>
      <div class="panels">
      \(guided.enumerated().map { place, line -> HTML in
        let end = line.points.last.map { "\(NumberText.alone($0.mean)) after round \(Int($0.x))" } ?? ""
        let twin = lines.filter { $0.isTwin && $0.variants.contains(line.name) }
        let identifier: HTML = "panel\(index)-\(place)"
        return """
          <svg class="chart" viewBox="0 0 \(Int(size.width)) \(Int(size.height))" role="img" tabindex="0" \
          aria-labelledby="\(identifier)"><title id="\(identifier)">\(line.name): \(end)</title>
          \(scale.axes(unit: nil))<use href="#\(crowd)"/>
          \(line.band(scale))\(twin.map { $0.path(scale) })\(line.path(scale))
          <text class="label plain" x="46" y="16">\(Chart.shortened(labels[line.name] ?? line.name, to: 26))</text>
          <line class="cross" x1="0" x2="0" y1="\(px(scale.top))" y2="\(px(scale.bottom))" visibility="hidden"/>
          \(Chart.strips([line] + twin, axis, scale))</svg>

          """
      })</div>

      """
  }
}
