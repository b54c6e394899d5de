import Beckon

/// The released code's increment of ranking: after P − 1 rounds, ranks capped at 199.
struct IoRCodeMetric: TrajectoryMetric {
  static let about = About(
    "ior-code", "Places the targets rose after P − 1 rounds, ranks beyond the top 200 counted as 199.",
    source: "The released ITMPRec code; a target in the user's history counts as rank 0 throughout.")
  static let unit = "places"
  static let redefines: String? = "ior"
  let configuration: NoConfiguration

  func perUser(_ outcome: NudgeOutcome, cutoff: Int) -> [Double]? {
    let run = outcome.trajectories
    return run.meanOverTargets { target, user in
      func rank(after rounds: Int) -> Int32 {
        run.knewTarget[target * run.users + user]
          ? 0 : min(199, run.rank[run.state(target, after: rounds, user)])
      }
      return Double(rank(after: 0) - rank(after: cutoff - 1))
    }
  }
}
