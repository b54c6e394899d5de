import Beckon

/// Increment of interest over what would have happened without guidance.
struct IoIOverTwinMetric: TrajectoryMetric {
  static let about = About(
    "ioi-over-twin", "Increase of interest minus that of the no-guidance twin on the same draws.",
    source: "Beckon's own: the part of `ioi` that guidance adds.")
  static let unit = "cosine"
  let configuration: NoConfiguration

  func perUser(_ outcome: NudgeOutcome, cutoff: Int) -> [Double]? {
    zip(
      outcome.trajectories.increaseOfInterest(after: cutoff), outcome.twin.increaseOfInterest(after: cutoff)
    ).map { $0 - $1 }
  }
}
