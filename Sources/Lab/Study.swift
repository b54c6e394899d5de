import Beckon

/// Runs every variant of a spec with every seed, resuming what is finished. Several processes may work on one study:
/// each takes cells that nobody works on.
public struct Study {
  /// How a study is worked on; none of it changes a result.
  public struct Options: Sendable {
    /// Stops at the first cell that fails, instead of carrying on with the others.
    public var failsFast = false
    /// Waits for cells that other processes work on, so that the results are whole in the end.
    public var waits = true
    /// A cell that failed after this is not tried again: another process of the same call has just done so. The start
    /// of the work if nil.
    public var since: Date?
    /// Works only on every n-th cell, from the k-th on (from 0).
    public var shard: (index: Int, of: Int)?

    /// Every cell, whatever fails.
    public init() {}
  }

  let spec: ResolvedSpec
  let registry: Registry
  let locations: DataLocations
  let store: RunStore
  let pieces: PieceStore
  let report: @Sendable (StudyEvent) -> Void

  /// Seconds between two looks at cells that other processes work on.
  private static let patience = 0.1...2.0

  /// A study that keeps its cells in a folder and shares trained pieces in another.
  public init(
    spec: ResolvedSpec, registry: Registry, locations: DataLocations, output: URL, pieces: URL,
    report: @escaping @Sendable (StudyEvent) -> Void = { _ in }
  ) {
    self.spec = spec
    self.registry = registry
    self.locations = locations
    store = RunStore(folder: output)
    self.pieces = PieceStore(folder: pieces)
    self.report = report
  }

  /// The workshop of this study.
  func assembly() -> Assembly {
    let report = report
    return Assembly(
      registry: registry, locations: locations, store: pieces,
      progress: ProgressReporter { report(.progress($0)) }, note: { report(.note($0)) })
  }

  /// Runs what is not finished.
  ///
  /// - Throws: `Problem` for what is wrong with the data, before any cell runs; `StoreError` if the folder is a newer
  ///   version's; `WriteError`, which ends all work; with `failsFast` the first cell's error. Cells finished before
  ///   are kept and will not be run again.
  public func run(_ options: Options = Options()) throws -> StudyResults {
    let (start, since) = (Date(), options.since ?? Date())
    let assembly = assembly()
    let plan = try StudyPlan(spec, assembly)
    try store.begin(plan, of: spec, code: registry.coreDigest)
    let share = plan.queue(seeds: spec.seeds).enumerated().filter { index, _ in
      options.shard.map { index % $0.of == $0.index } ?? true
    }.map(\.element)
    var work = Work(queue: share, count: share.count)
    var seed: UInt64?
    var areAllTaken = false
    while !work.queue.isEmpty, options.waits || !areAllTaken {
      var busy: [StudyPlan.Cell] = []
      areAllTaken = true
      for cell in work.queue {
        if seed != cell.seed { assembly.forgetTrained() }
        seed = cell.seed
        let outcome = try settle(cell, assembly, options, since, &work)
        if outcome != .settled { busy.append(cell) }
        if outcome == .heldUp { areAllTaken = false }
      }
      work.isIdle = busy.count == work.queue.count
      work.queue = busy
    }
    return try results(plan, work, options, seconds: Date().timeIntervalSince(start))
  }

  /// What this process has seen of its share.
  private struct Work {
    var queue: [StudyPlan.Cell]
    let count: Int
    var runs: [String: StudyResults.Run] = [:]
    var failures: [String: String] = [:]
    /// Whether the last walk along the queue found nothing to do.
    var isIdle = false
    var pause = Study.patience.lowerBound

    func place(_ cell: StudyPlan.Cell) -> StudyEvent.Place {
      .init(variant: cell.variant.name, seed: cell.seed, done: runs.count + failures.count, of: count)
    }

    static func key(_ cell: StudyPlan.Cell) -> String { "\(cell.seed) \(cell.variant.name)" }
  }

  private enum Outcome {
    case settled
    /// Another process is at it.
    case taken
    /// Another process makes a piece that it needs.
    case heldUp
  }

