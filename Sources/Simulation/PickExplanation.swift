import Beckon

/// Why one item was shown to one user in one round: the named terms of its score, beside those of the runner-up, of
/// what would have been shown without guidance, and of the target.
public struct PickExplanation: Sendable {
  /// An item in that round.
  public struct Candidate: Sendable {
    /// What it is here: `pick`, `runner-up`, `without guidance`, `target`; several, if it is all of them.
    public var roles: [String]
    /// The item.
    public let item: Int32
    /// Its score after the guards; nil if it could not be shown.
    public let score: Float?
    /// Items with a higher score.
    public let rank: Int?
    /// Named terms of the score, in the scorer's order.
    public let terms: [(name: String, value: Float)]
    /// How much the simulated user really likes it now; no recommender sees this.
    public let affinity: Float
  }

  /// Index of the user.
  public let user: Int
  /// The target.
  public let target: Int32
  /// The round, from 1.
  public let round: Int
  /// What the user had met before the round, oldest first: the last of the history, and all clicks of the study.
  public let history: [Int32]
  /// The candidates, the pick first; empty if nothing could be shown.
  public let candidates: [Candidate]
  /// Items that could not be shown for what the user has met or been shown, and those that guards took away.
  public let withheld: (met: Int, guarded: Int)
  /// Probability of a click on the pick, and whether it was clicked.
  public let probability: Float
  /// Whether the user clicked it.
  public let isClicked: Bool
  /// The weight of the old vector if it is clicked, as the arousal policy had it.
  public let keep: Float
  /// The user's interest in the target before and after the round.
  public let interest: (before: Float, after: Float)
}

/// A task that can tell why something was shown.
public protocol ExplainingTask: EvaluationTask {
  /// Plays one user again up to a round, and explains what was shown in it.
  ///
  /// - Parameters:
  ///   - system: what the run was of.
  ///   - user: index of the user.
  ///   - target: a target of the run; the first one if nil.
  ///   - round: from 1.
  /// - Throws: `Problem` if there is no such round, or the item is no target of the run.
  func explain(_ system: System, user: Int, target: Int32?, round: Int) throws -> PickExplanation
}

extension NudgeTask: ExplainingTask {
  /// Items of the history that are told.
  private static let recent = 8

  func explain(_ system: System, user: Int, target: Int32?, round: Int) throws -> PickExplanation {
    guard let parts = system.nudge else { throw Problem("task", "there is no simulated world to play in.") }
    guard (1...configuration.rounds).contains(round) else {
      throw Problem("task.rounds", "there is no round \(round); the study has \(configuration.rounds).")
    }
    let rollOut = RollOut(system: system, parts: parts, settings: configuration)
    let identifiers = system.model.split.dataset.catalogue.identifiers
    let place = try target.map { try rollOut.place(ofTarget: identifiers[Int($0)], askedFor: "") } ?? 0
    let own = parts.targets[place]
    var play = BlockPlay(rollOut: rollOut, targetPlace: place, users: [user])
    var seen: BlockPlay.Look?
    let run = try play.run(
      system.scorer,
      inspect: { if $0.batch.round == round - 1 { seen = $0 } })
    guard let look = seen else { throw Problem("task.rounds", "round \(round) was not played.") }
    return PickExplanation(
      user: user, target: own, round: round, history: look.batch.histories[0].latest(Self.recent),
      candidates: try candidates(look, own, parts.twin ?? system.scorer, system),
      withheld: (Set(look.batch.unavailable[0]).count, look.guarded), probability: run.probability[round - 1],
      isClicked: run.choice[round - 1] >= 0, keep: run.keep[round - 1],
      interest: (run.interest[round - 1], run.interest[round]))
  }

  private func candidates(
    _ look: BlockPlay.Look, _ target: Int32, _ twin: any Scorer, _ system: System
  ) throws -> [PickExplanation.Candidate] {
    let batch = look.batch
    var plain = try twin.scores(batch)
    batch.withhold(&plain)
    let ranked = look.scores.row(0).placesOfLargest(2)
    guard let pick = ranked.first else { return [] }
    var roles: [(item: Int32, role: String)] = [(pick, "pick")]
    if ranked.count > 1 { roles.append((ranked[1], "runner-up")) }
    if let other = plain.row(0).placesOfLargest(1).first { roles.append((other, "without guidance")) }
    roles.append((target, "target"))
    let terms = try system.scorer.terms(batch)
    var result: [PickExplanation.Candidate] = []
    for (item, role) in roles {
      if let known = result.firstIndex(where: { $0.item == item }) {
        result[known].roles.append(role)
        continue
      }
      let score = look.scores[0, Int(item)]
      let isOpen = score > -.infinity
      result.append(
        .init(
          roles: [role], item: item, score: isOpen ? score : nil,
          rank: isOpen ? look.scores.row(0).count { $0 > score } : nil,
          terms: terms.map { ($0.name, $0.values[0, Int(item)]) }, affinity: look.affinities[0, Int(item)]))
    }
    return result
  }
}
