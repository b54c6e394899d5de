import Beckon

/// Multi-round guidance of simulated users towards targets.
struct NudgeTask: EvaluationTask {
  static let about = About(
    "nudge", "Recommends over rounds to simulated users so that their interest moves to target items.",
    source:
      "ITMPRec §5. One target at a time serves all users; every run has a no-guidance twin on the same draws."
  )

  struct Configuration: Codable, Equatable, Sendable {
    /// Rounds played, R.
    var rounds = 20
    /// Numbers of rounds after which metrics are taken; none above `rounds`.
    var cutoffs = [5, 10, 15, 20]
    /// Whether a user who has clicked the target stops changing, as in the released code; the paper is silent.
    var stopAtTarget = true
    /// Which items may be shown.
    var candidates = Candidates.unmet
    /// Items shown at once; the user clicks one of them or none.
    var slateSize = 1
    /// Whether a user's vector is scaled to length 1 after each move, as in the released code; the paper is silent.
    var normalizeInterests = true
    /// How many users take part, the same for every seed and variant; 0 for all. Training has them all.
    var users = 0
    /// Where the encoder's windows are padded; `right` is the released ITMPRec loop, though training pads on the left.
    var padding = TokenBatch.Padding.left
    /// Users and targets to be told in full, round by round: a case study.
    var follow = Follow()
  }

  /// Which items may be shown.
  enum Candidates: String, Choice {
    /// Those neither met before the study nor shown in it: the released ITMPRec code.
    case unmet
    /// Those neither met before the study nor clicked in it: the ITMPRec paper (eq. 14).
    case unclicked
    /// Those not shown in the study, history included: IPG's own code.
    case unshown
    /// All, again and again.
    case any

    var includesHistory: Bool { self == .unshown || self == .any }
  }

  /// Pairs to be followed: each user with each target.
  struct Follow: Codable, Equatable, Sendable {
    /// Identifiers of users as the dataset has them.
    var users: [String] = []
    /// Identifiers of target items; none follows them all.
    var targets: [String] = []
  }

  static let defaults = Configuration()
  static let slots: Set<Slot> = [
    .embeddings, .dynamics, .clickModel, .targetSelector, .matcher, .twin, .arousal,
  ]
  static let defaultMetrics = ["hr", "ioi", "ior", "ioi-over-twin", "ior-over-twin"]
  static let hasTarget = true
  var slateSize: Int { configuration.slateSize }
  let configuration: Configuration

  static func accepts(_ metric: any Metric.Type) -> Bool { metric is any TrajectoryMetric.Type }

  static func check(_ configuration: Configuration, _ checks: inout Checks) {
    checks.range("rounds", configuration.rounds, 1...10_000)
    checks.range("slateSize", configuration.slateSize, 1...1000)
    checks.range("users", configuration.users, 0...Int(Int32.max))
    checks.require(
      !configuration.cutoffs.isEmpty
        && configuration.cutoffs.allSatisfy { $0 >= 1 && $0 <= configuration.rounds },
      "cutoffs",
      "\(configuration.cutoffs) must be one or more numbers from 1 to rounds (\(configuration.rounds)).")
  }

  func run(_ system: System) throws -> TaskResult {
    guard let parts = system.nudge else { return TaskResult(values: []) }
    let users = Cohort.users(configuration.users, of: system.model.split.dataset.userCount)
    try refuseTargetsOfEverybody(users, parts, system.model.split)
    let rollOut = RollOut(system: system, parts: parts, settings: configuration)
    let start = Date()
    let states = try rollOut.initialStates(of: users)
    func twin(_ scorer: any Scorer, label: String, since start: Date) throws -> Trajectories {
      try parts.twins.trajectories(parts.twinIdentity) {
        let states = try states ?? rollOut.initialStates(of: users, hidingTarget: true)
        return try rollOut.run(
          scorer, users: users, states: states, hidesTarget: true, label: label, since: start)
      }
    }
    let outcome: NudgeOutcome
    // An encoder that sees the target guides by itself, whatever the scorer: its twin is played without.
    let readsTarget = system.model.encoder?.readsTarget ?? false
    if let scorer = parts.twin ?? (readsTarget ? system.scorer : nil) {
      let guided = try rollOut.run(
        system.scorer, users: users, states: states, label: "rounds", since: start)
      let other = try twin(scorer, label: "rounds of the twin", since: Date())
      outcome = NudgeOutcome(guided, twin: other, world: parts.world)
    } else {
      let own = try twin(system.scorer, label: "rounds", since: start)
      outcome = NudgeOutcome(own, twin: own, world: parts.world)
    }
    let values = try system.metrics.compactMap { $0 as? any TrajectoryMetric }.flatMap { metric in
      try configuration.cutoffs.map { cutoff in
        TaskResult.Value(
          name: "\(metric.name)@\(cutoff)",
          perUser: try metric.perUser(outcome, cutoff: cutoff))
      }
    }
    var facts = facts(outcome, parts, system)
    if !configuration.follow.users.isEmpty {
      facts.set(try CaseStudy(rollOut: rollOut).json(configuration.follow), at: ["followed"])
    }
    return TaskResult(values: values, rounds: RoundMeans.table(of: outcome), facts: facts, outcome: outcome)
  }

  private func refuseTargetsOfEverybody(_ users: [Int], _ parts: NudgeParts, _ split: Split) throws {
    for target in parts.targets where users.allSatisfy({ split.training[$0].contains(target) }) {
      let (id, name) = (
        split.dataset.catalogue.identifiers[Int(target)], split.dataset.catalogue.names[Int(target)]
      )
      throw Problem(
        Slot.targetSelector.place,
        "the target '\(id)'\(name == id ? "" : " (\(name))") is in every user's history already, so there is "
          + "nobody to guide to it; choose other targets.")
    }
  }

  private func facts(_ outcome: NudgeOutcome, _ parts: NudgeParts, _ system: System) -> JSON {
    let run = outcome.trajectories
    let catalogue = system.model.split.dataset.catalogue
    let targets = parts.targets.map { item in
      JSON.members([
        ("id", .string(catalogue.identifiers[Int(item)])), ("name", .string(catalogue.names[Int(item)])),
      ])
    }
    let cells = run.choice.indices.filter { run.shown[$0 * run.slateSize] >= 0 }
    let probabilities = cells.map { run.probability[$0] }
    let unanswered = cells.count { !run.answered[$0] }
    return .members([
      ("users", .number(Double(run.users))),
      ("dynamicsOwner", .string(parts.dynamics.owner.rawValue)),
      (
        "clickProbability",
        .array([probabilities.min() ?? 0, probabilities.max() ?? 0].map { .number(Double($0)) })
      ),
      ("roundsWithoutItem", .number(Double(run.choice.count - cells.count))),
      ("roundsWithoutAnswer", .number(Double(unanswered))),
      ("rateWithoutAnswer", .number(Double(unanswered) / Double(max(1, cells.count)))),
      (
        "usersWhoKnewATarget",
        .number(Double(run.knewTarget.count { $0 }) / Double(max(1, run.targets.count)))
      ),
      ("usersBeyondWindow", system.shareBeyondWindow),
      // Before the first round, when no target matters yet; the metric `utility` is the change since.
      (
        "utilityBefore",
        .number(
          (0..<run.users).reduce(0) { $0 + Double(run.utility[run.state(0, after: 0, $1)]) }
            / Double(max(1, run.users)))
      ),
      ("targets", .array(targets)),
    ])
  }
}
