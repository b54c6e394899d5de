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
    let efforts = FileManager.default.enumerator(atPath: scratch.path("shared/cells"))?.compactMap {
      $0 as? String
    }
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

  @Test func anInterruptedBenchmarkLeavesNothing() throws {
    let scratch = try Scratch()
    let log = scratch.url.appending(path: "log")
    func left() throws -> [String] {
      try FileManager.default.contentsOfDirectory(atPath: scratch.path("")).filter {
        $0.hasPrefix("beckon-bench-")
      }
    }
    // Long enough to be met at work.
    let process = try Program.start(
      [
        "bench", "train", "--epochs", "100000", "--dataset",
        #"{"type": "synthetic", "users": 40, "items": 60}"#, "--set",
        #"filters=[{"type": "k-core", "users": 3, "items": 1}]"#, "--set", "encoder.hiddenSize=8", "--set",
        "encoder.innerSize=8",
      ],
      environment: ProcessInfo.processInfo.environment.merging(["TMPDIR": scratch.path("")]) { $1 },
      output: log)
    while process.isRunning, try left().isEmpty { Thread.sleep(forTimeInterval: 0.01) }
    Thread.sleep(forTimeInterval: 0.3)
    Foundation.kill(process.processIdentifier, SIGINT)
    process.waitUntilExit()
    let text = String(decoding: try scratch.data("log"), as: UTF8.self)
    #expect(process.terminationStatus == 130, "\(text)")
    #expect(text.contains("Interrupted. Nothing is kept; the same command begins again."), "\(text)")
    #expect(try left().isEmpty)
  }
}
