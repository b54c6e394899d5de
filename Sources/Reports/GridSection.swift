import Beckon
import Lab

/// What a grid shows: metrics over two of its axes as maps, and over each numeric axis as lines.
struct GridSection {
  private let grid: GridValues
  private let table: SummaryTable
  private let columns: [MetricName]
  private let lookup: MetricLookup
  private let axis: String

  /// Metrics that are open; the others are folded away.
  private static let mostOpen = 3
  /// Cells of all maps together.
  private static let mostCells = 12_000
  /// Charts of lines.
  private static let mostCharts = 48

  /// A section of metrics, each at its largest cutoff.
  init(_ results: StudyResults, metrics: [String], lookup: @escaping MetricLookup) {
    table = SummaryTable(results)
    grid = GridValues(results, table)
    columns = MetricName.atLargestCutoff(metrics)
    self.lookup = lookup
    axis = results.spec.axis
  }

  /// The section; nothing without a grid.
  var html: HTML {
    guard !grid.axes.isEmpty, !columns.isEmpty else { return .empty }
    let (maps, lines) = (maps, lines)
    guard maps != .empty || lines != .empty else { return .empty }
    let axes = grid.axes.map { axis -> HTML in
      "<li><code>\(axis.path)</code>: \(Self.list(axis.labels))</li>\n"
    }
    return """
      <section id="grid"><h2>Over the grid</h2>
      <ul class="steps">
      \(axes)</ul>
      \(maps)\(lines)</section>

      """
  }

  /// Pieces of a class: the open ones, and below them the others folded away.
  private func folded(_ pieces: [(isOpen: Bool, html: HTML)], into name: HTML) -> HTML {
    let rest = pieces.filter { !$0.isOpen }.map(\.html)
    let more: HTML =
      rest.isEmpty
      ? .empty
      : """
      <details class="more"><summary>The same of the other metrics</summary>
      <div class="\(name)">
      \(rest)</div></details>

      """
    return """
      <div class="\(name)">
      \(pieces.filter(\.isOpen).map(\.html))</div>
      \(more)
      """
  }

  /// The labels of an axis; of very many the first and the last.
  private static func list(_ labels: [String]) -> String {
    labels.count > 24
      ? "\(labels.prefix(3).joined(separator: ", ")), …, \(labels.last ?? "") (\(labels.count))"
      : labels.joined(separator: ", ")
  }

  // MARK: Maps

  private var maps: HTML {
    var cells = 0
    var drawn: [(isOpen: Bool, html: HTML)] = []
    var left = 0
    for (index, column) in columns.enumerated() {
      for (first, second) in pairs {
        let size = first.labels.count * second.labels.count
        guard cells + size <= Self.mostCells else {
          left += 1
          continue
        }
        cells += size
        let map = GridMap(
          metric: column.full, direction: ResultTable.direction(column.base, lookup), rows: first,
          columns: second, means: grid.means(column.full, first, second),
          decimals: table.decimals(column.full))
        drawn.append((index < Self.mostOpen, map.html))
      }
    }
    guard !drawn.isEmpty else { return .empty }
    let besides =
      grid.axes.count > 2
      ? " A field is the mean over all variants that stand there, whatever they have elsewhere." : ""
    let note =
      left > 0
      ? " \(left) more maps would be beyond the \(NumberText.count(Self.mostCells)) fields that a report draws: "
        + "--metrics picks the columns."
      : ""
    return """
      <h3>Two axes at a time</h3>
      <p>Means over the seeds, each metric at its largest cutoff: the stronger the colour, the larger the number. The \
      best field is bold, or framed where there is no room for numbers.\(besides)\(note)</p>
      \(folded(drawn, into: "maps"))
      """
  }

  private var pairs: [(GridValues.Axis, GridValues.Axis)] {
    grid.axes.indices.flatMap { first in
      grid.axes.indices.filter { $0 > first }.map { second in
        // The longer axis runs down the page.
        let (a, b) = (grid.axes[first], grid.axes[second])
        return a.labels.count >= b.labels.count ? (a, b) : (b, a)
      }
    }
  }

