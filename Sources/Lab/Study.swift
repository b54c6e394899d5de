import Beckon
import CKernels

/// What a study says of itself while it runs.
public enum StudyEvent: Sendable {
  /// A cell begins; `done` of `of` cells are finished.
  case cell(variant: String, seed: UInt64, done: Int, of: Int)
  /// A cell was finished earlier, with the same configuration, data and code.
  case reused(variant: String, seed: UInt64, done: Int, of: Int)
  /// Progress inside a cell.
  case progress(ProgressEvent)
}

/// A study's results, in memory.
public struct StudyResults: Sendable {
  /// One variant with one seed.
  public struct Run: Sendable {
    /// Variant's name.
    public let variant: String
    /// Seed.
    public let seed: UInt64
    /// What was found.
    public let record: CellRecord
    /// Seconds it took; zero if it was reused.
    public let seconds: Double
    /// Whether it was finished earlier.
    public let reused: Bool
    /// Folder of the cell's files, with the values of each user; nil if there is none.
    public let cell: URL?

    /// A run.
    public init(
      variant: String, seed: UInt64, record: CellRecord, seconds: Double, reused: Bool, cell: URL? = nil
    ) {
      self.variant = variant
      self.seed = seed
      self.record = record
      self.seconds = seconds
      self.reused = reused
      self.cell = cell
    }
  }

  /// The study.
  public let spec: ResolvedSpec
  /// What was read, by variant: variants may differ in their data.
  public let data: [String: JSON]
  /// Runs in the order of the spec: variants, then seeds.
  public let runs: [Run]
  /// Digest of the laboratory's code.
  public let coreDigest: String
  /// Seconds of the whole study.
  public let seconds: Double
  /// Who computed what: one study, or several that were read together.
  public let origins: [Origin]
  /// Places of each variant's runs.
  private let places: [String: [Int]]

  /// Results put together from their parts.
  ///
  /// - Parameter origins: this program's, if not given.
  public init(
    spec: ResolvedSpec, data: [String: JSON], runs: [Run], coreDigest: String, seconds: Double,
    origins: [Origin]? = nil
  ) {
    self.origins = origins ?? [Origin(spec: spec, code: coreDigest)]
    places = Dictionary(grouping: runs.indices) { runs[$0].variant }
    self.spec = spec
    self.data = data
    self.runs = runs
    self.coreDigest = coreDigest
    self.seconds = seconds
  }

  /// Runs of a variant, in the order of seeds.
  public func runs(of variant: String) -> [Run] { (places[variant] ?? []).map { runs[$0] } }
}

/// Runs every variant of a spec with every seed, resuming what is finished.
public struct Study {
  let spec: ResolvedSpec
  let registry: Registry
  let locations: DataLocations
  private let cells: CellStore
  let pieces: PieceStore
  let report: @Sendable (StudyEvent) -> Void

  /// A study that keeps its cells in a folder and shares trained pieces in another.
  public init(
    spec: ResolvedSpec, registry: Registry, locations: DataLocations, output: URL, pieces: URL,
    report: @escaping @Sendable (StudyEvent) -> Void = { _ in }
  ) {
    self.spec = spec
    self.registry = registry
    self.locations = locations
    cells = CellStore(folder: output.appending(path: "cells"))
    self.pieces = PieceStore(folder: pieces)
    self.report = report
  }

  /// Runs what is not finished.
  ///
  /// Seeds are the outer loop, so that the pieces variants share are in memory when they are needed.
  ///
  /// - Throws: the first error; cells finished before it are kept and will not be run again.
  public func run() throws -> StudyResults {
    let start = Date()
    let report = report
    let assembly = Assembly(
      registry: registry, locations: locations, store: pieces,
      progress: ProgressReporter { report(.progress($0)) })
    let count = spec.variants.count * spec.seeds.count
    var data: [String: JSON] = [:]
    for variant in spec.variants {
      data[variant.name] = Self.describe(try assembly.split(of: variant).split, variant)
      for seed in spec.seeds { _ = try assembly.plan(variant, seed: seed) }
    }
    var done: [String: StudyResults.Run] = [:]
    for seed in spec.seeds {
      for variant in spec.variants {
        done["\(seed) \(variant.name)"] = try run(variant, seed, assembly, (done.count, count))
      }
      assembly.forgetTrained()
    }
    let runs = spec.variants.flatMap { variant in spec.seeds.compactMap { done["\($0) \(variant.name)"] } }
    return StudyResults(
      spec: spec, data: data, runs: runs, coreDigest: registry.coreDigest,
      seconds: Date().timeIntervalSince(start))
  }

  private func run(
    _ variant: ResolvedVariant, _ seed: UInt64, _ assembly: Assembly, _ place: (done: Int, of: Int)
  ) throws -> StudyResults.Run {
    let start = Date()
    let plan = try assembly.plan(variant, seed: seed)
    let isWhole = !spec.trajectories || plan.embeddings == nil || cells.hasTrajectories(plan.identity)
    if isWhole, let record = cells.load(plan.identity) {
      report(.reused(variant: variant.name, seed: seed, done: place.done, of: place.of))
      return .init(
        variant: variant.name, seed: seed, record: record, seconds: 0, reused: true,
        cell: cells.folder(of: plan.identity))
    }
    report(.cell(variant: variant.name, seed: seed, done: place.done, of: place.of))
    let system = try assembly.system(variant, plan, seed: seed)
    guard let task = variant.component(.task) as? any EvaluationTask else {
      throw RegistryError.wrongKind(kind: .task, identifier: variant.name)
    }
    let result = try task.run(system)
    let record = CellRecord(identity: plan.identity, result: result)
    try cells.save(record, result, trajectories: spec.trajectories, dataset: system.model.split.dataset)
    return .init(
      variant: variant.name, seed: seed, record: record, seconds: Date().timeIntervalSince(start),
      reused: false, cell: cells.folder(of: plan.identity))
  }

  private static func describe(_ split: Split, _ variant: ResolvedVariant) -> JSON {
    let dataset = split.dataset
    return .members([
      ("source", variant.effective["dataset"]?["type"] ?? .null),
      ("fingerprint", .string(dataset.fingerprint)), ("users", .number(Double(dataset.userCount))),
      ("items", .number(Double(dataset.itemCount))),
      ("interactions", .number(Double(dataset.interactionCount))), ("tieRule", .string(Dataset.tieRule)),
      ("usersWithTiedAnswers", .number(dataset.tiedAnswers)), ("masking", .string(variant.masking.rawValue)),
    ])
  }
}
