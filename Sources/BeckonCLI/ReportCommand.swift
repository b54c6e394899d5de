import Beckon
import Lab
import Reports

/// `beckon report`.
enum ReportCommand {
  static let command = Command(
    name: "report",
    summary: "Makes reports of finished studies: HTML, LaTeX, Markdown, CSV, NumPy, JSON lines.",
    details: """
      Reads what 'beckon run' has written, runs nothing, and writes beside it:
        html      report.html, for a browser
        latex     report.tex, a booktabs table for a paper
        markdown  report.md, the same table for a README
        csv       report.csv, a line a variant and metric, with tests
        npy       npy/, arrays [variant, seed, user] for NumPy, and index.json
        jsonl     report.jsonl and users.jsonl, rows for pandas

      Several folders make one report over all of them; then --out says where it goes.
      Docs/Reports.md tells what each part shows.
      """,
    arguments: [
      .init(name: "DIR", help: "folders of finished studies, such as Runs/quickstart.", repeats: true)
    ],
    options: [
      .init(
        name: "format", value: "NAME",
        help: "html, latex, markdown, csv, npy or jsonl; repeat it, or write a list. html if not given.",
        repeats: true, words: ReportFormat.allCases.map(\.rawValue)),
      .init(
        name: "metrics", value: "LIST",
        help: "Only these columns, in this order: hr@20,ioi@20; a name without @ stands for all its cutoffs.",
        repeats: true),
      .init(
        name: "out", value: "PATH",
        help: "The folder to write into; with a single format also a file, such as paper/table.tex."),
      CommonOptions.plugin, CommonOptions.quiet,
    ],
    run: run)

  private static func run(_ call: Call) throws {
    let formats = try formats(call)
    let metrics = words(call.all("metrics"))
    if let twice = call.arguments.first(where: { one in call.arguments.count { $0 == one } > 1 }) {
      throw UsageError("'\(twice)' is given twice.", command: call.path)
    }
    if call.arguments.count > 1, call.value("out") == nil {
      throw UsageError(
        "--out is missing: a report of several studies belongs to none of their folders.", command: call.path)
    }
    let lookup = HTMLReport.lookup(in: try call.registry())
    let studies = try call.arguments.map {
      try StudyResults(readingFrom: URL(filePath: $0, directoryHint: .isDirectory))
    }
    guard var results = StudyResults.joined(studies) else { return }
    if !metrics.isEmpty { results = try results.keeping(metrics: metrics) }
    let files = ReportFiles(
      results, significance: try Significance(of: results, metrics: lookup), metrics: lookup)

    let out = call.value("out") ?? call.arguments[0]
    var written: [URL] = []
    if formats.count == 1, let name = formats[0].fileExtension, out.hasSuffix("." + name) {
      written = [URL(filePath: out)]
      try files.write(formats[0], to: written[0])
    } else {
      let folder = URL(filePath: out, directoryHint: .isDirectory)
      for format in formats { written += try files.write(format, into: folder) }
    }
    guard !call.has("quiet") else { return }
    let without = results.runs.count { $0.cell == nil }
    if without > 0 {
      call.terminal.error(
        "\(without) of \(results.runs.count) cells are not there any more: of these there are no curves and no values "
          + "of users.\n")
    }
    let paths = written.map { $0.path(percentEncoded: false) }
    try call.terminal.output(
      paths.count > 6
        ? "\(paths.count) files in \(URL(filePath: paths[0]).deletingLastPathComponent().path(percentEncoded: false))\n"
        : paths.map { $0 + "\n" }.joined())
  }

  /// Writes the HTML report of a study that was just finished.
  static func write(_ results: StudyResults, _ registry: Registry, into folder: URL) throws {
    let lookup = HTMLReport.lookup(in: registry)
    let significance = try Significance(of: results, metrics: lookup)
    _ = try ReportFiles(results, significance: significance, metrics: lookup).write(.html, into: folder)
  }

  private static func formats(_ call: Call) throws -> [ReportFormat] {
    let names = words(call.all("format"))
    guard !names.isEmpty else { return [.html] }
    var formats: [ReportFormat] = []
    for name in names {
      guard let format = ReportFormat(rawValue: name) else {
        let known = ReportFormat.allCases.map(\.rawValue)
        let sentence = Suggestion.sentence(for: name, among: known, label: "Formats")
        throw UsageError("--format: unknown format '\(name)'.\(sentence)", command: call.path)
      }
      if !formats.contains(format) { formats.append(format) }
    }
    return formats
  }

  private static func words(_ values: [String]) -> [String] {
    values.flatMap { $0.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) } }
      .filter { !$0.isEmpty }
  }
}
