import Beckon
import Lab

/// The table of variants: mean ± standard deviation over the seeds, the best in bold, the second underlined.
struct MetricTable {
  private let table: SummaryTable
  private let lookup: MetricLookup
  private let seeds: Int
  private let metrics: [String]

  /// Columns beyond which only the largest cutoff of each metric is open, and the others are folded away.
  private static let mostColumns = 12

  /// A table of some of a study's metrics.
  init(_ results: StudyResults, _ metrics: [String], lookup: @escaping MetricLookup) {
    table = SummaryTable(results)
    self.metrics = metrics
    self.lookup = lookup
    seeds = results.spec.seeds.count
  }

  /// The table with its explanation.
  var html: HTML {
    let groups = MetricName.grouped(metrics)
    let largest = MetricName.atLargestCutoff(metrics)
    let isFolded = metrics.count > Self.mostColumns && largest.count < metrics.count
    let shown = isFolded ? largest.map { (base: $0.base, columns: [$0]) } : groups
    let spread =
      seeds > 1
      ? "Mean ± standard deviation over \(seeds) seeds. " : "One seed, so nothing is known of the spread. "
    let rest: HTML =
      isFolded
      ? """
      <details class="more"><summary>Every cutoff</summary>
      <div class="tables">
      \(groups.map { table([$0], isStacked: true) })</div></details>

      """ : .empty
    let isRanked = table.rows.count > 1 && groups.contains { direction($0.base) != .neither }
    let marks: HTML =
      isRanked
      ? """
      Of each column that has a better side the best mean is <strong>bold</strong> and the second \
      <span class="second">underlined</span>.
      """ : .empty
    return """
      <p>\(spread)\(marks)\(isFolded ? " Each metric at its largest cutoff." : "")</p>
      \(table(shown))\(rest)
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

  private func table(_ groups: [(base: String, columns: [MetricName])], isStacked: Bool = false) -> HTML {
    let stacked: HTML = isStacked ? " stacked" : HTML.stacked(groups.flatMap(\.columns).count)
    let marks = Dictionary(
      uniqueKeysWithValues: groups.flatMap(\.columns).map { ($0.full, self.marks($0)) })
    let rows = table.rows.map { row -> HTML in
      let cells = groups.flatMap { group in
        group.columns.enumerated().map { place, column in
          cell(row, column, marks[column.full] ?? [:], startsGroup: place == 0)
        }
      }
      return "<tr>\(HTML.rowHead(row.variant))\(cells)</tr>\n"
    }
    return """
      <div class="wide"><table class="data sortable\(stacked)">
      <thead>\(head(groups))</thead>
      <tbody>
      \(rows)</tbody></table></div>

      """
  }

  private func head(_ groups: [(base: String, columns: [MetricName])]) -> HTML {
    let top = groups.map { group -> HTML in
      let arrow =
        switch direction(group.base) {
        case .higher: " ↑"
        case .lower: " ↓"
        case .neither: ""
        }
      return
        "<th scope=\"colgroup\" colspan=\"\(group.columns.count)\" class=\"first\">\(group.base)\(arrow)</th>"
    }
    let bottom = groups.flatMap { group in
      group.columns.enumerated().map { place, column -> HTML in
        let kind: HTML = place == 0 ? "first" : "next"
        let label = column.cutoff.map { "@\($0)" } ?? "all"
        return "<th scope=\"col\" class=\"\(kind)\" data-sort=\"\">\(label)</th>"
      }
    }
    return """
      <tr><th scope="col" rowspan="2">variant</th>\(top)</tr>
      <tr>\(bottom)</tr>
      """
  }

  private func cell(
    _ row: SummaryTable.Row, _ column: MetricName, _ marks: [String: HTML], startsGroup: Bool
  ) -> HTML {
    let kind: HTML = startsGroup ? "first" : "next"
    guard let value = row.value(column.full) else {
      return "<td class=\"\(kind) missing\" title=\"this run cannot give it\">–</td>"
    }
    let decimals = table.decimals(column.full)
    let number: HTML = "\(NumberText.fixed(value.mean, decimals: decimals))"
    let marked: HTML
    switch marks[row.variant] {
    case "best": marked = "<strong>\(number)</strong>"
    case "second": marked = "<span class=\"second\">\(number)</span>"
    default: marked = number
    }
    let note = value.count < seeds ? "; only \(value.count) of \(seeds) seeds gave it" : ""
    return """
      <td class="\(kind)" data-value="\("\(value.mean)")" title="\("\(value.mean)\(note)")">\(marked)\(
        HTML.spread(value.deviation, decimals: decimals))</td>
      """
  }

  /// Which rows are best and second in a column; those that read the same share the place.
  private func marks(_ column: MetricName) -> [String: HTML] {
    let direction = direction(column.base)
    guard direction != .neither else { return [:] }
    let decimals = table.decimals(column.full)
    let shown = table.rows.compactMap { row in
      row.value(column.full).map { (row.variant, NumberText.fixed($0.mean, decimals: decimals)) }
    }
    guard shown.count > 1 else { return [:] }
    let ranked = Set(shown.compactMap { Double($0.1) }).sorted { direction == .higher ? $0 > $1 : $0 < $1 }
    guard ranked.count > 1 else { return [:] }
    var result: [String: HTML] = [:]
    for (variant, text) in shown {
      if Double(text) == ranked[0] { result[variant] = "best" }
      if Double(text) == ranked[1] { result[variant] = "second" }
    }
    return result
  }

  /// Direction of a metric; for one that the registry does not know, as its name suggests.
  private func direction(_ name: String) -> Direction {
    if let known = lookup(name) { return known.direction }
    let lower = ["loss", "error", "rmse", "mae", "regret", "harm", "churn", "gini", "ece"]
    return name.split(separator: "-").contains { lower.contains($0.lowercased()) } ? .lower : .higher
  }
}
