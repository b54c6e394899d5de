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
      stopped, and runs nothing twice that has the same configuration, data and code.

      exit codes: 2 for what is wrong with the spec or its data, found before any cell runs;
      1 for what goes wrong later, such as a loss that is not a number or a full disk.
      """,
    arguments: [.init(name: "SPEC", help: "the experiment, a JSON file.")],
    options: [
      CommonOptions.set, CommonOptions.seed,
      .init(
        name: "out", value: "DIR",
        help:
          "Where results go; Runs/<name> if not given. Trained pieces go to Runs/pieces, or with --out to "
          + "DIR/pieces."),
      CommonOptions.data, CommonOptions.threads,
      .init(name: "trajectories", help: "Also writes trajectories.jsonl: who was shown what, and did what."),
      CommonOptions.quiet,
    ],
    run: run)

  private static func run(_ call: Call) throws {
    try CommonOptions.setThreads(call)
    let registry = try StandardRegistry.make()
    var document = try CommonOptions.document(call.arguments[0], call)
    if call.has("trajectories") { try document.override("trajectories=true") }
    let spec = try document.resolve(in: registry)
    let locations = try CommonOptions.locations(call)
    let folders = CommonOptions.folders(call, name: spec.name)
    try prepare(folders.output)

    let results = try SpecError.naming(call.arguments[0]) {
      try watched(call) { report in
        try Study(
          spec: spec, registry: registry, locations: locations, output: folders.output,
          pieces: folders.pieces,
          report: report
        ).run()
      }
    }
    try ResultFiles(results).write(to: folders.output)
    let lookup = HTMLReport.lookup(in: registry)
    try HTMLReport(results, significance: Significance(of: results, metrics: lookup), metrics: lookup)
      .write(to: folders.output.appending(path: "report.html"))
    guard !call.has("quiet") else { return }
    try call.terminal.output(TextReport(results).text + closing(results, folders.output))
  }

  /// Runs a study with its progress on the terminal; an error after the first cell began is a failed run.
  static func watched(
    _ call: Call, _ body: (@escaping @Sendable (StudyEvent) -> Void) throws -> StudyResults
  ) throws -> StudyResults {
    let line = call.terminal.isWatched && !call.has("quiet") ? ProgressLine(call.terminal) : nil
    let done = Mutex<(finished: Int, of: Int)?>(nil)
    defer { line?.finish() }
    do {
      return try body { event in
        if case .cell(_, _, let finished, let of) = event { done.withLock { $0 = (finished, of) } }
        line?.show(event)
      }
    } catch {
      guard let done = done.withLock({ $0 }) else { throw error }
      let kept =
        done.finished == 0
        ? ""
        : "\n\(done.finished) of \(done.of) cells are finished and kept; the same command goes on from there."
      throw RunFailure(description: "\(error)\(kept)")
    }
  }

  /// Finds out before hours of training that nothing could be written.
  private static func prepare(_ folder: URL) throws {
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
