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

  /// A study of one seed with the given `users.csv` of each variant and the metrics it names, and `coverage@5`, which
  /// has no values of users. Its files lie in the folder.
  private func study(_ files: [(name: String, users: String?)], in folder: URL) throws -> StudyResults {
    let head = try #require(files[0].users?.split(separator: "\n").first)
    let metrics = head.split(separator: ",").dropFirst()
    let runs = try files.map { name, users in
      let cell = folder.appending(path: name)
      try FileManager.default.createDirectory(at: cell, withIntermediateDirectories: true)
      if let users { try Data(users.utf8).write(to: cell.appending(path: "users.csv")) }
      let values = metrics.map { TaskResult.Value(name: String($0), perUser: [1]) }
      let record = CellRecord(
        identity: name,
        result: TaskResult(values: values + [.init(name: "coverage@5", whole: 0.5)], facts: .members([])))
      return StudyResults.Run(variant: name, seed: 1, record: record, seconds: 0, reused: false, cell: cell)
    }
    let variants = files.map {
      ResolvedVariant(name: $0.name, effective: .members([]), parts: [:], masking: .exclude)
    }
    return StudyResults(
      spec: ResolvedSpec(
        file: "", name: "files", description: "", variants: variants, seeds: [1], trajectories: false),
      data: [:], runs: runs, coreDigest: "", seconds: 0)
  }

  private func inFolder(_ body: (URL) throws -> Void) rethrows {
    let folder = FileManager.default.temporaryDirectory.appending(path: "beckon-files-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder)
  }

  @Test func whatIsNotTestedIsSaid() throws {
    try inFolder { folder in
      let lines = (0..<30).map { "\($0),\($0 + 1)\n" }.joined()
      let higher = (0..<30).map { "\($0),\(Double($0) * 1.01 + 2)\n" }.joined()
      let results = try study(
        [
          ("a", "index,ioi@5\n" + lines), ("b", "index,ioi@5\n" + higher), ("short", "index,ioi@5\n0,1\n"),
          ("gone", nil),
        ], in: folder)
      let significance = try Significance(of: results) { _ in nil }
      let document = try parsed(HTMLReport(results, significance: significance).html)
      let section = try #require(try texts(document, "//section[@id='paired']").first)
      #expect(
        section.contains("Not tested: coverage@5: no seed has values per user of this metric under both"))
      #expect(section.contains("Not tested: short: 'short' (seed 1) has values of 1 users and 'a'"))
      #expect(section.contains("Not tested, for other data or without values of users: gone."))
      let mark = "//section[@id='results']//tbody/tr/td/sup"
      #expect(try texts(document, mark) == ["‡"], "the variant beside them is tested all the same")
    }
  }

  @Test func arraysHaveFilesOfTheirOwn() throws {
    try inFolder { folder in
      let users = "index,means,a/b,a-b\n0,1,2,3\n1,4,5,6\n"
      let results = try study([("x", users), ("y", users)], in: folder)
      let files = ReportFiles(results, significance: .none) { _ in nil }
      let written = try files.write(.npy, into: folder)
      let names = written.map(\.lastPathComponent)
      #expect(names == ["means.npy", "means-2.npy", "a-b.npy", "a-b-2.npy", "index.json"])
      let index = try JSON(
        parsing: String(contentsOf: folder.appending(path: "npy/index.json"), encoding: .utf8))
      let told = index["files"]?.object?.members.map { [$0.key, $0.value.string ?? ""] }
      #expect(told == [["means", "means-2.npy"], ["a/b", "a-b.npy"], ["a-b", "a-b-2.npy"]])
      #expect(index["means"]?["file"] == .string("means.npy"))
    }
  }
}
