import Beckon
import Foundation
import Lab
import Testing

@testable import Reports

/// Tables for papers and programs.
@Suite struct FormatTests {
  private static func facts(_ name: String) -> MetricFacts? {
    MetricFacts(direction: name == "drift" ? .lower : .higher, isCost: false)
  }

  private func text(_ results: StudyResults, _ format: ReportFormat) -> String {
    ReportFiles(results, significance: .none, metrics: Self.facts).text(format)
  }

  @Test(
    arguments: [
      (12.3, 1, "12.3"), (0, 0, "0"), (0.46, 0, "0.5"), (0.007, 1, "0.007"), (0.00004, 2, "4e-05"),
      (0.6, 0, "1"),
    ] as [(Double, Int, String)])
  func aSpreadHasADigit(value: Double, decimals: Int, text: String) {
    #expect(NumberText.spread(value, decimals: decimals) == text)
  }

  @Test func aTableForLaTeX() throws {
    let names = ["plain", "50 % & λ_1 #{x}~^\\", "third"]
    let lines = text(Samples.nudge(names), .latex).split(separator: "\n").map(String.init)
    #expect(lines.contains("  \\begin{tabular}{lrrrr}"))
    #expect(
      lines.contains(
        "    & \\multicolumn{2}{c}{ioi $\\uparrow$} & \\multicolumn{2}{c}{hr $\\uparrow$} \\\\"))
    #expect(lines.contains("    \\cmidrule(lr){2-3} \\cmidrule(lr){4-5}"))
    #expect(lines.contains { $0.hasPrefix("    50 \\% \\& $\\lambda$\\_1 \\#\\{x\\}\\textasciitilde{}") })
    #expect(
      lines.contains { $0.hasPrefix("    third & $\\mathbf{0.2200} \\pm 0.0100$ & ") }, "the best is bold")
    #expect(lines.contains { $0.contains("& $\\underline{0.1200} \\pm 0.0100$") }, "the second underlined")
    #expect(lines.contains { $0.hasPrefix("  \\caption{") && $0.hasSuffix("}") })
    try checkStructure(lines)
  }

  @Test func aLongTableBreaksOverPages() throws {
    let lines = text(Samples.nextItem((0..<60).map { ("v\($0)", Double($0)) }), .latex)
      .split(separator: "\n").map(String.init)
    #expect(lines.contains("\\begin{longtable}{lr}") && lines.contains("    \\endhead"))
    #expect(lines[0].contains("booktabs, longtable"))
    try checkStructure(lines)
  }

  /// Braces and environments match, and every row has as many fields as the table has columns.
  private func checkStructure(_ lines: [String]) throws {
    let body = lines.filter { !$0.hasPrefix("%") }
    let text = body.joined(separator: "\n").replacing("\\{", with: "").replacing("\\}", with: "")
    #expect(text.count { $0 == "{" } == text.count { $0 == "}" })
    #expect(text.replacing("\\$", with: "").count { $0 == "$" }.isMultiple(of: 2))
    var open: [String] = []
    for line in body {
      let words = line.trimmingCharacters(in: .whitespaces)
      if words.hasPrefix("\\begin{") { open.append(String(words.dropFirst(7).prefix { $0 != "}" })) }
      if words.hasPrefix("\\end{") { #expect(open.popLast() == String(words.dropFirst(5).dropLast())) }
    }
    #expect(open.isEmpty)
    let layout = try #require(body.first { $0.contains("{tabular}{") || $0.contains("{longtable}{") })
    let columns = layout.count { $0 == "r" } - (layout.contains("tabular") ? 1 : 0)
    for row in body where row.contains(" & ") && row.hasSuffix("\\\\") && !row.contains("multicolumn") {
      #expect(row.replacing("\\&", with: "").count { $0 == "&" } == columns, "\(row)")
    }
  }

  private static let pdfLaTeX =
    ProgramSearch.find("pdflatex", in: ProcessInfo.processInfo.environment["PATH"])

  @Test(.enabled(if: pdfLaTeX != nil, "skipped: there is no pdflatex")) func laTeXCompiles() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "beckon-latex-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let names = ["plain", "50 % & λ_1 #{x}~^\\ <a> \"b\" | → ≤ †", Samples.hostile]
    let document = """
      \\documentclass{article}\\usepackage{booktabs,longtable}\\usepackage[T1]{fontenc}
      \\begin{document}
      \(text(Samples.nudge(names), .latex))
      \(text(Samples.nextItem((0..<60).map { ("v\($0)", Double($0)) }), .latex))
      \\end{document}
      """
    try Data(document.utf8).write(to: folder.appending(path: "table.tex"))
    let process = Process()
    process.executableURL = Self.pdfLaTeX
    process.arguments = ["-interaction=nonstopmode", "-halt-on-error", "table.tex"]
    process.currentDirectoryURL = folder
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
  }

  @Test func aTableForMarkdown() {
    let lines = text(Samples.nudge(["plain", "a|b*c", "third"]), .markdown).split(separator: "\n")
    #expect(lines.contains("| variant | ioi@5 ↑ | ioi@10 ↑ | hr@5 ↑ | hr@10 ↑ |"))
    #expect(lines.contains { $0.hasPrefix("| a\\|b\\*c | <u>0.1200</u> ± 0.0100 |") })
    #expect(lines.contains { $0.hasPrefix("| third | **0.2200** ± 0.0100 |") })
  }

  @Test func linesForAProgramHaveTheAxesOfTheGrid() {
    let results = Samples.grid([("scorer.lambda", ["1", "2,5"]), ("encoder", ["a"])])
    let lines = text(results, .csv).split(separator: "\n")
    #expect(lines[0].hasPrefix("variant,scorer.lambda,encoder,metric,mean,standardDeviation,low,high,seeds,"))
    #expect(lines.count == 1 + 2 * 3)
    #expect(lines[4].hasPrefix("\"lambda 2,5, encoder a\",\"2,5\",a,ioi@5,1.0"))
  }

  @Test func intervalsAreStudents() throws {
    // scipy.stats.t.ppf(0.975, n − 1) · s / √n
    for (values, half) in [
      ([1.0, 2.0], 6.353102368087347), ([1, 2, 4], 3.7945830335967594),
      ([0.1, 0.4, 0.2, 0.9, 0.3], 0.3867140545548218),
    ] {
      let width = try #require(Sample(values).halfWidth)
      #expect(abs(width - half) < 1e-9 * half, "\(width)")
    }
    #expect(Sample([1]).halfWidth == nil)
  }
}
