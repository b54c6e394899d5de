import Beckon
import Testing

@testable import Lab

struct FilesTests {
  @Test func theFilesOfAStudy() throws {
    let bench = Bench()
    let run = try bench.run(#"{"trajectories": true}"#)
    let folder = bench.folder.appending(path: "files")
    try ResultFiles(run.results).write(to: folder)
    let json = try JSON(parsing: String(contentsOf: folder.appending(path: "results.json"), encoding: .utf8))
    #expect(json["runs"]?.array?.count == 4)
    let first = try #require(json["runs"]?.array?.first)
    #expect(first["variant"] == .string("full") && first["seed"] == .number(2))
    #expect(first["metrics"]?.object?.keys.prefix(3) == ["hr@1", "hr@2", "hr@3"])
    #expect(json.value(at: ["spec", "ipg", "scorer", "type"]) == .string("ipg"))
    #expect(json.value(at: ["data", "full", "users"])?.number ?? 0 > 10)

    func lines(_ name: String) throws -> [Substring] {
      try String(contentsOf: folder.appending(path: name), encoding: .utf8).split(separator: "\n")
    }
    // Two variants, fifteen metrics; four cells of three rounds.
    #expect(try lines("summary.csv").count == 1 + 2 * 15)
    #expect(try lines("rounds.csv").count == 1 + 4 * 3)
    let hr = run.results.runs.prefix(2).compactMap { $0.record.metric("hr@1") }
    let row = try #require(try lines("summary.csv").first { $0.hasPrefix("full,hr@1,") })
    #expect(Double(row.split(separator: ",")[2]) == (hr[0] + hr[1]) / 2)
    let timings = try JSON(
      parsing: String(contentsOf: folder.appending(path: "timings.json"), encoding: .utf8))
    #expect(timings["runs"]?.array?.count == 4)
  }

  @Test func trajectoriesSayWhatHappened() throws {
    let bench = Bench()
    let run = try bench.run(#"{"trajectories": true, "seeds": [1]}"#)
    try ResultFiles(run.results).write(to: bench.folder.appending(path: "out"))
    let text = try String(contentsOf: bench.folder.appending(path: "out/trajectories.jsonl"), encoding: .utf8)
    let lines = try text.split(separator: "\n").map { try JSON(parsing: String($0)) }
    let users = try #require(run.results.data["full"]?["users"]?.number)
    // Guided and twin, three targets, three rounds, two variants.
    #expect(lines.count == Int(users) * 2 * 3 * 3 * 2)
    let clicks = lines.filter {
      $0["variant"] == .string("full") && $0["run"] == .string("guided") && $0["clicked"] == .bool(true)
    }
    let rate = try #require(run.results.runs[0].record.metric("hr@3"))
    #expect(abs(Double(clicks.count) / (users * 9) - rate) < 1e-12)
    #expect(
      lines[0].object?.keys == [
        "variant", "seed", "run", "target", "user", "round", "item", "probability", "clicked", "keep",
        "interest", "rank",
      ])
    // Cells without their trajectories are played again when these are asked for.
    let plain = Bench()
    #expect(try plain.run(#"{"seeds": [1]}"#).log.played == 2)
    #expect(try plain.run(#"{"seeds": [1], "trajectories": true}"#).log.played == 2)
    #expect(try plain.run(#"{"seeds": [1], "trajectories": true}"#).log.reused == 2)
  }

  @Test(arguments: [("plain", "plain"), ("w/o P, Q", "\"w/o P, Q\""), ("a\"b", "\"a\"\"b\""), ("", "")])
  func csvFields(text: String, field: String) { #expect(ResultFiles.csv(text) == field) }

  @Test func aRecordReadsBack() throws {
    let result = TaskResult(
      values: [
        .init(name: "b@1", perUser: [0.1, 0.2]), .init(name: "a@1", perUser: nil),
        .init(name: "c@1", perUser: [.nan]),
      ],
      rounds: (["round", "x"], [[1, 1 / 3], [2, 1e-17]]), facts: .members([("k", .string("v"))]))
    let record = CellRecord(identity: "id", result: result)
    let again = try #require(CellRecord(json: try JSON(parsing: record.json.pretty)))
    #expect(again.metrics.map(\.name) == ["b@1", "a@1", "c@1"])
    #expect(again.metrics.map(\.value) == record.metrics.map(\.value) && again.missing == ["a@1", "c@1"])
    #expect(again.rounds.rows == record.rounds.rows && again.json.pretty == record.json.pretty)
  }

  @Test func spreadOverSeeds() throws {
    let bench = Bench()
    let results = try bench.run().results
    let row = try #require(SummaryTable(results).rows.first)
    let values = results.runs(of: "full").compactMap { $0.record.metric("ioi@3") }
    let value = try #require(row.value("ioi@3"))
    #expect(values.count == 2 && value.count == 2)
    #expect(abs(value.mean - (values[0] + values[1]) / 2) < 1e-15)
    #expect(abs((value.deviation ?? 0) - abs(values[0] - values[1]) / 2.0.squareRoot()) < 1e-12)
  }
}

struct AtomicFileTests {
  private static func folder() throws -> URL {
    let url = FileManager.default.temporaryDirectory.appending(path: "atomic-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    return url
  }

  private static func names(_ folder: URL) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path(percentEncoded: false)).sorted()
  }

  @Test func writesWholeFilesAndFolders() throws {
    let folder = try Self.folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "a/b/c.txt")
    try AtomicFile.write("one", to: file)
    try AtomicFile.write("two", to: file)
    #expect(try String(contentsOf: file, encoding: .utf8) == "two")
    #expect(try Self.names(folder.appending(path: "a/b")) == ["c.txt"])
  }

