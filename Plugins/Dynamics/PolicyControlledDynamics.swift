import Beckon

/// The paper's user, whom the recommender's own estimate of arousal moves.
struct PolicyControlledDynamics: Dynamics {
  static let about = About(
    "policy-controlled", "A click moves the user as far as the arousal policy says.",
    source: """
      ITMPRec §4.1.2: the recommender's coefficient also drives the simulated user, so increments of interest are \
      partly by construction.
      """)
  let configuration: NoConfiguration
  var owner: DynamicsOwner { .policy }

  func moved(_ move: InterestMove) -> [Float] { move.blended(keep: move.policyKeep) }
}
