/// Everything that happened in a nudge, as columns: metrics read this, never the live objects.
///
/// Columns are flat: `[target, round, user]` at `(target · rounds + round) · users + user`; columns of states have
/// one round more, row 0 before the first round.
public struct Trajectories: Sendable {
  /// Target items.
  public let targets: [Int32]
  /// Rounds played.
  public let rounds: Int
  /// Users who took part.
  public let users: Int
  /// Their indices in the dataset, by the places that they have here.
  public let userIndices: [Int]
  /// Items shown at once.
  public let slateSize: Int

  /// Items shown, first position first, −1 where nothing could be shown. `[target, round, user, slateSize]`
  public var shown: [Int32]
  /// Position of the clicked item, −1 without a click. `[target, round, user]`
  public var choice: [Int16]
  /// Probability that the user clicks anything. `[target, round, user]`, in [0, 1]
  public var probability: [Float]
  /// Whether the click model gave a valid answer. `[target, round, user]`
  public var answered: [Bool]
  /// Weight of the old vector the arousal policy asked for. `[target, round, user]`, in [0, 1]
  public var keep: [Float]
  /// Mean affinity to the shown items of the user as they were before the first round. `[target, round, user]`,
  /// in [−1, 1]
  public var firstAffinity: [Float]
  /// Simulated interest in the target: dot product with the target's unit vector.
  /// `[target, 0...round, user]`, in [−1, 1] where users are scaled to length 1
  public var interest: [Float]
  /// Items of higher simulated interest than the target, history left out. `[target, 0...round, user]`
  public var rank: [Int32]
  /// Cosine of the user's vector to the one before the first round. `[target, 0...round, user]`, in [−1, 1]
  public var likeness: [Float]
  /// Length of the user's vector: 1 unless the task leaves it as it is. `[target, 0...round, user]`
  public var length: [Float]
  /// Mean affinity to the items that the user really met later, held out from training; 0 for a user without any.
  /// `[target, 0...round, user]`, in [−1, 1]
  public var utility: [Float]
  /// Whether the target stood in the user's history before the first round. `[target, user]`
  public var knewTarget: [Bool]

  /// Columns in which nothing has happened, for the first users of a dataset.
  public init(targets: [Int32], rounds: Int, users: Int, slateSize: Int = 1) {
    self.init(targets: targets, rounds: rounds, users: Array(0..<users), slateSize: slateSize)
  }

  /// Columns in which nothing has happened, for the users of the given indices.
  public init(targets: [Int32], rounds: Int, users indices: [Int], slateSize: Int = 1) {
    self.targets = targets
    self.rounds = rounds
    users = indices.count
    userIndices = indices
    self.slateSize = slateSize
    let cells = targets.count * rounds * users
    let states = targets.count * (rounds + 1) * users
    shown = [Int32](repeating: -1, count: cells * slateSize)
    choice = [Int16](repeating: -1, count: cells)
    probability = [Float](repeating: 0, count: cells)
    answered = [Bool](repeating: true, count: cells)
    keep = [Float](repeating: 0, count: cells)
    firstAffinity = [Float](repeating: 0, count: cells)
    interest = [Float](repeating: 0, count: states)
    rank = [Int32](repeating: 0, count: states)
    likeness = [Float](repeating: 1, count: states)
    length = [Float](repeating: 1, count: states)
    utility = [Float](repeating: 0, count: states)
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
  /// Whether something was clicked in a cell.
  public func hasClicked(_ cell: Int) -> Bool { choice[cell] >= 0 }
  /// The items shown in a cell, first position first.
  public func items(_ cell: Int) -> some Sequence<Int32> {
    shown[cell * slateSize..<(cell + 1) * slateSize].lazy.filter { $0 >= 0 }
  }
  /// The item clicked in a cell.
  public func clickedItem(_ cell: Int) -> Int32? {
    choice[cell] >= 0 ? shown[cell * slateSize + Int(choice[cell])] : nil
  }

  /// Mean over targets of a quantity of each user: the usual shape of a metric.
  public func meanOverTargets(_ value: (_ target: Int, _ user: Int) -> Double) -> [Double] {
    (0..<users).map { user in
      targets.indices.reduce(0) { $0 + value($1, user) } / Double(max(1, targets.count))
    }
  }
}

/// A nudge and its twin: the same users, targets and random draws, the scorer replaced by plain preference and the
/// target hidden from the encoder.
///
/// The arousal policy stays: where the recommender owns the dynamics, the twin's users move at the pace that the policy
/// finds for the target, and only what is shown differs.
public struct NudgeOutcome: Sendable {
  /// What happened.
  public let trajectories: Trajectories
  /// What would have happened without guidance; the same as `trajectories` if the run itself has none.
  public let twin: Trajectories
  /// Where it happened.
  public let world: SimulatedWorld

  /// An outcome.
  public init(_ trajectories: Trajectories, twin: Trajectories, world: SimulatedWorld) {
    self.trajectories = trajectories
    self.twin = twin
    self.world = world
  }

  /// The twin alone, as if it were the run.
  public var ofTwin: NudgeOutcome { NudgeOutcome(twin, twin: twin, world: world) }
}
