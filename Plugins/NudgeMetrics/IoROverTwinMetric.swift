import Beckon

/// Increment of ranking over what would have happened without guidance.
struct IoROverTwinMetric: TrajectoryMetric {
  static let about = About(
    "ior-over-twin", "Places risen minus those of the no-guidance twin on the same draws.",
    source: "Beckon's own: the part of `ior` that guidance adds.")
  static let unit = "places"
  let configuration: NoConfiguration

  func perUser(_ outcome: NudgeOutcome, cutoff: Int) -> [Double]? {
    zip(outcome.trajectories.increaseOfRank(after: cutoff), outcome.twin.increaseOfRank(after: cutoff)).map {
      $0 - $1
    }
  }
}
