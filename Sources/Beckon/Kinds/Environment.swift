/// What is shown to a user in one round.
public struct Slate: Sendable {
  /// Shown items, first position first.
  public let items: [Int32]
  /// Affinity of the simulated user to each: dot products, in [−1, 1] where users are scaled to length 1.
  public let affinities: [Double]
  /// The user, with what is known from before the study and what was clicked in it.
  public let history: UserHistory
  /// Target item.
  public let target: Int32
  /// Place of the target in the list of targets, from 0.
  public let targetPlace: Int
  /// Round, from 0.
  public let round: Int
  /// What the user was shown in the rounds before, and chose.
  public let events: [RoundEvent]

  /// A slate.
  public init(
    items: [Int32], affinities: [Double], history: UserHistory = UserHistory(user: 0, past: []),
    target: Int32 = 0, targetPlace: Int = 0, round: Int = 0, events: [RoundEvent] = []
  ) {
    self.items = items
    self.affinities = affinities
    self.history = history
    self.target = target
    self.targetPlace = targetPlace
    self.round = round
    self.events = events
  }
}

/// A round that a user has been through.
public struct RoundEvent: Sendable, Equatable {
  /// Shown items, first position first; none if nothing could be shown.
  public let items: [Int32]
  /// Position of the clicked item; nil without a click.
  public let choice: Int?

  /// An event.
  public init(items: [Int32], choice: Int?) {
    self.items = items
    self.choice = choice
  }

  /// The clicked item.
  public var clicked: Int32? { choice.map { items[$0] } }
}

/// What a simulated user's answers and changes may depend on.
public struct SimulatedWorld: Sendable {
  /// Identifiers, names and categories of the items.
  public let catalogue: ItemCatalogue
  /// The simulator's item vectors, `[item, d]`, rows of length 1.
  public let items: Matrix<Float>
  /// Occurrences of each item in the training part, by item index.
  public let itemCounts: [Int]
  /// Experiment seed.
  public let seed: UInt64
  /// Where relative paths lead.
  public let locations: DataLocations

  /// A world.
  public init(
    catalogue: ItemCatalogue, items: Matrix<Float>, itemCounts: [Int], seed: UInt64, locations: DataLocations
  ) {
    self.catalogue = catalogue
    self.items = items
    self.itemCounts = itemCounts
    self.seed = seed
    self.locations = locations
  }
}

/// How a simulated user answers a slate.
public protocol ClickModel: Component {
  /// Whether it knows how several shown items compete; true unless the model says otherwise.
  static var takesSlates: Bool { get }
  /// Refuses to begin without what it needs of the machine to answer, such as a server's key, before anything of a
  /// cell is trained; nothing unless the model says otherwise.
  ///
  /// - Throws: `Problem`; without a place it gets that of the slot.
  func verify() throws
  /// Learns what it must know of the world, once; nothing unless the model says otherwise.
  mutating func prepare(_ world: SimulatedWorld) throws
  /// Probability that each item is chosen; what is missing to 1 is the outside option, no click.
  ///
  /// - Returns: as many as the slate has items, each in [0, 1], their sum at most 1.
  func choiceProbabilities(_ slate: Slate) throws -> [Double]
  /// The same for some users at once, for models that ask somebody else. Called from several threads.
  ///
  /// - Returns: by slate; nil where there is no valid answer, which counts as no click and is reported.
  func answers(to slates: [Slate]) throws -> [[Double]?]
}

extension ClickModel {
  /// The role.
  public static var kind: Kind { .clickModel }
  /// It does.
  public static var takesSlates: Bool { true }
  /// Nothing to refuse.
  public func verify() throws {}
  /// Nothing to learn.
  public mutating func prepare(_ world: SimulatedWorld) throws {}
  /// One after the other.
  public func answers(to slates: [Slate]) throws -> [[Double]?] {
    try slates.map { try choiceProbabilities($0) }
  }
}

/// A click, as the dynamics sees it.
public struct InterestMove: Sendable {
  /// The user's vector before, `[d]`.
  public let interest: [Float]
  /// The clicked item.
  public let item: Int32
  /// Its vector, `[d]`, length 1.
  public let itemVector: [Float]
  /// What the arousal policy says, in [0, 1].
  public let policyKeep: Float
  /// Rounds so far, the one of this click included.
  public let events: [RoundEvent]

  /// A move.
  public init(
    interest: [Float], item: Int32, itemVector: [Float], policyKeep: Float, events: [RoundEvent] = []
  ) {
    self.interest = interest
    self.item = item
    self.itemVector = itemVector
    self.policyKeep = policyKeep
    self.events = events
  }

  /// keep · e_u + (1 − keep) · e_z: a click draws the user to the item. (ITMPRec §4.1.2)
  public func blended(keep: Float) -> [Float] {
    zip(interest, itemVector).map { keep * $0 + (1 - keep) * $1 }
  }
}

/// How a simulated user changes; owned by the environment.
public protocol Dynamics: Component {
  /// `policy` if the recommender's arousal policy also moves the user, so that gains are partly by construction;
  /// `environment` if it does not.
  var owner: DynamicsOwner { get }
  /// Learns what it must know of the world, once; nothing unless the dynamics says otherwise.
  mutating func prepare(_ world: SimulatedWorld) throws
  /// The user's vector after a click, `[d]`; the simulator scales it to length 1, unless the task says not to.
  func moved(_ move: InterestMove) -> [Float]
}

extension Dynamics {
  /// The role.
  public static var kind: Kind { .dynamics }
  /// Nothing to learn.
  public mutating func prepare(_ world: SimulatedWorld) throws {}
}

/// Who decides how far a click moves a user.
public enum DynamicsOwner: String, Sendable, Codable {
  case policy, environment
}
