/// What is shown to a user in one round.
public struct Slate: Sendable {
  /// Shown items, first position first.
  public let items: [Int32]
  /// Affinity of the simulated user to each: dot products of unit vectors, in [−1, 1].
  public let affinities: [Double]
  /// User index.
  public let user: Int32
  /// Target item.
  public let target: Int32
  /// Round, from 0.
  public let round: Int

  /// A slate.
  public init(items: [Int32], affinities: [Double], user: Int32, target: Int32, round: Int) {
    self.items = items
    self.affinities = affinities
    self.user = user
    self.target = target
    self.round = round
  }
}

/// How a simulated user answers a slate.
public protocol ClickModel: Component {
  /// Probability that each item is chosen; what is missing to 1 is the outside option, no click.
  ///
  /// - Returns: as many as the slate has items, each in [0, 1], their sum at most 1.
  func choiceProbabilities(_ slate: Slate) throws -> [Double]
}

extension ClickModel {
  /// The role.
  public static var kind: Kind { .clickModel }
}

/// How a simulated user changes; owned by the environment.
public protocol Dynamics: Component {
  /// `policy` if the recommender's arousal policy also moves the user, so that gains are partly by construction;
  /// `environment` if it does not.
  var owner: DynamicsOwner { get }
  /// The user's vector after a click.
  ///
  /// - Parameters:
  ///   - interest: the user's vector before, `[d]`, length 1.
  ///   - item: the clicked item's vector, `[d]`, length 1.
  ///   - policyKeep: what the arousal policy says, in [0, 1].
  /// - Returns: `[d]`; the simulator scales it to length 1.
  func moved(_ interest: [Float], towards item: [Float], policyKeep: Float) -> [Float]
}

extension Dynamics {
  /// The role.
  public static var kind: Kind { .dynamics }
}

/// Who decides how far a click moves a user.
public enum DynamicsOwner: String, Sendable, Codable {
  case policy, environment
}
