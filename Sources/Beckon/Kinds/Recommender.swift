import Synchronization

/// The recommender's side of a study after training: what scorers, policies, selectors and guards may read.
/// The simulator's tables are not here.
public struct FittedModel: Sendable {
  /// The data it was fitted on.
  public let split: Split
  /// The trained encoder; nil if nothing in the study needs one.
  public let encoder: (any Encoder)?
  /// Item vectors of the encoder, `[item, d]`; empty without one.
  public let itemVectors: Matrix<Float>
  /// The same, each row scaled to length 1.
  public let itemDirections: Matrix<Float>
  /// 1/length of the item vectors, by item index; 0 for a zero vector.
  public let inverseItemNorms: [Float]
  private let packedDirections: PackedRows<Float>
  private let recentCosines = RecentCosines()
  /// Intent centroids, `[intent, d]`; empty without an intent model.
  public let intents: Matrix<Float>

  /// A fitted model.
  public init(split: Split, encoder: (any Encoder)?, intents: Matrix<Float>) {
    self.split = split
    self.encoder = encoder
    self.intents = intents
    itemVectors = encoder?.itemVectors ?? Matrix(rows: 0, columns: 0)
    itemDirections = itemVectors.rowsNormalized()
    inverseItemNorms = itemVectors.rowNorms().map { $0 > 0 ? 1 / $0 : 0 }
    packedDirections = PackedRows(itemDirections)
  }

  /// Cosine of every item to one item, by item index. A roll-out asks for those to its target in every round.
  public func cosines(to item: Int32) -> [Float] {
    recentCosines.values(of: item) {
      packedDirections.products(with: itemDirections.selectingRows([Int(item)])).values
    }
  }
}

/// The cosines that were asked for last; they are a function of the item alone.
private final class RecentCosines: Sendable {
  private static let limit = 8
  private let kept = Mutex<[Int32: [Float]]>([:])

  func values(of item: Int32, _ make: () -> [Float]) -> [Float] {
    if let known = kept.withLock({ $0[item] }) { return known }
    let values = make()
    kept.withLock {
      if $0.count >= Self.limit { $0.removeAll() }
      $0[item] = values
    }
    return values
  }
}

/// Some users at one moment: what a scorer, an arousal policy or a guard is asked about.
public struct UserBatch: Sendable {
  /// The fitted recommender.
  public let model: FittedModel
  /// One history a user.
  public let histories: [UserHistory]
  /// The encoder's states, `[user, width]`; empty without an encoder.
  public let states: Matrix<Float>
  /// The encoder's preferences, `[user, item]`; empty without an encoder.
  public let preferences: Matrix<Float>
  /// `[user]`: items that cannot be recommended now (met or shown before).
  public let unavailable: [[Int32]]
  /// The item the users are guided to; nil in next-item prediction.
  public let target: Int32?
  /// Round, from 0.
  public let round: Int
  /// `[user]`: what `Scorer.plan` committed to before the first round, an item a round; empty if it did not.
  public let plans: [[Int32]]

  /// A batch.
  public init(
    model: FittedModel, histories: [UserHistory], states: Matrix<Float>, preferences: Matrix<Float>,
    unavailable: [[Int32]], target: Int32?, round: Int, plans: [[Int32]] = []
  ) {
    self.plans = plans
    self.model = model
    self.histories = histories
    self.states = states
    self.preferences = preferences
    self.unavailable = unavailable
    self.target = target
    self.round = round
  }

  /// Sets the scores of unavailable items to −∞.
  ///
  /// - Parameter scores: `[user, item]`.
  public func withhold(_ scores: inout Matrix<Float>) {
    for user in 0..<count {
      for item in unavailable[user] { scores[user, Int(item)] = -.infinity }
    }
  }

  /// The users as vectors that can be compared with the item vectors, `[user, d]`.
  public var vectors: Matrix<Float> { model.encoder?.vectors(of: states) ?? states }

  /// For every user and item a number that orders a user's items as the cosine of the two vectors does.
  public func cosineOrder() -> Matrix<Float> {
    guard model.encoder?.prefersByDotProduct ?? false else {
      return vectors.timesTransposed(model.itemDirections)
    }
    // The user's own length does not change the order.
    return preferences.scaledColumns(by: model.inverseItemNorms)
  }

  /// Users in the batch.
  public var count: Int { histories.count }
  /// Items of the dataset.
  public var itemCount: Int { model.split.dataset.itemCount }
}

