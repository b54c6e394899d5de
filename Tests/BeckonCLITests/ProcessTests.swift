import Beckon
import Testing

/// The program itself, as other processes run it.
enum Program {
  /// `beckon` beside the test's own executable.
  static let url = (Bundle.main.executableURL ?? URL(filePath: CommandLine.arguments[0]))
    .deletingLastPathComponent().appending(path: "beckon")

  /// Starts it; the caller ends or waits for it.
  static func start(
    _ arguments: [String], program: URL = url, environment: [String: String]? = nil, output: URL? = nil
  ) throws -> Process {
    let process = Process()
    process.executableURL = program
    if let environment { process.environment = environment }
    process.arguments = arguments
    let target: Any
    if let output {
      try Data().write(to: output)
      target = try FileHandle(forWritingTo: output)
    } else {
      target = FileHandle.nullDevice
    }
    process.standardOutput = FileHandle.nullDevice
    process.standardError = target
    try process.run()
    return process
  }

  /// Runs it to its end.
  static func run(_ arguments: [String]) throws -> Int32 {
    let process = try start(arguments)
    process.waitUntilExit()
    return process.terminationStatus
  }
}

@Suite(.serialized) struct ProcessTests {
  /// Twelve cells, some of which share a trained encoder.
  private static let grid = tinySpec.replacing(
    #""variants": { "guided": {}, "plain": { "scorer": "preference" } }"#,
    with: """
      "grid": { "scorer": ["ipg", "preference"], "encoder.hiddenSize": [4, 8], "arousal.keep": [0.5, 0.8],
                "exclude": [{ "scorer": "preference", "encoder.hiddenSize": 8 }] }
      """)

  @Test func fiftyKillsChangeNothing() throws {
    let scratch = try Scratch()
    let spec = try scratch.file("spec.json", Self.grid)
    #expect(try Program.run(["run", spec, "--out", scratch.path("whole"), "--quiet"]) == 0)
    let arguments = ["run", spec, "--out", scratch.path("killed"), "--quiet", "--threads", "1"]
    var stream = RandomStream(seed: 7, purpose: Purpose("kills"))
    var ended = 0
    for kill in 0..<50 {
      let process = try Program.start(arguments)
      // From before its first file to after its last.
      Thread.sleep(forTimeInterval: 0.02 + 0.25 * stream.uniform())
      if process.isRunning { Foundation.kill(process.processIdentifier, SIGKILL) } else { ended += 1 }
      process.waitUntilExit()
      // Begin again from nothing now and then, so that kills meet every stage.
      if kill % 10 == 9, kill < 49 { try FileManager.default.removeItem(atPath: scratch.path("killed")) }
    }
    // Else the kills came too late to mean anything.
    #expect(ended < 40)
    #expect(try Program.run(arguments) == 0)
    #expect(try scratch.data("killed/results.json") == scratch.data("whole/results.json"))
  }

  @Test func severalProcessesDoEveryCellOnce() throws {
    let scratch = try Scratch()
    let spec = try scratch.file("spec.json", Self.grid)
    #expect(try Program.run(["run", spec, "--out", scratch.path("alone"), "--quiet"]) == 0)
    let processes = try (0..<3).map { number in
      try Program.start(
        ["run", spec, "--out", scratch.path("shared"), "--threads", "1"],
        output: scratch.url.appending(path: "log\(number)"))
    }
    for process in processes {
      process.waitUntilExit()
      #expect(process.terminationStatus == 0)
    }
    #expect(try scratch.data("shared/results.json") == scratch.data("alone/results.json"))
    // Each cell was played by the process that noted its effort; nobody noted one twice, and nobody played in vain.
    let timings = try scratch.json("shared/timings.json")
    #expect(timings["runs"]?.array?.count == 12)
    let efforts = FileManager.default.enumerator(atPath: scratch.path("shared/cells"))?.compactMap { $0 as? String }
      .filter { $0.hasSuffix("effort.json") }
    #expect(efforts?.count == 12)
  }

  @Test func jobsGiveTheSameBytes() throws {
    let scratch = try Scratch()
    let spec = try scratch.file("spec.json", Self.grid)
    #expect(try Program.run(["run", spec, "--out", scratch.path("alone"), "--quiet"]) == 0)
    #expect(try Program.run(["run", spec, "--out", scratch.path("jobs"), "--quiet", "--jobs", "3"]) == 0)
    #expect(try scratch.data("jobs/results.json") == scratch.data("alone/results.json"))
  }

