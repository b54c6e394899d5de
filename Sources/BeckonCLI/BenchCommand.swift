import Beckon
import Lab
import Synchronization

/// `beckon bench`.
enum BenchCommand {
  static let command = Command(
    name: "bench", summary: "Measures how fast this machine reads, trains, ranks, rolls out, and multiplies.",
    details: "Numbers mean something only in a release build on an otherwise idle machine.",
    commands: [
      BenchTrainCommand.command, BenchEmbeddingsCommand.command, BenchEvaluateCommand.command,
      BenchRollOutCommand.command, BenchReadCommand.command, BenchKernelsCommand.command,
    ])

  /// The data of a benchmark that names none.
  static let defaultDataset = "movielens-100k"
  static let encoder = Command.Option(
    name: "encoder", value: "ENCODER", help: "An identifier such as sasrec (the default).")
  static let timedEpochs = Command.Option(
    name: "epochs", value: "N", help: "Timed epochs, 5 if not given.")

  /// Options of the benchmarks that run a study.
  static let studyOptions =
    DatasetArgument.options + [
      CommonOptions.set, CommonOptions.plugin, CommonOptions.data, CommonOptions.threads, CommonOptions.json,
    ]

  /// A study of the data that the command line names.
  ///
  /// - Parameters:
  ///   - json: the rest of the study.
  ///   - path: where the type of the measured component stands in it.
  ///   - option: which names this component on the command line.
  ///   - fallback: the component if none is named.
  static func spec(
    _ json: String, at path: [String], option: String, fallback: String, _ call: Call, _ registry: Registry
  ) throws -> JSON {
    var root = try DatasetArgument.parts(call, default: defaultDataset, registry)
    for (key, value) in try JSON(parsing: json).object?.members ?? [] { root[key] = value }
    var spec = JSON.object(root)
    spec.set(.string(call.value(option) ?? fallback), at: path + ["type"])
    return spec
  }

  /// Runs an ordinary study in a folder that is removed afterwards, so that nothing is reused and nothing is left.
  ///
  /// - Parameter root: the spec; `--set` is laid over, and `--threads` are used.
  private static func study(
    _ root: JSON, _ call: Call, _ registry: Registry, listen: @escaping @Sendable (StudyEvent) -> Void
  ) throws -> StudyResults {
    try CommonOptions.setThreads(call)
    var root = root
    if root["split"] == nil {
      // A benchmark has no use for users who are too short to be asked about.
      root.set(
        .members([("type", .string("leave-one-out")), ("shortHistories", .string("drop"))]), at: ["split"])
    }
    let document = try CommonOptions.overridden(SpecDocument(root, file: "bench"), call)
    let spec = try document.resolve(in: registry)
    let folder = FileManager.default.temporaryDirectory.appending(path: "beckon-bench-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    let locations = try CommonOptions.locations(call)
    return try RunCommand.watched(call, scratch: folder) { report in
      try Study(
        spec: spec, registry: registry, locations: locations, output: folder,
        pieces: folder.appending(path: "pieces")
      ) { event in
        listen(event)
        report(event)
      }.run()
    }
  }

  /// Trains as a study does, and times every epoch of a seed but the first, which warms up: from the end of the one
  /// before.
  ///
  /// - Returns: seconds of the epochs; seconds until the first one of all began; the study's results.
  /// - Throws: `RunFailure` if fewer than two epochs were trained.
  static func epochs(
    of spec: JSON, _ call: Call, _ registry: Registry
  ) throws -> (seconds: [Double], preparation: Double, results: StudyResults) {
    let begin = ContinuousClock.now
    let marks = Mutex<[(epoch: Int, seconds: Double, clock: Double)]>([])
    let results = try study(spec, call, registry) { event in
      guard case .progress(.epoch(let epoch, _, _, _, let seconds)) = event else { return }
      let clock: Double = (ContinuousClock.now - begin) / .seconds(1)
      marks.withLock { $0.append((epoch, seconds, clock)) }
    }
    let ends = marks.withLock { $0 }
    let times = zip(ends.dropFirst(), ends).filter { end, _ in end.epoch > 1 }.map { $0.seconds - $1.seconds }
    guard let first = ends.first, !times.isEmpty else {
      throw RunFailure(
        description: "\(call.path): fewer than two epochs were trained, so none can be timed.")
    }
    return (times, first.clock - first.seconds, results)
  }

  /// Runs a study and times each pass through all of a unit that its progress counts, such as `users`; the first one
  /// warms up.
  ///
  /// - Throws: `RunFailure` if there were fewer than two.
  static func repetitions(
    over unit: String, of spec: JSON, _ call: Call, _ registry: Registry
  ) throws -> (seconds: [Double], results: StudyResults) {
    let times = Mutex<[Double]>([])
    let results = try study(spec, call, registry) { event in
      guard case .progress(.advanced(let done, let of, let name, let seconds)) = event, name == unit,
        done == of
      else { return }
      times.withLock { $0.append(seconds) }
    }
    let timed = times.withLock { Array($0.dropFirst()) }
    guard !timed.isEmpty else { throw RunFailure(description: "\(call.path): no repetition was timed.") }
    return (timed, results)
  }

  /// What every benchmark says of its data.
  private static func facts(_ results: StudyResults) -> [(String, JSON)] {
    let variant = results.spec.variants[0]
    let data = results.data[variant.name]
    return ["source", "users", "items", "interactions"].map { ($0, data?[$0] ?? .null) }
      + [("encoder", variant.effective["encoder"] ?? .null), ("threads", .number(Double(Parallel.threads)))]
  }

  /// The middle one; the mean of the middle two of an even count.
  static func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    guard !sorted.isEmpty else { return .nan }
    return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
  }

  /// Says the median of some measurements: one JSON object with the key `name`, or a line with the `unit`.
  static func print(
    _ name: String, _ values: [Double], _ unit: String, _ results: StudyResults, _ call: Call,
    more: [(String, JSON)] = []
  ) throws {
    let middle = median(values)
    if call.has("json") {
      let json = JSON.members(
        [(name, .number(middle)), ("repetitions", .array(values.map { .number($0) }))] + more + facts(results)
      )
      return try call.terminal.output(json.pretty + "\n")
    }
    let all = values.map(short).joined(separator: ", ")
    try call.terminal.output("\(short(middle)) \(unit) (median of \(all)), \(Parallel.threads) threads\n")
  }

  /// Four significant digits, for people.
  static func short(_ value: Double) -> String { String(format: "%.4g", value) }
}