  @Test func anErrorHalfWayLeavesTheOldFile() throws {
    let folder = try Self.folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "f.txt")
    try AtomicFile.write("old", to: file)
    let message = complaint {
      try AtomicFile.write(to: file) { append in
        try append(Data("new, half".utf8))
        throw Problem("x", "the writer stops")
      }
    }
    #expect(message == "x: the writer stops")
    #expect(try String(contentsOf: file, encoding: .utf8) == "old")
    #expect(try Self.names(folder) == ["f.txt"])
  }

  @Test func foldersThatCannotBe() throws {
    let folder = try Self.folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    try AtomicFile.write("a file", to: folder.appending(path: "f"))
    let message = complaint { try AtomicFile.write("x", to: folder.appending(path: "f/g.txt")) }
    #expect(message.contains("f/g.txt: cannot be written: ") && message.hasSuffix("goes on from them."))
    #expect(try String(contentsOf: folder.appending(path: "f"), encoding: .utf8) == "a file")
    // A folder stands where the file should go.
    try FileManager.default.createDirectory(
      at: folder.appending(path: "d/inner"), withIntermediateDirectories: true)
    #expect(
      complaint { try AtomicFile.write("x", to: folder.appending(path: "d")) }.contains("cannot be written"))
    #expect(try Self.names(folder) == ["d", "f"])
  }

  @Test func aFullDiskLeavesTheOldFile() async {
    // In a process of its own, whose files may not grow beyond 64 KiB: for the program the same as a full disk.
    await #expect(processExitsWith: .success) {
      let folder = try AtomicFileTests.folder()
      defer { try? FileManager.default.removeItem(at: folder) }
      let file = folder.appending(path: "f.txt")
      try AtomicFile.write("old", to: file)
      signal(SIGXFSZ, SIG_IGN)
      var limit = rlimit(rlim_cur: 65536, rlim_max: 65536)
      #if os(Linux)
        let status = setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
      #else
        let status = setrlimit(RLIMIT_FSIZE, &limit)
      #endif
      #expect(status == 0)
      let big = String(repeating: "x", count: 1 << 20)
      let message = complaint { try AtomicFile.write(big, to: file) }
      #expect(message.contains("f.txt: cannot be written: "), "\(message)")
      #expect(try String(contentsOf: file, encoding: .utf8) == "old")
      #expect(try AtomicFileTests.names(folder) == ["f.txt"])
      // A trained piece is held to the same.
      let store = PieceStore(folder: folder.appending(path: "pieces"))
      let small = ParameterSet([("w", Matrix<Float>(rows: 2, columns: 2))])
      try store.save(small, "encoder", "id", about: [:])
      let large = ParameterSet([("w", Matrix<Float>(rows: 1000, columns: 1000))])
      let failure = complaint { try store.save(large, "encoder", "id", about: [:]) }
      #expect(failure.contains("cannot be written"), "\(failure)")
      #expect(try store.load("encoder", "id", note: { Issue.record("\($0)") }) == small)
    }
  }
}
