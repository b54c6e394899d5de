import Beckon

/// Increment of interest: how much nearer the users came to the targets.
///
/// Larger is better for the provider, which says nothing about the user.
struct IoIMetric: TrajectoryMetric {
  static let about = About(
    "ioi", "Mean increase of the users' interest in the targets after P rounds.",
    source: "ITMPRec eq. 17; dot products of unit vectors, in [−2, 2].")
  static let unit = "cosine"
  let configuration: NoConfiguration

  func perUser(_ outcome: NudgeOutcome, cutoff: Int) -> [Double]? {
    outcome.trajectories.increaseOfInterest(after: cutoff)
  }
}
