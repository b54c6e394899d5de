import Beckon
import Lab

/// The table of variants: mean ± standard deviation over the seeds, the best in bold, the second underlined.
struct MetricTable {
  private let results: StudyResults
  private let metrics: [String]
  private let lookup: MetricLookup
  private let significance: Significance
  private let identifier: String

  /// Columns, with those of a grid's axes, beyond which only the largest cutoff of each metric is open, and the others
  /// are folded away.
  private static let mostColumns = 12

  /// A table of some of a study's metrics.
  init(
    _ results: StudyResults, _ metrics: [String], lookup: @escaping MetricLookup, significance: Significance,
    identifier: String
  ) {
    self.results = results
    self.metrics = metrics
    self.lookup = lookup
    self.significance = significance
    self.identifier = identifier
  }

  /// The table with its explanation.
  var html: HTML {
    let groups = MetricName.grouped(metrics)
    let largest = MetricName.atLargestCutoff(metrics).map(\.full)
    let columns = metrics.count + results.spec.gridAxes.count
    let isFolded = columns > Self.mostColumns && largest.count < metrics.count
    let main = ResultTable(
      results, isFolded ? largest : groups.flatMap { $0.columns.map(\.full) }, lookup: lookup,
      significance: significance)
    let seeds = main.seeds
    let spread =
      seeds > 1
      ? "Mean ± standard deviation over \(seeds) seeds. " : "One seed, so nothing is known of the spread. "
    let places: HTML =
      main.isRanked
      ? """
      Of each column that has a better side the best mean is <strong>bold</strong> and the second \
      <span class="second">underlined</span>.
      """ : .empty
    let isLong = main.rows.count > DataTable.mostRows
    let note =
      !isFolded
      ? ""
      : isLong
        ? " Each metric at its largest cutoff; the other cutoffs of so many rows are in summary.csv, and --metrics "
          + "picks the columns of a report."
        : " Each metric at its largest cutoff."
    return """
      <p>\(spread)\(places)\(note)</p>
      \(Self.html(main, "\(identifier)-table"))\(isFolded && !isLong ? everyCutoff(groups) : .empty)
      """
  }

  /// What the metrics mean, as they say themselves; nothing where nobody knows.
  var meanings: HTML {
    let entries = MetricName.grouped(metrics).compactMap { name, _ -> HTML? in
      guard let facts = lookup(name), !facts.summary.isEmpty else { return nil }
      let unit = facts.unit.isEmpty ? "" : " Unit: \(facts.unit)."
      let way =
        switch facts.direction {
        case .higher: " Higher is better."
        case .lower: " Lower is better."
        case .neither: ""
        }
      return "<dt>\(name)</dt><dd>\(facts.summary.replacing("`", with: ""))\(unit)\(way)</dd>\n"
    }
    return entries.isEmpty ? .empty : "<dl>\n\(entries)</dl>\n"
  }

  private func everyCutoff(_ groups: [(base: String, columns: [MetricName])]) -> HTML {
    let tables = groups.enumerated().map { index, group -> HTML in
      let table = ResultTable(
        results, group.columns.map(\.full), lookup: lookup, significance: significance)
      return Self.html(table, "\(identifier)-cutoffs\(index)", isStacked: true, hasAxes: false)
    }
    return """
      <details class="more"><summary>Every cutoff</summary>
      <div class="tables">
      \(tables)</div></details>

      """
  }

  private static func html(
    _ table: ResultTable, _ identifier: String, isStacked: Bool? = nil, hasAxes: Bool = true
  ) -> HTML {
    let columns = table.groups.flatMap { group in
      group.columns.enumerated().map { place, column in
        let (name, arrow) = (table.columns[column], table.arrow(column))
        return DataTable.Column(
          group: arrow.isEmpty ? name.base : "\(name.base) \(arrow)",
          title: name.cutoff.map { "@\($0)" } ?? "all",
          name: name.full, isRising: table.direction(column) == .lower, startsGroup: place == 0)
      }
    }
    return DataTable(
      identifier: identifier, axes: hasAxes ? table.axes : [], columns: columns, rowCount: table.rows.count,
      name: { table.rows[$0].variant }, label: table.label, cell: { cell(table, $0, $1) },
      isStacked: isStacked
    ).html
  }

  private static func cell(_ table: ResultTable, _ row: Int, _ column: Int) -> DataCell {
    guard let cell = table.cell(row, column) else {
      return DataCell(value: nil, text: "–", title: "this run cannot give it")
    }
    let (sample, decimals) = (cell.sample, table.decimals(column))
    let note = sample.count < table.seeds ? "; only \(sample.count) of \(table.seeds) seeds gave it" : ""
    return DataCell(
      value: sample.mean, text: NumberText.fixed(sample.mean, decimals: decimals),
      spread: sample.deviation.map { NumberText.spread($0, decimals: decimals) } ?? "", place: cell.place,
      mark: cell.mark, title: "\(sample.mean)\(note)")
  }
}