  /// Finishes a cell, or sees that it is finished.
  private func settle(
    _ cell: StudyPlan.Cell, _ assembly: Assembly, _ options: Options, _ since: Date, _ work: inout Work
  ) throws -> Outcome {
    let identity = cell.identity
    if let record = try finished(cell) {
      work.runs[Work.key(cell)] = .init(
        variant: cell.variant.name, seed: cell.seed, record: record, seconds: 0, reused: true,
        cell: store.cells.folder(of: identity))
      report(.reused(work.place(cell), record))
      return .settled
    }
    if let failure = store.cells.failure(identity), failure.date >= since {
      // Another process has just tried.
      work.failures[Work.key(cell)] = failure.reason
      report(.failed(work.place(cell), reason: failure.reason))
      return .settled
    }
    // Work that nobody is at comes first; then there is nothing but to wait.
    let isHeldUp = cell.plan.pieces.contains {
      !pieces.has($0.kind, $0.identity) && pieces.isBeingMade($0.kind, $0.identity)
    }
    if isHeldUp, !work.isIdle { return .heldUp }
    guard let claim = try store.cells.claim(identity) else {
      if options.waits { wait(for: cell, &work) }
      return .taken
    }
    defer { withExtendedLifetime(claim) {} }
    // It may have been finished a moment ago.
    if try finished(cell) != nil { return try settle(cell, assembly, options, since, &work) }
    try store.cells.forgetFailure(identity)
    report(.began(work.place(cell)))
    do {
      let run = try play(cell, assembly)
      work.runs[Work.key(cell)] = run
      report(.finished(work.place(cell), run.record))
    } catch let error as WriteError {
      throw error
    } catch {
      try store.cells.saveFailure("\(error)", of: identity, variant: cell.variant.name, seed: cell.seed)
      work.failures[Work.key(cell)] = "\(error)"
      report(.failed(work.place(cell), reason: "\(error)"))
      if options.failsFast { throw error }
    }
    return .settled
  }

  private func wait(for cell: StudyPlan.Cell, _ work: inout Work) {
    guard work.isIdle else { return }
    report(.waiting(work.place(cell)))
    Thread.sleep(forTimeInterval: work.pause)
    work.pause = min(Self.patience.upperBound, work.pause * 1.5)
  }

  /// A cell's record, if all that is wanted of it is there and can be trusted.
  private func finished(_ cell: StudyPlan.Cell) throws -> CellRecord? {
    switch store.cells.find(cell.identity) {
    case .nothing: return nil
    case .record(let record):
      let needsMore = spec.trajectories && cell.plan.embeddings != nil
      return needsMore && !store.cells.hasTrajectories(cell.identity) ? nil : record
    case .damaged(let reason):
      // Whoever is at it is just writing it anew.
      guard let claim = try store.cells.claim(cell.identity) else { return nil }
      defer { withExtendedLifetime(claim) {} }
      report(.note(try store.cells.setAside(cell.identity, reason: reason)))
      return nil
    }
  }

  private func play(_ cell: StudyPlan.Cell, _ assembly: Assembly) throws -> StudyResults.Run {
    let start = Date()
    let variant = cell.variant
    let system = try assembly.system(variant, cell.plan, seed: cell.seed)
    guard let task = variant.component(.task) as? any EvaluationTask else {
      throw RegistryError.wrongKind(kind: .task, identifier: variant.name)
    }
    let playing = Date()
    let result = try task.run(system)
    let record = CellRecord(identity: cell.identity, result: result)
    let dataset = system.model.split.dataset
    try store.cells.save(
      Effort(of: cell.work, interactions: dataset.interactionCount, since: playing), of: cell.identity)
    try store.cells.save(record, result, trajectories: spec.trajectories, dataset: dataset)
    return .init(
      variant: variant.name, seed: cell.seed, record: record, seconds: Date().timeIntervalSince(start),
      reused: false, cell: store.cells.folder(of: cell.identity))
  }

  /// What this process and the others have found.
  private func results(
    _ plan: StudyPlan, _ work: Work, _ options: Options, seconds: Double
  ) throws -> StudyResults {
    var runs: [StudyResults.Run] = []
    var failures: [StudyResults.Failure] = []
    var unfinished = 0
    for cell in plan.cells {
      let (variant, seed) = (cell.variant.name, cell.seed)
      if let run = work.runs[Work.key(cell)] {
        runs.append(run)
      } else if let reason = work.failures[Work.key(cell)] {
        failures.append(.init(variant: variant, seed: seed, reason: reason))
      } else if let record = try finished(cell) {
        runs.append(
          .init(
            variant: variant, seed: seed, record: record, seconds: 0, reused: true,
            cell: store.cells.folder(of: cell.identity)))
      } else {
        unfinished += 1
      }
    }
    return StudyResults(
      spec: spec, data: plan.data, runs: runs, failures: failures, unfinished: unfinished,
      coreDigest: registry.coreDigest, plugins: registry.prebuilt, seconds: seconds)
  }
}
