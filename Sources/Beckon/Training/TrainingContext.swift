/// What training may read, and where it reports to.
public struct TrainingContext: Sendable {
  /// The data; only its training part is learned from, its validation part stops the training.
  public let split: Split
  /// Experiment seed; every random draw derives from it.
  public let seed: UInt64
  /// Rule for items already met when the validation part is ranked.
  public let masking: Masking
  /// The simulator's tables, for encoders that start from them (`Encoder.needsEmbeddings`).
  public let embeddings: EmbeddingTables?
  /// Where relative paths lead.
  public let locations: DataLocations
  /// Finds a ranking metric by name, such as `ndcg@20`.
  public let rankingMetric: @Sendable (String) throws -> (metric: any RankingMetric, cutoff: Int)
  /// Receives progress.
  public let progress: ProgressReporter
  /// Keeps where the training stands; nil if nothing is kept before the end.
  public let keeper: TrainingKeeper?

  /// A context.
  public init(
    split: Split, seed: UInt64, masking: Masking, embeddings: EmbeddingTables?, locations: DataLocations,
    rankingMetric: @escaping @Sendable (String) throws -> (metric: any RankingMetric, cutoff: Int),
    progress: ProgressReporter, keeper: TrainingKeeper? = nil
  ) {
    self.split = split
    self.seed = seed
    self.masking = masking
    self.embeddings = embeddings
    self.locations = locations
    self.rankingMetric = rankingMetric
    self.progress = progress
    self.keeper = keeper
  }

  /// The same, with another keeper.
  public func keeping(_ keeper: TrainingKeeper) -> TrainingContext {
    TrainingContext(
      split: split, seed: seed, masking: masking, embeddings: embeddings, locations: locations,
      rankingMetric: rankingMetric, progress: progress, keeper: keeper)
  }
}

/// What long work says of itself while it runs.
public enum ProgressEvent: Sendable {
  /// A piece of work begins.
  case began(String)
  /// An epoch of training ended. `validation` is the metric that stops training, when it was measured.
  case epoch(
    Int, of: Int, loss: Double, validation: (name: String, value: Double, best: Double)?, seconds: Double)
  /// Part of a countable piece of work is done.
  case advanced(done: Int, of: Int, unit: String, seconds: Double)
}

/// Receives progress; does nothing by default.
public struct ProgressReporter: Sendable {
  /// Called from the thread that works.
  public let report: @Sendable (ProgressEvent) -> Void
  /// A reporter.
  public init(_ report: @escaping @Sendable (ProgressEvent) -> Void = { _ in }) { self.report = report }
}

/// What training can die of.
public enum TrainingError: Error, Equatable, CustomStringConvertible {
  case notFinite(epoch: Int, step: Int, learningRate: Double, lastLoss: Double)
  case nothingToLearn(reason: String)

  /// Place, fact, next step.
  public var description: String {
    switch self {
    case .notFinite(let epoch, let step, let learningRate, let lastLoss):
      "train: the loss stopped being finite in epoch \(epoch), step \(step) (learning rate \(learningRate)). "
        + (lastLoss.isNaN ? "It never was finite. " : "Last finite loss \(lastLoss). ")
        + "Lower the learning rate, or look for extreme values in the data."
    case .nothingToLearn(let reason): "train: \(reason)"
    }
  }
}
