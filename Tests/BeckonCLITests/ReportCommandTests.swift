import Beckon
import Testing

/// `beckon report` over what `beckon run` has written.
@Suite struct ReportCommandTests {
  /// A finished study in `Runs/<name>` of a folder of its own.
  private func finished(_ names: String..., set: [String] = []) throws -> Scratch {
    let scratch = try Scratch()
    let spec = try scratch.file("tiny.json", tinySpec)
    for (index, name) in names.enumerated() {
      let own = index == 0 ? [] : ["--set", "dataset.seed=\(index + 1)", "--set", "name=\(name)"]
      let words = ["run", spec, "--quiet", "--out", scratch.path("Runs/\(name)")] + own
      let outcome = beckon(words + set.flatMap { ["--set", $0] })
      #expect(outcome.code == 0, "\(outcome.error)")
    }
    return scratch
  }

  private func text(_ scratch: Scratch, _ path: String) throws -> String {
    String(decoding: try scratch.data(path), as: UTF8.self)
  }

  private func overwrite(_ scratch: Scratch, _ path: String, _ change: (String) -> String) throws {
    _ = try scratch.file(path, change(text(scratch, path)))
  }

  private func cells(_ scratch: Scratch, _ run: String) throws -> [String] {
    try (scratch.json("Runs/\(run)/results.json")["runs"]?.array ?? [])
      .compactMap { $0["cell"]?.string.map { "Runs/\(run)/cells/\($0)" } }
  }

  @Test func aReportFromDiskIsTheReportOfTheRun() throws {
    let scratch = try finished("one")
    let run = try scratch.data("Runs/one/report.html")
    let outcome = beckon("report", scratch.path("Runs/one"), "--out", scratch.path("again"))
    #expect(outcome.code == 0, "\(outcome.error)")
    #expect(outcome.error.isEmpty)
    #expect(outcome.output.hasSuffix("again/report.html\n"))
    #expect(try scratch.data("again/report.html") == run)
    let html = String(decoding: run, as: UTF8.self)
    #expect(html.contains("Wilcoxon"), "the values of users are there, so differences are tested")
  }

