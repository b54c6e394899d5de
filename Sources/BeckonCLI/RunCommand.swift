import Beckon
import Lab
import Reports
import Synchronization

/// `beckon run`.
enum RunCommand {
  static let command = Command(
    name: "run", summary: "Runs every variant of a spec with every seed, and reports.",
    details: """
      Writes results.json, summary.csv, rounds.csv, timings.json and report.html, each whole or not
      at all. Finished cells and trained pieces are kept: the same command goes on where it was
      stopped, and runs nothing twice that has the same configuration, data and code. Any number of
      processes may work on one folder: each takes cells that nobody works on.

      exit codes: 2 for what is wrong with the spec or its data, found before any cell runs;
      1 for what goes wrong later, such as a loss that is not a number or a full disk. A cell that
      fails does not keep the others from being run, unless --fail-fast is given.
      """,
    arguments: [.init(name: "SPEC", help: "the experiment, a JSON file.")],
    options: options, run: run)

  static let options: [Command.Option] = [
    CommonOptions.set, CommonOptions.plugin, CommonOptions.seed, CommonOptions.out, CommonOptions.data,
    CommonOptions.threads,
    .init(
      name: "jobs", value: "N",
      help: "Works on N cells at once, each in a process of its own with its share of the threads."),
    .init(
      name: "shard", value: "K/N",
      help:
        "Works on every N-th cell from the K-th on (1/4 … 4/4); the last shard to finish writes the results."),
    .init(
      name: "no-wait",
      help:
        "Does not wait for cells that other processes work on; whoever finishes the last one writes the results."
    ),
    .init(name: "fail-fast", help: "Stops at the first cell that fails."),
    .init(
      name: "worker",
      help: "Works on cells and leaves the results to another process; a cell that fails is left to it too."),
    .init(name: "trajectories", help: "Also writes trajectories.jsonl: who was shown what, and did what."),
    CommonOptions.quiet,
  ]

  private static func run(_ call: Call) throws {
    let named = try StudyCall(call)
    let folder = named.folders.output
    try prepare(folder)
    var options = try options(call)
    options.since = Date()
    if try call.number("jobs", default: 1) > 1 {
      try Workers.run(call, spec: named.spec, store: RunStore(folder: folder))
    }
    let results = try SpecError.naming(call.arguments[0]) {
      try watched(call, best: BestSoFar(named.spec, named.registry)) {
        try named.study(report: $0).run(options)
      }
    }
    guard !call.has("worker") else { return }
    try finish(results, named.registry, folder, call)
  }

  private static func options(_ call: Call) throws -> Study.Options {
    var options = Study.Options()
    options.failsFast = call.has("fail-fast")
    options.waits = !call.has("no-wait")
    if let text = call.value("shard") {
      let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
      guard parts.count == 2, parts[0] >= 1, parts[1] >= parts[0] else {
        throw UsageError(
          "--shard: expected K/N with K from 1 to N, such as 2/4, found '\(text)'.", command: call.path)
      }
      options.shard = (parts[0] - 1, parts[1])
    }
    return options
  }

  /// Writes what was found, and says it.
  private static func finish(
    _ results: StudyResults, _ registry: Registry, _ folder: URL, _ call: Call
  ) throws {
    if results.unfinished == 0, !results.runs.isEmpty {
      try ResultFiles(results).write(to: folder)
      try ReportCommand.write(results, registry, into: folder)
      if !call.has("quiet") {
        try call.terminal.output(TextReport(results).text + closing(results, folder))
      }
    } else if results.unfinished > 0, !call.has("quiet") {
      let all = results.runs.count + results.failures.count + results.unfinished
      try call.terminal.output(
        "\(results.runs.count) of \(all) cells are finished; the process that finishes the last one writes the results.\n"
      )
    }
    guard results.failures.isEmpty else {
      let list = results.failures.map { "  \($0.variant), seed \($0.seed): \($0.reason)" }
      let count = results.failures.count
      throw RunFailure(
        description: "\(count) of \(count + results.runs.count + results.unfinished) cells failed:\n"
          + list.joined(separator: "\n")
          + kept(results.runs.count, of: count + results.runs.count + results.unfinished))
    }
  }

  /// Runs a study with its progress on the terminal; an error after the first cell began is a failed run.
  ///
  /// - Parameter scratch: the study's folder if nothing of it is to be kept: an interruption removes it.
  static func watched(
    _ call: Call, best: BestSoFar? = nil, scratch: URL? = nil,
    _ body: (@escaping @Sendable (StudyEvent) -> Void) throws -> StudyResults
  ) throws -> StudyResults {
    let line = ProgressLine(call.terminal, best: best, isQuiet: call.has("quiet") || call.has("worker"))
    // A cell that failed is not among the finished ones.
    let done = Mutex((hasBegun: false, finished: 0, of: 0))
    let cleanUp: @Sendable () -> Void = {
      guard let scratch else { return }
      try? FileManager.default.removeItem(at: scratch)
    }
    let interruption = Interruption(call.terminal, cleanUp: cleanUp) {
      line.finish()
      guard scratch == nil else { return "Interrupted. Nothing is kept; the same command begins again." }
      let state = done.withLock { $0 }
      let text = kept(state.finished, of: state.of).drop { $0 == "\n" }
      return "Interrupted. "
        + (text.isEmpty
          ? "No cell is finished; the same command goes on, a training from the last epoch that was kept."
          : text)
    }
    defer {
      interruption.end()
      line.finish()
    }
    do {
      return try body { event in
        switch event {
        case .began(let place), .failed(let place, _): done.withLock { $0 = (true, $0.finished, place.of) }
        case .finished(let place, _): done.withLock { $0 = (true, $0.finished + 1, place.of) }
        case .reused(let place, _): done.withLock { $0 = ($0.hasBegun, $0.finished + 1, place.of) }
        default: break
        }
        line.show(event)
      }
    } catch {
      let done = done.withLock { $0 }
      guard done.hasBegun else { throw error }
      throw RunFailure(
        description: "\(error)" + (scratch == nil ? kept(done.finished, of: done.of) : ""))
    }
  }

  private static func kept(_ finished: Int, of count: Int) -> String {
    finished == 0
      ? "" : "\n\(finished) of \(count) cells are finished and kept; the same command goes on from there."
  }

  /// Finds out before hours of training that nothing could be written.
  static func prepare(_ folder: URL) throws {
    let path = folder.path(percentEncoded: false)
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    } catch {
      throw RunFailure(description: "\(path): the folder cannot be made. Name another by --out DIR.")
    }
    guard access(path, W_OK) == 0 else {
      throw RunFailure(
        description: "\(path): nothing can be written there. Name another folder by --out DIR.")
    }
  }

  private static func closing(_ results: StudyResults, _ folder: URL) -> String {
    let reused = results.runs.count(where: \.reused)
    let cells = results.runs.count == 1 ? "1 cell" : "\(results.runs.count) cells"
    let note =
      reused == 0
      ? "" : reused == results.runs.count ? ", finished before" : ", \(reused) of them finished before"
    return "\(cells)\(note); \(Duration.words(results.seconds)). "
      + "Report: \(folder.appending(path: "report.html").path(percentEncoded: false))\n"
  }
}

extension SpecError {
  /// Puts the spec's file before a problem that was found only when its data were read.
  static func naming<T>(_ file: String, _ body: () throws -> T) throws -> T {
    do { return try body() } catch let problem as Problem { throw SpecError(file: file, problems: [problem]) }
  }
}
