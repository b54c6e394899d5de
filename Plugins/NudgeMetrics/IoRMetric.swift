import Beckon

/// Increment of ranking: places the targets rose in the users' own order.
struct IoRMetric: TrajectoryMetric {
  static let about = About(
    "ior", "Mean number of places the targets rose in the users' interest after P rounds.",
    source: "ITMPRec eq. 19; ranks among all items not met before the study, without a cap.")
  static let unit = "places"
  let configuration: NoConfiguration

  func perUser(_ outcome: NudgeOutcome, cutoff: Int) -> [Double]? {
    outcome.trajectories.increaseOfRank(after: cutoff)
  }
}
