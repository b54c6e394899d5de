import Beckon
import BeckonTesting
import Synchronization
import Testing

@testable import Simulation

struct PreferenceStub: Scorer {
  static let about = About("preference-stub", "The encoder's preference.")
  let configuration: NoConfiguration
  init(configuration: NoConfiguration = .init()) { self.configuration = configuration }
  func scores(_ batch: UserBatch) throws -> Matrix<Float> { batch.preferences }
}

/// The encoder's preference, and how many users were asked about.
struct CountingStub: Scorer {
  final class Count: Sendable {
    private let count = Mutex(0)
    var value: Int { count.withLock { $0 } }
    func add(_ more: Int) { count.withLock { $0 += more } }
  }
  static let about = About("counting-stub", "The encoder's preference, counted.")
  let configuration = NoConfiguration()
  let dependsOnHistoryAlone: Bool
  let rows = Count()
  init(configuration: NoConfiguration) { dependsOnHistoryAlone = false }
  init(keeps: Bool) { dependsOnHistoryAlone = keeps }
  func scores(_ batch: UserBatch) throws -> Matrix<Float> {
    rows.add(batch.count)
    return batch.preferences
  }
}

/// Scores by a function of batch, row and item.
struct FunctionStub: Scorer {
  static let about = About("function-stub", "What a closure says.")
  let configuration = NoConfiguration()
  let value: @Sendable (UserBatch, Int, Int) -> Float
  init(configuration: NoConfiguration) { value = { _, _, _ in 0 } }
  init(_ value: @escaping @Sendable (UserBatch, Int, Int) -> Float) { self.value = value }
  func scores(_ batch: UserBatch) throws -> Matrix<Float> {
    let values = (0..<batch.count).flatMap { row in (0..<batch.itemCount).map { value(batch, row, $0) } }
    return Matrix(rows: batch.count, columns: batch.itemCount, values: values)
  }
}

/// Clicks with a probability that may depend on the affinity.
struct ClickStub: ClickModel {
  static let about = About("click-stub", "What a closure says.")
  let configuration = NoConfiguration()
  let probability: @Sendable (Double) -> Double
  init(configuration: NoConfiguration) { probability = { _ in 1 } }
  init(_ probability: @escaping @Sendable (Double) -> Double) { self.probability = probability }
  func choiceProbabilities(_ slate: Slate) throws -> [Double] { slate.affinities.map(probability) }

  static let always = ClickStub { _ in 1 }
  static let never = ClickStub { _ in 0 }
  static let even = ClickStub { _ in 0.5 }
  static let rising = ClickStub { 1 / (1 + exp(-2 * $0)) }
}

struct KeepStub: ArousalPolicy {
  static let about = About("keep-stub", "One weight.")
  let configuration = NoConfiguration()
  var weight: Float = 0.5
  init(configuration: NoConfiguration) {}
  init(_ weight: Float) { self.weight = weight }
  func keep(_ batch: UserBatch) throws -> [Float] { [Float](repeating: weight, count: batch.count) }
}

struct BlendStub: Dynamics {
  static let about = About("blend-stub", "The policy's weight moves the user.")
  let configuration: NoConfiguration
  var owner: DynamicsOwner { .policy }
  init(configuration: NoConfiguration = .init()) { self.configuration = configuration }
  func moved(_ move: InterestMove) -> [Float] { move.blended(keep: move.policyKeep) }
}

struct ForbidStub: Guard {
  static let about = About("forbid-stub", "Forbids some items.")
  let configuration = NoConfiguration()
  var items: [Int] = []
  init(configuration: NoConfiguration) {}
  init(_ items: [Int]) { self.items = items }
  func restrict(_ scores: inout Matrix<Float>, for batch: UserBatch) throws {
    for user in 0..<batch.count { for item in items { scores[user, item] = -.infinity } }
  }
}

/// Makes every score of the first item no number.
struct SpoilStub: Guard {
  static let about = About("spoil-stub", "Makes a score no number.")
  let configuration = NoConfiguration()
  init(configuration: NoConfiguration = .init()) {}
  func restrict(_ scores: inout Matrix<Float>, for batch: UserBatch) throws {
    for user in 0..<batch.count { scores[user, 0] = .nan }
  }
}

/// Counts the histories it encodes.
struct CountingEncoder: Beckon.Encoder {
  final class Counter: Sendable {
    private let value = Atomic<Int>(0)
    func add(_ count: Int) { value.add(count, ordering: .relaxed) }
    var count: Int { value.load(ordering: .relaxed) }
  }

