import Synchronization

/// An evaluation protocol: what is done with an assembled system, and what is measured.
public protocol EvaluationTask: Component {
  /// The parts of a spec that this task uses; any other part in a spec is an error.
  static var slots: Set<Slot> { get }
  /// Metrics of a spec that names none.
  static var defaultMetrics: [String] { get }
  /// Whether a metric can be computed from what this task finds.
  static func accepts(_ metric: any Metric.Type) -> Bool
  /// Whether the scorer is told a target.
  static var hasTarget: Bool { get }
  /// Items that a click model is shown at once; 1 unless the task says otherwise.
  var slateSize: Int { get }
  /// Runs one variant with one seed.
  func run(_ system: System) throws -> TaskResult
}

extension EvaluationTask {
  /// One.
  public var slateSize: Int { 1 }
  /// The role.
  public static var kind: Kind { .task }
}

/// A variant with one seed, assembled and trained.
public struct System: Sendable {
  /// Experiment seed.
  public let seed: UInt64
  /// Rule for items already met, in next-item ranking.
  public let masking: Masking
  /// The trained recommender.
  public let model: FittedModel
  /// The scorer, fitted.
  public let scorer: any Scorer
  /// Between scorer and user.
  public let guards: [any Guard]
  /// Reported numbers.
  public let metrics: [any Metric]
  /// What only a nudge has.
  public let nudge: NudgeParts?
  /// Receives progress.
  public let progress: ProgressReporter

  /// An assembled system.
  public init(
    seed: UInt64, masking: Masking, model: FittedModel, scorer: any Scorer, guards: [any Guard],
    metrics: [any Metric], nudge: NudgeParts?, progress: ProgressReporter
  ) {
    self.seed = seed
    self.masking = masking
    self.model = model
    self.scorer = scorer
    self.guards = guards
    self.metrics = metrics
    self.nudge = nudge
    self.progress = progress
  }
}

extension System {
  /// The share of users whose training part is longer than the encoder's window, so that only its newest items count;
  /// null without such a window.
  public var shareBeyondWindow: JSON {
    guard let window = model.encoder?.window else { return .null }
    let training = model.split.training
    return .number(Double(training.count { $0.count > window }) / Double(max(1, training.count)))
  }
}

/// The parts of a system that guides users.
public struct NudgeParts: Sendable {
  /// Chosen targets, best first.
  public let targets: [Int32]
  /// The scorer of the no-guidance twin; nil if the system's own scorer is that one.
  public let twin: (any Scorer)?
  /// What no-guidance twins did, shared by the variants of one seed.
  public let twins: TwinMemory
  /// Identity of this system's twin in that memory.
  public let twinIdentity: String
  /// The recommender's estimate of receptivity.
  public let arousal: any ArousalPolicy
  /// The simulated world's vectors.
  public let embeddings: EmbeddingTables
  /// How users change.
  public let dynamics: any Dynamics
  /// How users answer.
  public let clickModel: any ClickModel
  /// The world that users live in.
  public let world: SimulatedWorld

  /// The parts.
  public init(
    targets: [Int32], twin: (any Scorer)?, twins: TwinMemory = TwinMemory(), twinIdentity: String = "twin",
    arousal: any ArousalPolicy, embeddings: EmbeddingTables, dynamics: any Dynamics,
    clickModel: any ClickModel, world: SimulatedWorld
  ) {
    self.world = world
    self.targets = targets
    self.twin = twin
    self.twins = twins
    self.twinIdentity = twinIdentity
    self.arousal = arousal
    self.embeddings = embeddings
    self.dynamics = dynamics
    self.clickModel = clickModel
  }
}

/// No-guidance trajectories by identity: variants that differ in their scorer alone have one twin between them.
public final class TwinMemory: Sendable {
  private let known = Mutex([String: Trajectories]())

  /// An empty memory.
  public init() {}

  /// What is remembered under an identity, or else what the body makes.
  public func trajectories(_ identity: String, _ make: () throws -> Trajectories) rethrows -> Trajectories {
    if let found = known.withLock({ $0[identity] }) { return found }
    let made = try make()
    known.withLock { $0[identity] = made }
    return made
  }

  /// Forgets everything.
  public func removeAll() { known.withLock { $0.removeAll() } }
}

/// What a task found for one variant and seed.
public struct TaskResult: Sendable {
  /// A number, and why it is missing where it is.
  public struct Value: Sendable, Equatable {
    /// `name@cutoff`.
    public let name: String
    /// Mean over users; nil if this run cannot give it.
    public let mean: Double?
    /// The mean's parts, by user or query.
    public let perUser: [Double]

    /// A value with its parts.
    public init(name: String, perUser: [Double]?) {
      self.name = name
      self.perUser = perUser ?? []
      mean = perUser.map { $0.reduce(0, +) / Double(max(1, $0.count)) }
    }

    /// A value of the whole run, which has no parts.
    public init(name: String, whole: Double) {
      self.name = name
      perUser = []
      mean = whole
    }
  }

  /// Metrics in the order asked for.
  public let values: [Value]
  /// Means of each round: column names, then a row a round.
  public let rounds: (columns: [String], rows: [[Double]])
  /// What a reader needs to know of the run: targets, ties, …
  public let facts: JSON
  /// Everything that happened, for a nudge.
  public let outcome: NudgeOutcome?

  /// A result.
  public init(
    values: [Value], rounds: (columns: [String], rows: [[Double]]) = ([], []),
    facts: JSON = .object(JSON.Object()),
    outcome: NudgeOutcome? = nil
  ) {
    self.values = values
    self.rounds = rounds
    self.facts = facts
    self.outcome = outcome
  }
}
