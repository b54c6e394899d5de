/// Turns histories into states of users, and states into preferences over the items.
///
/// A state is a row of numbers that only the encoder understands: a vector (SASRec), a mean with a covariance
/// (MStein), a vector conditioned on the target (IRN). Nobody outside an encoder knows about padding.
public protocol Encoder: Component {
  /// Learned values by name; setting them restores a trained encoder.
  var parameters: ParameterSet<Float> { get set }
  /// Item vectors, `[item, d]`.
  var itemVectors: Matrix<Float> { get }
  /// Whether a state depends on `UserHistory.target`, so that targets cannot share it.
  var readsTarget: Bool { get }
  /// Newest items of a history that are looked at; nil if there is no limit.
  var window: Int? { get }
  /// Whether training starts from the environment's item embeddings.
  var needsEmbeddings: Bool { get }

  /// Refuses what the data cannot give, such as more intents than users, before anything is trained; nothing unless
  /// the encoder says otherwise.
  ///
  /// - Throws: `Problem`; without a place it gets that of the slot.
  func verify(_ split: Split) throws
  /// Learns from the training part; afterwards `parameters` are set.
  ///
  /// - Throws: `TrainingError.notFinite` and whatever the context throws.
  mutating func train(_ context: TrainingContext) throws
  /// States, `[user, width]`, in the order of the histories. Ragged: any lengths, the empty history included.
  func encode(_ histories: [UserHistory]) throws -> Matrix<Float>
  /// Preference for every item, `[user, item]`; larger is better.
  func preferences(of states: Matrix<Float>) -> Matrix<Float>
  /// Whether preferences are dot products of states and `itemVectors`, so that one order serves both.
  var prefersByDotProduct: Bool { get }
  /// Users as vectors that can be compared with `itemVectors`, `[user, d]`: what guidance measures cosines with.
  func vectors(of states: Matrix<Float>) -> Matrix<Float>
  /// Points of a space in which users of one intent lie close, `[user, d]`.
  func intentPoints(_ histories: [UserHistory]) throws -> Matrix<Float>
}

extension Encoder {
  /// The role.
  public static var kind: Kind { .encoder }
  /// Nothing to refuse.
  public func verify(_ split: Split) throws {}
  /// False, unless the encoder says otherwise.
  public var readsTarget: Bool { false }
  /// No limit, unless the encoder says otherwise.
  public var window: Int? { nil }
  /// False, unless the encoder says otherwise.
  public var needsEmbeddings: Bool { false }
  /// Dot products of states and item vectors.
  public func preferences(of states: Matrix<Float>) -> Matrix<Float> { states.timesTransposed(itemVectors) }
  /// True, unless the encoder says otherwise.
  public var prefersByDotProduct: Bool { true }
  /// The states themselves.
  public func vectors(of states: Matrix<Float>) -> Matrix<Float> { states }
  /// The states as vectors of the item space.
  public func intentPoints(_ histories: [UserHistory]) throws -> Matrix<Float> {
    vectors(of: try encode(histories))
  }
}

/// The simulator's own view of users and items: unit vectors that no recommender sees.
public struct EmbeddingTables: Sendable, Equatable {
  /// `[user, d]`, rows of length 1.
  public var users: Matrix<Float>
  /// `[item, d]`, rows of length 1.
  public var items: Matrix<Float>

  /// Tables; rows are normalised here.
  public init(users: Matrix<Float>, items: Matrix<Float>) {
    self.users = users.rowsNormalized()
    self.items = items.rowsNormalized()
  }
}

/// Makes the tables of the simulated world.
public protocol EmbeddingSource: Component {
  /// Learns or makes the tables.
  func tables(_ context: TrainingContext) throws -> EmbeddingTables
}

extension EmbeddingSource {
  /// The role.
  public static var kind: Kind { .embeddings }
}

/// Finds the global intents.
public protocol IntentModel: Component {
  /// Refuses what the data cannot give, such as more intents than users, before anything is trained; nothing unless
  /// the model says otherwise.
  func verify(_ split: Split) throws
  /// Centroids, `[intent, d]`, in the space of the encoder's states; raw, not normalised.
  func centroids(encoder: any Encoder, split: Split, seed: UInt64) throws -> Matrix<Float>
}

extension IntentModel {
  /// Nothing to refuse.
  public func verify(_ split: Split) throws {}
  /// The role.
  public static var kind: Kind { .intents }
}

extension EmbeddingTables {
  /// Tables saved earlier, whose rows have length 1 already: scaling again would change their last bits.
  public init(normalizedUsers users: Matrix<Float>, normalizedItems items: Matrix<Float>) {
    self.users = users
    self.items = items
  }
}