  static let about = About("counting", "Fixed vectors, counted.")
  let configuration = NoConfiguration()
  var inner = FixedVectorsEncoder(configuration: .init())
  var readsTarget = false
  let counter = Counter()
  init(configuration: NoConfiguration) {}
  init(_ inner: FixedVectorsEncoder, readsTarget: Bool) {
    self.inner = inner
    self.readsTarget = readsTarget
  }
  var parameters: ParameterSet<Float> {
    get { inner.parameters }
    set { inner.parameters = newValue }
  }
  var itemVectors: Matrix<Float> { inner.itemVectors }
  mutating func train(_ context: TrainingContext) throws {}
  func encode(_ histories: [UserHistory]) throws -> Matrix<Float> {
    counter.add(histories.count)
    return try inner.encode(histories)
  }
}

/// Increase of interest, to compare with the round means.
struct IncreaseStub: TrajectoryMetric {
  static let about = About("increase", "Increase of interest.")
  static let unit = "cosine"
  let configuration: NoConfiguration
  init(configuration: NoConfiguration = .init()) { self.configuration = configuration }
  func perUser(_ outcome: NudgeOutcome, cutoff: Int) -> [Double]? {
    let run = outcome.trajectories
    return run.meanOverTargets { target, user in
      Double(run.interest[run.state(target, after: cutoff, user)])
        - Double(run.interest[run.state(target, after: 0, user)])
    }
  }
}

struct HitStub: RankingMetric {
  static let about = About("hit-stub", "1 if in the list.")
  static let unit = "share"
  let configuration: NoConfiguration
  init(configuration: NoConfiguration = .init()) { self.configuration = configuration }
  func value(rank: Int, cutoff: Int) -> Double { rank < cutoff ? 1 : 0 }
}

/// A nudge in a world; everything has a default.
struct Play {
  var world: ToyWorld
  var targets: [Int32]
  var rounds = 5
  var scorer: any Scorer = PreferenceStub()
  var twin: (any Scorer)?
  var guards: [any Guard] = []
  var clicks = ClickStub.always
  var keep: Float = 0.5
  var stopAtTarget = true
  /// Everything else that the task can be told.
  var settings = NudgeTask.Configuration()
  /// Stands in for `clicks`.
  var clickModel: (any ClickModel)?
  var encoder: (any Beckon.Encoder)?
  var seed: UInt64 = 1

  init(_ world: ToyWorld, targets: [Int32]) {
    self.world = world
    self.targets = targets
  }

  func result() throws -> TaskResult {
    let model = FittedModel(
      split: world.split, encoder: encoder ?? world.model.encoder, intents: world.model.intents)
    let parts = NudgeParts(
      targets: targets, twin: twin, arousal: KeepStub(keep), embeddings: world.tables, dynamics: BlendStub(),
      clickModel: clickModel ?? clicks, world: world.simulated)
    let system = System(
      seed: seed, masking: .exclude, model: model, scorer: scorer, guards: guards, metrics: [IncreaseStub()],
      nudge: parts, progress: ProgressReporter())
    var configuration = settings
    configuration.rounds = rounds
    configuration.cutoffs = Array(1...rounds)
    configuration.stopAtTarget = stopAtTarget
    return try NudgeTask(configuration: configuration).run(system)
  }

  func outcome() throws -> NudgeOutcome { try #require(try result().outcome) }
  func run() throws -> Trajectories { try outcome().trajectories }
}

extension Trajectories {
  /// A user's part of a column of rounds.
  func rounds<T>(_ column: [T], target: Int = 0, user: Int) -> [T] {
    (0..<rounds).map { column[cell(target, $0, user)] }
  }
  /// A user's part of a column of states.
  func states<T>(_ column: [T], target: Int = 0, user: Int) -> [T] {
    (0...rounds).map { column[state(target, after: $0, user)] }
  }
  /// Whether a user was shown and clicked the same, and moved the same, as a user of another run, for every target.
  func playsAlike(_ user: Int, _ other: Trajectories, _ its: Int) -> Bool {
    targets.indices.allSatisfy { target in
      rounds(shown, target: target, user: user) == other.rounds(other.shown, target: target, user: its)
        && rounds(clicked, target: target, user: user)
          == other.rounds(other.clicked, target: target, user: its)
        && states(interest, target: target, user: user)
          == other.states(other.interest, target: target, user: its)
    }
  }
  /// Whether something was clicked, by cell.
  var clicked: [Bool] { choice.map { $0 >= 0 } }
  /// Everything, for comparisons.
  var everything: [[UInt32]] {
    [
      shown.map { UInt32(bitPattern: $0) }, probability.map(\.bitPattern),
      choice.map { UInt32(bitPattern: Int32($0)) },
      answered.map { $0 ? 1 : 0 }, firstAffinity.map(\.bitPattern), likeness.map(\.bitPattern),
      utility.map(\.bitPattern), length.map(\.bitPattern),
      keep.map(\.bitPattern), interest.map(\.bitPattern), rank.map { UInt32(bitPattern: $0) },
      knewTarget.map { $0 ? 1 : 0 },
    ]
  }
}
