import Beckon

/// Whether the users like more or less than before what they really went on to.
///
/// The only measure here that rests on real behaviour: items held out from training. (The one before the last also
/// chose the encoder's best state.) Below 0 guidance took the users away from what they would have chosen.
struct UtilityMetric: TrajectoryMetric {
  static let about = About(
    "utility", "Mean change, after P rounds, of the users' affinity to the items they really met later.",
    source: """
      Beckon's own, after the alignment of a nudge with underlying preferences in Deldjoo et al., "Recommendation with \
      Generative Models", 2024, §7.3; in [−2, 2]. A user without held-out items counts as 0. \
      Affinities are the simulator's: where the task does not scale users to length 1, theirs shrink with them.
      """)
  static let unit = "cosine"
  static let isCost = true
  let configuration: NoConfiguration

  func perUser(_ outcome: NudgeOutcome, cutoff: Int) -> [Double]? {
    let run = outcome.trajectories
    return run.meanOverTargets { target, user in
      let (before, after) = (run.state(target, after: 0, user), run.state(target, after: cutoff, user))
      return Double(run.utility[after]) - Double(run.utility[before])
    }
  }
}
