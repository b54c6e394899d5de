/// Everything that happened in a nudge, as columns: metrics read this, never the live objects.
///
/// Columns are flat: `[target, round, user]` at `(target · rounds + round) · users + user`; `interest` and `rank`
/// have one round more, row 0 before the first round.
public struct Trajectories: Sendable {
  /// Target items.
  public let targets: [Int32]
  /// Rounds played.
  public let rounds: Int
  /// Users.
  public let users: Int

  /// Item shown, −1 where nothing could be shown. `[target, round, user]`
  public var shown: [Int32]
  /// Probability that the user clicks it. `[target, round, user]`, in [0, 1]
  public var probability: [Float]
  /// Whether the user clicked it. `[target, round, user]`
  public var clicked: [Bool]
  /// Weight of the old vector the arousal policy asked for. `[target, round, user]`, in [0, 1]
  public var keep: [Float]
  /// Simulated interest in the target: dot product of unit vectors. `[target, 0...round, user]`, in [−1, 1]
  public var interest: [Float]
  /// Items of higher simulated interest than the target, history left out. `[target, 0...round, user]`
  public var rank: [Int32]
  /// Whether the target stood in the user's history before the first round. `[target, user]`
  public var knewTarget: [Bool]

  /// Columns of zeros.
  public init(targets: [Int32], rounds: Int, users: Int) {
    self.targets = targets
    self.rounds = rounds
    self.users = users
    let cells = targets.count * rounds * users
    let states = targets.count * (rounds + 1) * users
    shown = [Int32](repeating: -1, count: cells)
    probability = [Float](repeating: 0, count: cells)
    clicked = [Bool](repeating: false, count: cells)
    keep = [Float](repeating: 0, count: cells)
    interest = [Float](repeating: 0, count: states)
    rank = [Int32](repeating: 0, count: states)
    knewTarget = [Bool](repeating: false, count: targets.count * users)
  }

  /// Place of a target, a round from 0 and a user in the columns of rounds.
  public func cell(_ target: Int, _ round: Int, _ user: Int) -> Int {
    (target * rounds + round) * users + user
  }
  /// Place of a target, a number of rounds played and a user in the columns of states.
  public func state(_ target: Int, after round: Int, _ user: Int) -> Int {
    (target * (rounds + 1) + round) * users + user
  }

  /// Mean over targets of a quantity of each user: the usual shape of a metric.
  public func meanOverTargets(_ value: (_ target: Int, _ user: Int) -> Double) -> [Double] {
    (0..<users).map { user in
      targets.indices.reduce(0) { $0 + value($1, user) } / Double(max(1, targets.count))
    }
  }
}

/// A nudge and its twin: the same users, targets and random draws, the scorer replaced by plain preference.
public struct NudgeOutcome: Sendable {
  /// What happened.
  public let trajectories: Trajectories
  /// What would have happened without guidance; the same as `trajectories` if the run itself has none.
  public let twin: Trajectories

  /// An outcome.
  public init(_ trajectories: Trajectories, twin: Trajectories) {
    self.trajectories = trajectories
    self.twin = twin
  }
}
