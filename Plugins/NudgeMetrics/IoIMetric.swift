import Beckon

/// Increment of interest: how much nearer the users came to the targets.
///
/// Larger is better for the provider, which says nothing about the user.
struct IoIMetric: TrajectoryMetric {
  static let about = About(
    "ioi", "Mean increase of the users' interest in the targets after P rounds.",
    source:
      "ITMPRec eq. 18; dot products with a unit vector, in [−2, 2]. The bias of IPG's own environment is left out."
  )
  static let unit = "cosine"
  let configuration: NoConfiguration

  func perUser(_ outcome: NudgeOutcome, cutoff: Int) -> [Double]? {
    outcome.trajectories.increaseOfInterest(after: cutoff)
  }
}