/// What a scorer must be given.
public struct Needs: OptionSet, Sendable {
  /// Bits of the set.
  public let rawValue: Int
  /// From bits.
  public init(rawValue: Int) { self.rawValue = rawValue }
  /// A trained encoder: `UserBatch.states` and `preferences`.
  public static let encoder = Needs(rawValue: 1)
  /// A target: cannot serve next-item prediction.
  public static let target = Needs(rawValue: 2)
  /// Intent centroids.
  public static let intents = Needs(rawValue: 4)
}

/// A component that must be given something; a spec that does not provide it is refused.
public protocol Needing {
  /// What must be provided; nothing unless the component says otherwise.
  var needs: Needs { get }
}

extension Needing {
  /// Nothing.
  public var needs: Needs { [] }
}

/// Scores every item for some users; the highest available one is shown.
public protocol Scorer: Component, Needing {
  /// Learns from the training part; nothing unless the scorer says otherwise.
  mutating func fit(_ split: Split, seed: UInt64) throws
  /// Prepares for the trained recommender, once; nothing unless the scorer says otherwise.
  mutating func attach(to model: FittedModel) throws
  /// Commits itself before the first round, for planners that do not look at what users answer.
  ///
  /// - Returns: `[user][round]`, items to be shown; given back to `scores` as `UserBatch.plans`. Empty unless the
  ///   scorer says otherwise: most decide round by round.
  func plan(_ batch: UserBatch, rounds: Int) throws -> [[Int32]]
  /// Whether a user's scores are a function of the target and of that user's history alone, not of the round, the
  /// plan or what is unavailable: they are then kept while the history stays. No unless the scorer says otherwise.
  var dependsOnHistoryAlone: Bool { get }
  /// Scores, `[user, item]`; larger is better. Unavailable items need no care here.
  func scores(_ batch: UserBatch) throws -> Matrix<Float>
  /// The named parts that scores are made of, each `[user, item]`, to explain a pick.
  func terms(_ batch: UserBatch) throws -> [(name: String, values: Matrix<Float>)]
}

extension Scorer {
  /// The role.
  public static var kind: Kind { .scorer }
  /// Nothing to learn.
  public mutating func fit(_ split: Split, seed: UInt64) throws {}
  /// Nothing to prepare.
  public mutating func attach(to model: FittedModel) throws {}
  /// Asked in every round.
  public var dependsOnHistoryAlone: Bool { false }
  /// No plan.
  public func plan(_ batch: UserBatch, rounds: Int) throws -> [[Int32]] { [] }
  /// The score alone.
  public func terms(_ batch: UserBatch) throws -> [(name: String, values: Matrix<Float>)] {
    [("score", try scores(batch))]
  }
}

/// Narrows the candidates between scorer and user.
public protocol Guard: Component, Needing {
  /// Prepares for the trained recommender, once; nothing unless the guard says otherwise.
  mutating func attach(to model: FittedModel, seed: UInt64) throws
  /// Sets the scores of forbidden items to −∞. `scores` is `[user, item]`, unavailable items at −∞ already.
  func restrict(_ scores: inout Matrix<Float>, for batch: UserBatch) throws
}

extension Guard {
  /// The role.
  public static var kind: Kind { .guard }
  /// Nothing to prepare.
  public mutating func attach(to model: FittedModel, seed: UInt64) throws {}
}

/// The recommender's estimate of how receptive each user is now.
public protocol ArousalPolicy: Component, Needing {
  /// `[user]`: weight of the old vector when a click moves it, in [0, 1].
  func keep(_ batch: UserBatch) throws -> [Float]
}

extension ArousalPolicy {
  /// The role.
  public static var kind: Kind { .arousal }
}

/// Chooses the items that users are guided to.
public protocol TargetSelector: Component, Needing {
  /// Refuses what the data cannot give, such as an unknown category, before anything is trained.
  func verify(_ dataset: Dataset, _ locations: DataLocations) throws
  /// Item indices, best first, each once.
  ///
  /// - Throws: `Problem` if a category or an identifier is unknown, or there are too few items.
  func targets(_ context: SelectionContext) throws -> [Int32]
}

extension TargetSelector {
  /// The role.
  public static var kind: Kind { .targetSelector }
  /// Nothing to refuse.
  public func verify(_ dataset: Dataset, _ locations: DataLocations) throws {}
}

/// What a target selector may read.
public struct SelectionContext: Sendable {
  /// The recommender that matches; its states are those before the first round.
  public let model: FittedModel
  /// Experiment seed.
  public let seed: UInt64
  /// Where relative paths lead.
  public let locations: DataLocations

  /// A context.
  public init(model: FittedModel, seed: UInt64, locations: DataLocations) {
    self.model = model
    self.seed = seed
    self.locations = locations
  }
}