  // MARK: Lines

  private var lines: HTML {
    // The axis that the spec names has a section of its own.
    let numeric = grid.axes.filter { $0.numbers != nil && $0.path != axis }
    let wanted = columns.enumerated().flatMap { index, column in
      numeric.map { (index: index, column: column, axis: $0) }
    }
    guard !wanted.isEmpty else { return .empty }
    var hasIntervals = false
    var isSummed = false
    let charts = wanted.prefix(Self.mostCharts).map { index, column, axis -> (isOpen: Bool, html: HTML) in
      let lines = grid.lines(column.full, axis)
      isSummed = isSummed || lines.count > RoundCurves.overlaid
      let shown = lines.count > RoundCurves.overlaid ? Self.extremes(lines, axis) : Self.single(lines, axis)
      hasIntervals = hasIntervals || shown.contains { $0.points.contains { $0.halfWidth != nil } }
      let identifier = "grid-\(column.full)-\(axis.path)".map { $0.isLetter || $0.isNumber ? $0 : "-" }
      let chart = Chart(
        title: "\(column.full) over \(axis.path)", unit: column.full,
        axis: .settings(axis.numbers ?? [], of: axis.path), lines: shown, identifier: String(identifier),
        layout: .points(labels: shown.count > 1 ? 130 : 24))
      return (
        index < Self.mostOpen,
        """
        <figure><figcaption>\(column.full) over \(axis.name)</figcaption>
        \(chart.svg)<output class="readout" aria-live="polite"></output></figure>

        """
      )
    }
    let whiskers = hasIntervals ? " Whiskers are 95 % intervals over the seeds, cut at the chart's edge." : ""
    let sums =
      isSummed
      ? " Where more than \(RoundCurves.overlaid) combinations of the other axes would be a line each, the highest, "
        + "the mean and the lowest of them are drawn."
      : ""
    let note =
      wanted.count > charts.count
      ? " The first \(charts.count) of \(wanted.count) charts; --metrics picks the columns." : ""
    return """
      <h3>One number at a time</h3>
      <p>Means over the seeds. The vertical axes begin at 0 only where the values come near it.\(whiskers)\(sums)\(
        note)</p>
      \(folded(charts, into: "figures"))
      """
  }

  private static func single(
    _ lines: [(name: String, means: [GridValues.Mean?])], _ axis: GridValues.Axis
  ) -> [ChartLine] {
    lines.enumerated().map { index, line in
      Self.line(
        line.name, line.means, axis, colour: index,
        shift: lines.count > 1 ? 5 * (Double(index) - Double(lines.count - 1) / 2) : 0)
    }
  }

  /// Highest, mean and lowest of many lines.
  private static func extremes(
    _ lines: [(name: String, means: [GridValues.Mean?])], _ axis: GridValues.Axis
  ) -> [ChartLine] {
    func line(_ name: String, _ colour: Int?, _ value: ([Double]) -> Double?) -> ChartLine {
      let means = axis.labels.indices.map { place in
        value(lines.compactMap { $0.means[place]?.mean }).map {
          GridValues.Mean(mean: $0, halfWidth: nil, count: lines.count)
        }
      }
      return Self.line(name, means, axis, colour: colour)
    }
    return [
      line("highest", nil) { $0.max() }, line("lowest", nil) { $0.min() },
      line("mean", 0) { $0.isEmpty ? nil : Sample($0).mean },
    ]
  }

  private static func line(
    _ name: String, _ means: [GridValues.Mean?], _ axis: GridValues.Axis, colour: Int?, shift: Double = 0
  ) -> ChartLine {
    let points = zip(axis.numbers ?? [], means).compactMap { number, mean in
      mean.map { ChartLine.Point(x: number, mean: $0.mean, halfWidth: $0.halfWidth) }
    }
    return ChartLine(
      name: name, points: points, colour: colour, isTwin: false, variants: [], shift: shift)
  }
}
