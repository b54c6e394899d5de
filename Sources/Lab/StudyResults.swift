import Beckon

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

  /// A cell that could not be finished.
  public struct Failure: Sendable, Equatable {
    /// Variant's name.
    public let variant: String
    /// Seed.
    public let seed: UInt64
    /// What was wrong.
    public let reason: String

    /// A failure.
    public init(variant: String, seed: UInt64, reason: String) {
      self.variant = variant
      self.seed = seed
      self.reason = reason
    }
  }

  /// The study.
  public let spec: ResolvedSpec
  /// What was read, by variant: variants may differ in their data.
  public let data: [String: JSON]
  /// Finished runs in the order of the spec: variants, then seeds.
  public let runs: [Run]
  /// Cells that failed, in the same order.
  public let failures: [Failure]
  /// Cells that nobody has finished yet: other shards'.
  public let unfinished: Int
  /// Digest of the laboratory's code.
  public let coreDigest: String
  /// Plugins loaded from files.
  public let plugins: [Registry.Prebuilt]
  /// Seconds of the whole study.
  public let seconds: Double
  /// Who computed what: one study, or several that were read together.
  public let origins: [Origin]
  /// Places of each variant's runs.
  private let places: [String: [Int]]

  /// Results put together from their parts.
  ///
  /// - Parameters:
  ///   - spec: the study.
  ///   - data: what was read, by variant.
  ///   - runs: finished runs in the order of the spec.
  ///   - failures: cells that failed, in the same order.
  ///   - unfinished: cells that nobody has finished yet.
  ///   - coreDigest: digest of the laboratory's code.
  ///   - plugins: those loaded from files.
  ///   - seconds: of the whole study.
  ///   - origins: who computed what; this program, if not given.
  public init(
    spec: ResolvedSpec, data: [String: JSON], runs: [Run], failures: [Failure] = [], unfinished: Int = 0,
    coreDigest: String, plugins: [Registry.Prebuilt] = [], seconds: Double, origins: [Origin]? = nil
  ) {
    self.origins = origins ?? [Origin(spec: spec, code: coreDigest)]
    places = Dictionary(grouping: runs.indices) { runs[$0].variant }
    self.spec = spec
    self.data = data
    self.runs = runs
    self.failures = failures
    self.unfinished = unfinished
    self.coreDigest = coreDigest
    self.plugins = plugins
    self.seconds = seconds
  }

  /// Runs of a variant, in the order of seeds.
  public func runs(of variant: String) -> [Run] { (places[variant] ?? []).map { runs[$0] } }
}