  @Test func anInterruptionSaysHowToGoOn() throws {
    let scratch = try Scratch()
    // Long enough to be met at work.
    let spec = try scratch.file("spec.json", Self.grid.replacing(#""epochs": 1"#, with: #""epochs": 4000"#))
    let log = scratch.url.appending(path: "log")
    let process = try Program.start(["run", spec, "--out", scratch.path("out")], output: log)
    while !scratch.has("out/plan.json") { Thread.sleep(forTimeInterval: 0.01) }
    Thread.sleep(forTimeInterval: 0.3)
    Foundation.kill(process.processIdentifier, SIGINT)
    process.waitUntilExit()
    #expect(process.terminationStatus == 130)
    let text = String(decoding: try scratch.data("log"), as: UTF8.self)
    #expect(text.contains("Interrupted."), "\(text)")
    #expect(!scratch.has("out/results.json"))
  }
}

@Suite(.serialized) struct SlurmTests {
  /// Starts a cluster of one node; says aloud why where that cannot be.
  @Test func aRealClusterGivesTheSameBytes() throws {
    let script = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Slurm/slurm.sh")
    let scratch = try Scratch()
    let process = Process()
    process.executableURL = URL(filePath: "/bin/bash")
    process.arguments = [script.path(percentEncoded: false), Program.url.path(percentEncoded: false)]
    _ = try scratch.file("log", "")
    let log = try FileHandle(forWritingTo: scratch.url.appending(path: "log"))
    process.standardOutput = log
    process.standardError = log
    try process.run()
    process.waitUntilExit()
    let text = String(decoding: try scratch.data("log"), as: UTF8.self)
    if process.terminationStatus == 77 { print("Slurm: \(text)") } else { #expect(process.terminationStatus == 0, "\(text)") }
  }

  @Test(arguments: [
    ("#!/bin/sh\necho 'sbatch: error: Unable to contact slurm controller (connect failure)' >&2\nexit 1\n",
     "sbatch: sbatch: error: Unable to contact slurm controller (connect failure)\nNothing is lost"),
    ("#!/bin/sh\necho moo\n", "sbatch: expected the number of a job, found 'moo"),
    (nil, "sbatch: there is no such program on the PATH."),
  ])
  func anUnreachableCluster(sbatch: String?, message: String) throws {
    let scratch = try Scratch()
    let spec = try scratch.file("spec.json", tinySpec)
    let bin = scratch.url.appending(path: "bin")
    try FileManager.default.createDirectory(at: bin, withIntermediateDirectories: true)
    if let sbatch {
      let file = bin.appending(path: "sbatch")
      try Data(sbatch.utf8).write(to: file)
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.path(percentEncoded: false))
    }
    let process = try Program.start(
      ["grid", "submit", spec, "--out", scratch.path("out")],
      environment: ["PATH": bin.path(percentEncoded: false)], output: scratch.url.appending(path: "log"))
    process.waitUntilExit()
    let text = String(decoding: try scratch.data("log"), as: UTF8.self)
    #expect(process.terminationStatus == 1 && text.contains(message), "\(text)")
  }
}

struct GridCommandTests {
  private static let spec = tinySpec.replacing(
    #""variants": { "guided": {}, "plain": { "scorer": "preference" } }"#,
    with: #""grid": { "scorer": ["ipg", "preference"] }"#)

  @Test func aPlanWritesNothingAndKnowsWhatIsDone() throws {
    let scratch = try Scratch()
    let spec = try scratch.file("spec.json", Self.spec)
    let before = beckon("grid", "plan", spec, "--out", scratch.path("out"))
    #expect(before.code == 0 && before.output.contains("4 cells: 4 planned."), "\(before.output + before.error)")
    #expect(before.output.contains("nothing is known before one like it has been run"))
    #expect(!scratch.has("out"))
    #expect(beckon("run", spec, "--out", scratch.path("out"), "--quiet", "--seed", "1").code == 0)
    let half = beckon("grid", "plan", spec, "--out", scratch.path("out"))
    #expect(half.output.contains("4 cells: 2 done, 2 planned.") && half.output.contains("The rest should take about"))
    let json = try JSON(parsing: beckon("grid", "plan", spec, "--out", scratch.path("out"), "--json").output)
    #expect(json["cells"]?.array?.count == 4 && json["seconds"]?.number ?? 0 > 0)
    let changed = beckon("grid", "plan", spec, "--out", scratch.path("out"), "--set", "arousal.keep=0.5")
    #expect(changed.output.contains("4 planned.") && changed.output.contains("2 cells in the folder are of another configuration"))
  }

  @Test func failedCellsAreListedAndTheOthersRun() throws {
    let scratch = try Scratch()
    let spec = try scratch.file(
      "spec.json",
      Self.spec.replacing(
        #""grid": { "scorer": ["ipg", "preference"] }"#,
        with: #""variants": {"fine": {}, "wild": {"encoder": {"training": {"learningRate": 1e30, "epochs": 20}}}}"#))
    let outcome = beckon("run", spec, "--out", scratch.path("out"))
    #expect(outcome.code == 1)
    #expect(outcome.error.contains("2 of 4 cells failed:\n  wild, seed 1: train: the loss stopped being finite"), "\(outcome.error)")
    #expect(outcome.error.contains("2 of 4 cells are finished and kept; the same command goes on from there."))
    #expect(try scratch.json("out/results.json")["failed"]?.array?.count == 2)
    let shelf = scratch.url.path(percentEncoded: false)
    let shown = beckon("runs", "show", "out", "--runs", shelf)
    #expect(shown.output.contains("wild, seed 2 failed: train:"))
    let listed = try JSON(parsing: beckon("runs", "list", "--runs", shelf, "--json").output)
    #expect(listed.array?.first?["failed"]?.number == 2 && listed.array?.first?["done"]?.number == 2)
    #expect(beckon("runs", "remove", "out", "--failed", "--runs", shelf).code == 0)
    #expect(beckon("runs", "show", "out", "--runs", shelf).output.contains("planned"))
  }

  @Test func rubbishIsCollectedAndNothingElse() throws {
    let scratch = try Scratch()
    let spec = try scratch.file("spec.json", Self.spec)
    let shelf = scratch.url.path(percentEncoded: false)
    // Pieces of --out lie in the study's folder; those of the shelf are shared.
    #expect(beckon("run", spec, "--out", scratch.path("one"), "--quiet").code == 0)
    #expect(beckon("run", spec, "--out", scratch.path("one"), "--quiet", "--set", "arousal.keep=0.5").code == 0)
    _ = try scratch.file("one/results.json.99999999.tmp", "half")
    _ = try scratch.file("one/results.json.\(ProcessInfo.processInfo.processIdentifier).tmp", "being written")
    let dry = beckon("runs", "gc", "--runs", shelf, "--dry-run")
    #expect(dry.output.contains("would be freed") && scratch.has("one/results.json.99999999.tmp"))
    #expect(beckon("runs", "gc", "--runs", shelf).code == 0)
    #expect(!scratch.has("one/results.json.99999999.tmp"))
    #expect(scratch.has("one/results.json.\(ProcessInfo.processInfo.processIdentifier).tmp"))
    let again = beckon("run", spec, "--out", scratch.path("one"), "--set", "arousal.keep=0.5")
    #expect(again.output.contains("4 cells, finished before"))
    #expect(beckon("runs", "gc", "--runs", shelf).output == "Nothing is to be removed.\n")
  }

  @Test func studiesAreComparedAndConfirmed() throws {
    let scratch = try Scratch()
    let spec = try scratch.file("spec.json", Self.spec)
    let shelf = scratch.url.path(percentEncoded: false)
    let early = beckon("grid", "confirm", spec, "--out", scratch.path("one"))
    #expect(early.code == 1 && early.error.contains("4 of 4 cells are not finished: run 'beckon run"))
    #expect(beckon("run", spec, "--out", scratch.path("one"), "--quiet").code == 0)
    #expect(beckon("run", spec, "--out", scratch.path("two"), "--quiet", "--set", "arousal.keep=0.5").code == 0)
    let diff = beckon("runs", "diff", "one", "two", "--runs", shelf).output
    #expect(diff.contains("  arousal.keep: 0.8 → 0.5\n") && diff.contains("seed 1.ioi@3: "), "\(diff)")
    #expect(beckon("runs", "diff", "one", "one", "--runs", shelf).output == "They do not differ.\n")
    let confirmed = beckon("grid", "confirm", spec, "--out", scratch.path("one"), "--metric", "ioi@3")
    #expect(confirmed.code == 0, "\(confirmed.error)")
    #expect(confirmed.output.contains("2 seeds then, 3 fresh ones now"))
    let seeds = try scratch.json("one-confirm/results.json")["seeds"]?.array?.compactMap(\.number)
    #expect(seeds == [3, 4, 5])
  }

  @Test(arguments: [
    (["run", "SPEC", "--shard", "3/2"], "--shard: expected K/N with K from 1 to N, such as 2/4, found '3/2'."),
    (["runs", "show", "nowhere"], "there is no study 'nowhere' in"),
    (["grid", "submit", "SPEC", "--engine", "slum"], "--engine: there is no 'slum'. Did you mean 'slurm'?"),
    (["grid", "cancel", "SPEC"], "no job was submitted for this study."),
    (["explain", "SPEC", "--variant", "x"], "--variant: there is no 'x'."),
    (["explain", "SPEC", "--only", "scroer"], "--only: nothing stands under 'scroer' in the effective spec."),
  ])
  func badWords(words: [String], message: String) throws {
    let scratch = try Scratch()
    let spec = try scratch.file("spec.json", Self.spec)
    let outcome = beckon(words.map { $0 == "SPEC" ? spec : $0 })
    #expect(outcome.code == 2 && outcome.error.contains(message), "\(outcome.error)")
  }

  @Test func explanationsNameFileAndLine() throws {
    let scratch = try Scratch()
    let spec = try scratch.file("spec.json", Self.spec)
    let text = beckon("explain", spec, "--only", "encoder", "--set", "encoder.dropout=0.1").output
    #expect(text.contains("--set encoder.dropout=0.1") && text.contains("spec.json:7") && text.contains("default"), "\(text)")
    let json = try JSON(parsing: beckon("explain", spec, "--json", "--only", "scorer").output)
    #expect(json["scorer=ipg"]?["scorer.type"]?["value"] == .string("ipg"))
  }
}
