import Foundation
import Lab

/// What a report can be written as.
public enum ReportFormat: String, Sendable, CaseIterable {
  /// `report.html`: one file for a browser.
  case html
  /// `report.tex`: a booktabs table for a paper.
  case latex
  /// `report.md`: the same table for a README or an issue.
  case markdown
  /// `report.csv`: a line a variant and metric, with tests.
  case csv
  /// `npy/`: arrays of the users' values for NumPy.
  case npy
  /// `report.jsonl` and `users.jsonl`: rows for pandas.
  case jsonl

  /// The extension of the only file that it is written as; nil if there are several.
  public var fileExtension: String? {
    switch self {
    case .html: "html"
    case .latex: "tex"
    case .markdown: "md"
    case .csv: "csv"
    case .npy, .jsonl: nil
    }
  }
}

/// Writes a study's results in any format.
public struct ReportFiles {
  let results: StudyResults
  let significance: Significance
  let lookup: MetricLookup

  /// Files of a study's results.
  ///
  /// - Parameters:
  ///   - results: the study.
  ///   - significance: tests of the differences.
  ///   - metrics: what is known of a metric, by its name without the cutoff.
  public init(_ results: StudyResults, significance: Significance, metrics: @escaping MetricLookup) {
    self.results = results
    self.significance = significance
    lookup = metrics
  }

  /// Writes a format's files into a folder; each is whole or absent.
  ///
  /// - Returns: what was written.
  /// - Throws: `WriteError`; for the values of users `Problem` or `LineProblem`, if a file of them is damaged.
  public func write(_ format: ReportFormat, into folder: URL) throws -> [URL] {
    if let fileExtension = format.fileExtension {
      let file = folder.appending(path: "report.\(fileExtension)")
      try write(format, to: file)
      return [file]
    }
    return format == .npy
      ? try NumPyFiles(results).write(to: folder.appending(path: "npy"))
      : try JSONLines(results).write(to: folder)
  }

  /// Writes a format that is one file.
  ///
  /// - Throws: `WriteError`.
  public func write(_ format: ReportFormat, to file: URL) throws {
    precondition(format.fileExtension != nil, "write: the format \(format.rawValue) is several files.")
    try AtomicFile.write(text(format), to: file)
  }

  /// The text of a format that is one file; empty for the others.
  public func text(_ format: ReportFormat) -> String {
    switch format {
    case .html: return HTMLReport(results, significance: significance, metrics: lookup).html
    case .latex:
      let (table, legend, note) = self.table
      return LaTeXTable(table, title: results.spec.name, legend: legend, note: note).text
    case .markdown:
      let (table, legend, note) = self.table
      return MarkdownTable(table, title: results.spec.name, notes: [legend, note]).text
    case .csv: return LongTable(results: results, significance: significance, lookup: lookup).text
    case .npy, .jsonl: return ""
    }
  }

  /// Columns beyond which a table for paper shows what was attained alone, each metric at its largest cutoff.
  private static let mostColumns = 8

  /// The table of a paper, and what is said of it.
  private var table: (table: ResultTable, legend: String, note: String) {
    let (gains, costs) = ResultSections.metrics(results, lookup)
    let all = MetricName.grouped(gains + costs).flatMap { $0.columns.map(\.full) }
    let isWhole = all.count <= Self.mostColumns
    let columns = isWhole ? all : MetricName.atLargestCutoff(gains).map(\.full)
    let note = isWhole ? "" : "\(columns.count) of \(all.count) columns; report --metrics picks others."
    let table = ResultTable(results, columns, lookup: lookup, significance: significance)
    return (table, significance.legend(columns), note)
  }
}
