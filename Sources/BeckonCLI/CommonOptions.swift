import Beckon

/// Options that several commands share, and what they mean.
enum CommonOptions {
  static let set = Command.Option(
    name: "set", value: "PATH=VALUE",
    help: "Puts a value into the spec, such as scorer.lambda=5; VALUE is JSON, or a text where it is not. "
      + "May be repeated.", repeats: true)
  static let data = Command.Option(
    name: "data", value: "DIR",
    help: "Where relative data paths are looked up first; then in BECKON_DATA, in data/, and here.")
  static let threads = Command.Option(
    name: "threads", value: "N", help: "Threads; all processors if not given. Results do not depend on it.")
  static let out = Command.Option(
    name: "out", value: "DIR",
    help:
      "Where results go; Runs/<name> if not given. Trained pieces go to Runs/pieces, or with --out to DIR/pieces."
  )
  static let seed = Command.Option(
    name: "seed", value: "N", help: "Replaces the seeds of the spec; repeat it, or write a list: 1,2,3.",
    repeats: true)
  static let quiet = Command.Option(name: "quiet", help: "Prints neither progress nor results; errors still.")
  static let json = Command.Option(name: "json", help: "Prints one JSON object.")

  /// The spec with `--set` and `--seed` laid over.
  ///
  /// - Throws: `SpecError`, `UsageError`.
  static func document(_ path: String, _ call: Call) throws -> SpecDocument {
    try overridden(SpecDocument(contentsOf: path), call)
  }

  /// A document with `--set` and `--seed` laid over.
  static func overridden(_ document: SpecDocument, _ call: Call) throws -> SpecDocument {
    var document = document
    for assignment in call.all("set") { try document.override(assignment) }
    if let seeds = try seeds(call) {
      try document.override("seeds=[\(seeds.map(String.init).joined(separator: ","))]")
    }
    return document
  }

  /// Seeds of `--seed`; nil if there is none.
  static func seeds(_ call: Call) throws -> [UInt64]? {
    guard call.has("seed") else { return nil }
    let words = call.all("seed").flatMap {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    let seeds = try words.map { word in
      guard let seed = UInt64(word), seed < 9_000_000_000_000_000 else {
        throw UsageError("--seed: expected whole numbers from 0, found '\(word)'.", command: call.path)
      }
      return seed
    }
    if let twice = seeds.first(where: { seed in seeds.count { $0 == seed } > 1 }) {
      throw UsageError("--seed: \(twice) is given twice.", command: call.path)
    }
    return seeds
  }

  /// Sets the number of threads.
  static func setThreads(_ call: Call) throws {
    let all = ProcessInfo.processInfo.activeProcessorCount
    Parallel.setThreads(try call.number("threads", default: all))
  }

  /// Where relative data paths lead.
  static func locations(_ call: Call) throws -> DataLocations {
    var folders: [URL] = []
    if let folder = call.value("data") {
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), isFolder.boolValue else {
        throw UsageError("--data: there is no folder '\(folder)'.", command: call.path)
      }
      folders.append(URL(filePath: folder))
    }
    if let folder = call.terminal.environment["BECKON_DATA"], !folder.isEmpty {
      folders.append(URL(filePath: folder))
    }
    folders += [URL(filePath: "data"), URL(filePath: ".")]
    return DataLocations(folders: folders)
  }

  /// Where a study's results and trained pieces go.
  static func folders(_ call: Call, name: String) -> (output: URL, pieces: URL) {
    if let folder = call.value("out") {
      let output = URL(filePath: folder, directoryHint: .isDirectory)
      return (output, output.appending(path: "pieces"))
    }
    return (URL(filePath: "Runs/\(name)"), URL(filePath: "Runs/pieces"))
  }
}
