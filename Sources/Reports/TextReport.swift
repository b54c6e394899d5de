import Foundation
import Lab

/// The table of a study for a terminal.
public struct TextReport {
  private let results: StudyResults
  private let table: SummaryTable

  /// Columns beyond which only the largest cutoff of each metric is shown.
  private static let mostColumns = 6

  /// A table of a study's results.
  public init(_ results: StudyResults) {
    self.results = results
    table = SummaryTable(results)
  }

  /// Lines: variants × metrics, mean ± standard deviation over the seeds.
  public var text: String {
    guard !table.metrics.isEmpty else { return "No run gave a number.\n" }
    let isShort = table.metrics.count > Self.mostColumns
    let columns = isShort ? MetricName.atLargestCutoff(table.metrics).map(\.full) : table.metrics
    let head = ["variant"] + columns
    // A control character in a name would move the cursor.
    let rows = table.rows.map { row in
      [String(row.variant.map { $0.isNewline || $0.asciiValue ?? 32 < 32 ? "?" : $0 })]
        + columns.map { cell(row, $0) }
    }
    let widths = head.indices.map { column in ([head] + rows).map { $0[column].count }.max() ?? 0 }
    var lines = [
      Self.line(head, widths), widths.map { String(repeating: "-", count: $0) }.joined(separator: "  "),
    ]
    lines += rows.map { Self.line($0, widths) }
    let seeds = results.spec.seeds.count
    if seeds > 1 { lines.append("Mean ± standard deviation over \(seeds) seeds.") }
    if isShort, columns.count < table.metrics.count {
      lines.append("Each metric at its largest cutoff; all \(table.metrics.count) are in summary.csv.")
    }
    if let line = LongHistories(results).line { lines.append(line) }
    return lines.joined(separator: "\n") + "\n"
  }

  private func cell(_ row: SummaryTable.Row, _ metric: String) -> String {
    guard let value = row.value(metric) else { return "-" }
    let decimals = table.decimals(metric)
    let spread = value.deviation.map { " ± \(NumberText.spread($0, decimals: decimals))" } ?? ""
    return NumberText.fixed(value.mean, decimals: decimals) + spread
  }

  private static func line(_ cells: [String], _ widths: [Int]) -> String {
    let padded = zip(cells, widths).enumerated().map { column, pair in
      let space = String(repeating: " ", count: pair.1 - pair.0.count)
      return column == 0 ? pair.0 + space : space + pair.0
    }
    return padded.joined(separator: "  ")
  }
}