  @Test func everyFormatIsWritten() throws {
    let scratch = try finished("one")
    let outcome = beckon(
      "report", scratch.path("Runs/one"), "--format", "latex,markdown", "--format", "csv,npy,jsonl", "--quiet"
    )
    #expect(outcome.code == 0 && outcome.output.isEmpty, "\(outcome.error)")
    for file in [
      "report.tex", "report.md", "report.csv", "report.jsonl", "users.jsonl", "npy/index.json",
      "npy/means.npy", "npy/hr@2.npy", "npy/ioi@3.npy",
    ] { #expect(scratch.has("Runs/one/\(file)"), "\(file)") }
    let rows = try text(scratch, "Runs/one/report.jsonl").split(separator: "\n")
    #expect(rows.count == 2 * 2 * 4, "variants × seeds × metrics")
    let users = try text(scratch, "Runs/one/users.jsonl").split(separator: "\n")
    let first = try JSON(parsing: String(try #require(users.first)))
    #expect(first.object?.keys == ["variant", "seed", "user", "hr@2", "hr@3", "ioi@2", "ioi@3"])
    let csv = try text(scratch, "Runs/one/report.csv").split(separator: "\n")
    #expect(csv.count == 1 + 2 * 4)
    #expect(csv.last?.split(separator: ",", omittingEmptySubsequences: false).count == 19)
  }

  @Test func columnsArePicked() throws {
    let scratch = try finished("one")
    let table = scratch.path("table.md")
    let outcome = beckon(
      "report", scratch.path("Runs/one"), "--format", "markdown", "--metrics", "ioi@3,hr", "--out", table)
    #expect(outcome.code == 0, "\(outcome.error)")
    let head = try text(scratch, "table.md").split(separator: "\n").first { $0.hasPrefix("| variant") }
    #expect(head == "| variant | ioi@3 ↑ | hr@2 ↑ | hr@3 ↑ |")
    let unknown = beckon("report", scratch.path("Runs/one"), "--metrics", "iio@3")
    #expect(unknown.code == 2)
    #expect(unknown.error.contains("Did you mean 'ioi@3'?"))
  }

  @Test func severalStudiesMakeOneReport() throws {
    let scratch = try finished("one", "two")
    let folders = [scratch.path("Runs/one"), scratch.path("Runs/two")]
    #expect(beckon(["report"] + folders).code == 2, "it belongs to neither folder")
    let outcome = beckon(["report"] + folders + ["--out", scratch.path("both"), "--format", "html,jsonl"])
    #expect(outcome.code == 0, "\(outcome.error)")
    let html = try text(scratch, "both/report.html")
    #expect(html.contains("two: guided") && html.contains("two: plain"))
    #expect(html.contains("were not all run on the same data"))
    #expect(html.contains("2 of the other 3 variants were run on other data than guided"))
    #expect(try text(scratch, "both/users.jsonl").contains("\"variant\":\"two: plain\""))
  }

  @Test func cellsThatAreGoneAreSaid() throws {
    let scratch = try finished("one")
    try FileManager.default.removeItem(atPath: scratch.path("Runs/one/cells"))
    // What the first versions did not write.
    try overwrite(scratch, "Runs/one/results.json") { text in
      text.split(separator: "\n", omittingEmptySubsequences: false)
        .filter { line in
          !["grid", "compareWith", "cumulative", "axis"].contains { line.contains("  \"\($0)\":") }
        }
        .joined(separator: "\n")
    }
    let outcome = beckon("report", scratch.path("Runs/one"), "--format", "html,npy,jsonl")
    #expect(outcome.code == 0, "\(outcome.error)")
    #expect(outcome.error.contains("4 of 4 cells are not there any more"))
    let html = try text(scratch, "Runs/one/report.html")
    #expect(html.contains("id=\"results\"") && !html.contains("id=\"curves\""))
    #expect(html.contains("nothing can be tested"))
    #expect(scratch.has("Runs/one/npy/means.npy") && !scratch.has("Runs/one/npy/hr@2.npy"))
    #expect(!scratch.has("Runs/one/users.jsonl"))
  }

  @Test func whatIsNoFinishedStudyIsRefused() throws {
    let scratch = try Scratch()
    let nothing = beckon("report", scratch.path("nothing"))
    #expect(nothing.code == 2 && nothing.error.contains("there is no such folder"))
    let empty = beckon("report", scratch.path(""))
    #expect(empty.code == 2 && empty.error.contains("not the folder of a finished study"))
    let file = beckon("report", try scratch.file("file", ""))
    #expect(file.code == 2 && file.error.contains("is a file"))
    let format = beckon("report", scratch.path(""), "--format", "latx")
    #expect(format.code == 2 && format.error.contains("Did you mean 'latex'?"))
  }

  @Test func damageIsNamed() throws {
    let scratch = try finished("one")
    let (folder, cell) = (scratch.path("Runs/one"), try #require(cells(scratch, "one").first))
    func refused(_ path: String, _ words: String, _ change: (String) -> String) throws {
      let before = try text(scratch, path)
      try overwrite(scratch, path, change)
      let outcome = beckon("report", folder)
      #expect(outcome.code == 2, "\(path)")
      let folder = path.hasPrefix(cell) ? cell : path
      #expect(outcome.error.contains(folder) && outcome.error.contains(words), "\(outcome.error)")
      try overwrite(scratch, path) { _ in before }
    }
    try refused("Runs/one/results.json", "newer Beckon") {
      $0.replacing("\"format\": 1", with: "\"format\": 99")
    }
    try refused("Runs/one/results.json", "is damaged") { String($0.prefix(200)) }
    try refused("Runs/one/results.json", "is damaged") { _ in "{}" }
    try refused("Runs/one/timings.json", "is damaged") { _ in "" }
    try refused("\(cell)/result.json", "is damaged") { String($0.dropLast(20)) }
    try refused("\(cell)/result.json", "its digest does not fit what it says") {
      $0.replacing("\"hr@2\": ", with: "\"hr@2\": 1", maxReplacements: 1)
    }
    try refused("\(cell)/users.csv", "users.csv beside it is not the file it was written with") {
      String($0.dropLast(4)) + "x\n"
    }
    #expect(beckon("report", folder).code == 0)
  }
}

extension ReportCommandTests {
  private static let settings = ["task.rounds=10", "task.cutoffs=[5,10]", "name=quickstart"]

  @Test(.enabled(if: Python.hasNumPy, "skipped: no Python with NumPy; BECKON_PYTHON may name one"))
  func numPyReadsTheArrays() throws {
    let scratch = try finished("one")
    #expect(beckon("report", scratch.path("Runs/one"), "--format", "npy", "--quiet").code == 0)
    let outcome = try Python.run(
      """
      import csv, json, numpy as np
      results = json.load(open("Runs/one/results.json"))
      index = json.load(open("Runs/one/npy/index.json"))
      checked = 0
      for metric, file in index["files"].items():
          array = np.load("Runs/one/npy/" + file)
          assert array.dtype == np.float64 and array.flags["C_CONTIGUOUS"], array.dtype
          for run in results["runs"]:
              place = index["variants"].index(run["variant"]), index["seeds"].index(run["seed"])
              lines = list(csv.DictReader(open("Runs/one/cells/" + run["cell"] + "/users.csv")))
              wanted = [float(line[metric]) for line in lines]
              assert array.shape == (2, 2, len(wanted)), array.shape
              assert array[place].tolist() == wanted, (metric, place)
              assert abs(array[place].mean() - run["metrics"][metric]) < 1e-12
              checked += 1
      assert open("Runs/one/npy/means.npy", "rb").read(8) == b"\\x93NUMPY\\x01\\x00"
      print("checked", checked)
      """, in: scratch.url)
    #expect(outcome.output == "checked 16\n" && outcome.code == 0, "\(outcome.output)")
  }

  /// The blocks of Python in `Docs/Reports.md`, in order.
  private static let snippets: [String] = {
    let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "Docs/Reports.md")
    let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
    return text.components(separatedBy: "```python\n").dropFirst().compactMap {
      $0.components(separatedBy: "```").first
    }
  }()

  private func execute(_ snippet: String) throws {
    let scratch = try finished("quickstart", set: Self.settings)
    let made = beckon("report", scratch.path("Runs/quickstart"), "--format", "csv,npy,jsonl", "--quiet")
    #expect(made.code == 0, "\(made.error)")
    let outcome = try Python.run(snippet, in: scratch.url)
    #expect(outcome.code == 0, "\(outcome.output)")
    #expect(outcome.output.contains("guided") && outcome.output.contains("plain"), "\(outcome.output)")
  }

  @Test(.enabled(if: Python.hasNumPy, "skipped: no Python with NumPy; BECKON_PYTHON may name one"))
  func theDocumentsNumPyRuns() throws { try execute(try #require(Self.snippets.first)) }

  @Test(.enabled(if: Python.hasPandas, "skipped: no Python with pandas; BECKON_PYTHON may name one"))
  func theDocumentsPandasRuns() throws { try execute(try #require(Self.snippets.last)) }
}
