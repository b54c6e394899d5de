import Beckon
import Foundation
import Lab
import Reports
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// Grids, long tables, tests of differences, cells that failed.
@Suite struct SectionTests {
  private func parsed(_ html: String) throws -> XMLDocument {
    try XMLDocument(data: Data(html.replacing("<!DOCTYPE html>", with: "").utf8), options: [])
  }

  private func texts(_ document: XMLDocument, _ path: String) throws -> [String] {
    try document.nodes(forXPath: path).compactMap(\.stringValue)
  }

  @Test func aGridHasMapsAndLines() throws {
    let results = Samples.grid([
      ("encoder", ["a", "b"]), ("scorer.lambda", ["10", "0.1", "1"]), ("x", ["p", "q"]),
    ])
    let document = try parsed(HTMLReport(results).html)
    #expect(try document.nodes(forXPath: "//section[@id='grid']//table[@class='map']").count == 3 * 2)
    let first = "(//section[@id='grid']//table[@class='map'])[1]"
    #expect(try texts(document, "\(first)/tbody/tr/th") == ["0.1", "1", "10"], "the longer axis, by size")
    #expect(try texts(document, "\(first)/thead/tr/th[position() > 1]") == ["a", "b"])
    // Encoder a: 0, 0.1, 0.2 of λ = 10, 0.1, 1, and the mean over x adds 0.005; ioi@10 adds 0.01 + 0.0015.
    let fields = try texts(document, "\(first)/tbody/tr/td[1]").compactMap { Double($0) }
    #expect(fields.count == 3 && abs(fields[0] - 0.1165) < 0.0006 && abs(fields[2] - 0.0165) < 0.0006)
    #expect(try texts(document, "\(first)//strong").count == 1)
    #expect(
      try texts(document, "\(first)/tbody/tr[1]/td[1]/@title").first?.hasSuffix("mean of 2 variants") == true)
    let charts = "//section[@id='grid']//figure[.//svg]"
    #expect(try document.nodes(forXPath: charts).count == 2, "one numeric axis, two metrics")
    #expect(try document.nodes(forXPath: "(\(charts))[1]//path[starts-with(@class, 'line')]").count == 4)
  }

  @Test func manyCombinationsBecomeThreeLines() throws {
    let results = Samples.grid([("scorer.lambda", ["1", "2"]), ("x", (0..<12).map { "n\($0)" })])
    let document = try parsed(HTMLReport(results).html)
    let labels = try texts(
      document, "(//section[@id='grid']//svg)[1]//text[starts-with(@class, 'label')]/title")
    #expect(labels.sorted() == ["highest", "lowest", "mean"])
  }

  @Test func aLongTableIsDataAndStaysWellFormed() throws {
    let names = (0..<250).map { "v\($0)" } + ["</script><b>&amp;'\"", "\u{2028}]]>"]
    let results = Samples.nextItem(names.enumerated().map { ($1, Double($0)) })
    let document = try parsed(HTMLReport(results).html)
    #expect(try document.nodes(forXPath: "//section[@id='results']//tbody/tr").count == 100)
    let data = try #require(try texts(document, "//script[@id='results-table-rows']").first)
    let rows = try #require(JSON(parsing: data).array)
    #expect(rows.map { $0.array?.first?.string } == names)
    #expect(rows[3].array?.last == .array([.number(3), .string("3.0")]))
    #expect(
      try texts(document, "//section[@id='results']//p[@class='pages']").first?.contains("1 to 100") == true)
    #expect(try texts(document, "//section[@id='configuration']").first?.contains("The first 60 of") == true)
  }

  @Test func failedCellsAreTold() throws {
    let whole = Samples.nudge()
    let results = StudyResults(
      spec: whole.spec, data: whole.data, runs: whole.runs.dropLast(),
      failures: [.init(variant: "third", seed: 3, reason: "the loss is <NaN>")], coreDigest: "", seconds: 0)
    let document = try parsed(HTMLReport(results).html)
    #expect(
      try texts(document, "//section[@id='results']/div[@class='warning']//li") == [
        "third, seed 3: the loss is <NaN>"
      ])
    #expect(try texts(document, "//p[@class='lead']").first?.contains("8 of 9 runs") == true)
  }

  @Test func differencesAreTestedAndMarked() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "beckon-marks-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    // Users differ by 0.01, 0.02, … between a and b, and in sign alone between a and c.
    let shifts: [(name: String, shift: (Int) -> Double)] = [
      ("a", { _ in 0 }), ("b", { Double($0 + 1) / 100 }), ("c", { $0.isMultiple(of: 2) ? 0.1 : -0.1 }),
    ]
    let runs = try shifts.map { name, shift in
      let values = (0..<30).map { Double($0) + shift($0) }
      let cell = folder.appending(path: name)
      try FileManager.default.createDirectory(at: cell, withIntermediateDirectories: true)
      let lines = values.enumerated().map { "\($0),\($1)\n" }.joined()
      try Data(("index,ioi@5\n" + lines).utf8).write(to: cell.appending(path: "users.csv"))
      let record = CellRecord(
        identity: name,
        result: TaskResult(values: [.init(name: "ioi@5", perUser: values)], facts: .members([])))
      return StudyResults.Run(variant: name, seed: 1, record: record, seconds: 0, reused: false, cell: cell)
    }
    let variants = shifts.map {
      ResolvedVariant(name: $0.name, effective: .members([]), parts: [:], masking: .exclude)
    }
    let results = StudyResults(
      spec: ResolvedSpec(
        file: "", name: "marks", description: "", variants: variants, seeds: [1], trajectories: false),
      data: [:], runs: runs, coreDigest: "", seconds: 0)
    let significance = try Significance(of: results) { _ in nil }
    let document = try parsed(HTMLReport(results, significance: significance).html)
    let rows = "//section[@id='results']//tbody/tr"
    #expect(try document.nodes(forXPath: "\(rows)/td/sup").count == 1)
    #expect(try texts(document, "\(rows)[2]/td/sup") == ["‡"])
    #expect(
      try texts(document, "//section[@id='results']/p").last?.contains("Differs from a: † p < 0.05") == true)
    let tests = try texts(document, "//section[@id='paired']//details//tbody/tr[1]/td")
    #expect(tests.count == 10 && tests[0] == "+0.1550‡" && tests[7] == "30" && tests[9] == "0", "\(tests)")
    let files = ReportFiles(results, significance: significance) { _ in nil }
    #expect(files.text(.latex).contains("^{\\ddagger}$"))
    #expect(files.text(.markdown).contains("**14.6"))
    let line = files.text(.csv).split(separator: "\n")[2].split(
      separator: ",", omittingEmptySubsequences: false)
    #expect(line[0] == "b" && line[15...17] == ["30", "0", "0"])
  }
}
