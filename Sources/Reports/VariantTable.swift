import Beckon
import Foundation
import Lab

/// The table of variants: mean ± standard deviation over the seeds, the best in bold, the second underlined.
struct VariantTable {
  private let table: SummaryTable
  private let lookup: MetricLookup
  private let seeds: Int

  init(_ results: StudyResults, lookup: @escaping MetricLookup) {
    table = SummaryTable(results)
    self.lookup = lookup
    seeds = results.spec.seeds.count
  }

  var html: HTML {
    guard !table.metrics.isEmpty else {
      return "<section id=\"results\"><h2>Results</h2>\n<p>No run gave a number.</p></section>\n"
    }
    let groups = MetricName.grouped(table.metrics)
    let columns = groups.flatMap(\.columns)
    let marks = Dictionary(uniqueKeysWithValues: columns.map { ($0.full, self.marks($0)) })
    let rows = table.rows.map { row -> HTML in
      let cells = groups.flatMap { group in
        group.columns.enumerated().map { place, column in
          cell(row, column, marks[column.full] ?? [:], startsGroup: place == 0)
        }
      }
      return "<tr>\(HTML.rowHead(row.variant))\(cells)</tr>\n"
    }
    let spread =
      seeds > 1
      ? "Mean ± standard deviation over \(seeds) seeds. " : "One seed, so nothing is known of the spread. "
    return """
      <section id="results"><h2>Results</h2>
      <p>\(spread)Of each column the best mean is <strong>bold</strong> and the second \
      <span class="second">underlined</span>.</p>
      <div class="wide"><table class="data sortable">
      <thead>\(head(groups))</thead>
      <tbody>
      \(rows)</tbody></table></div>
      \(legend(groups.map(\.base)))</section>

      """
  }

  private func head(_ groups: [(base: String, columns: [MetricName])]) -> HTML {
    let top = groups.map { group -> HTML in
      let arrow =
        switch lookup(group.base)?.direction ?? Self.guess(group.base) {
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
    let spread: HTML =
      value.deviation.map {
        " <span class=\"spread\">± \(NumberText.spread($0, decimals: decimals))</span>"
      } ?? .empty
    let number: HTML = "\(NumberText.fixed(value.mean, decimals: decimals))"
    let marked: HTML
    switch marks[row.variant] {
    case "best": marked = "<strong>\(number)</strong>"
    case "second": marked = "<span class=\"second\">\(number)</span>"
    default: marked = number
    }
    let note = value.count < seeds ? "; only \(value.count) of \(seeds) seeds gave it" : ""
    return """
      <td class="\(kind)" data-value="\("\(value.mean)")" title="\("\(value.mean)\(note)")">\(marked)\(spread)</td>
      """
  }

  /// Which rows are best and second in a column; those that read the same share the place.
  private func marks(_ column: MetricName) -> [String: HTML] {
    let direction = lookup(column.base)?.direction ?? Self.guess(column.base)
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

  /// Direction of a metric that the registry does not know, as its name suggests.
  static func guess(_ name: String) -> Direction {
    let lower = ["loss", "error", "rmse", "mae", "regret", "harm", "churn", "gini", "ece"]
    return name.split(separator: "-").contains { lower.contains($0.lowercased()) } ? .lower : .higher
  }

  private func legend(_ names: [String]) -> HTML {
    let known = names.compactMap { name in lookup(name).map { (name, $0) } }.filter { !$0.1.summary.isEmpty }
    guard !known.isEmpty else { return .empty }
    let entries = known.map { name, facts -> HTML in
      let unit = facts.unit.isEmpty ? "" : " Unit: \(facts.unit)."
      let way =
        switch facts.direction {
        case .higher: " Higher is better."
        case .lower: " Lower is better."
        case .neither: ""
        }
      return "<dt>\(name)</dt><dd>\(facts.summary)\(unit)\(way)</dd>\n"
    }
    return
      "<details class=\"legend\"><summary>What the metrics mean</summary><dl>\n\(entries)</dl></details>\n"
  }
}
