import Beckon

/// How far the users are from who they were.
///
/// Change is not harm by itself: a user who is led to the target has to move. Beside `drift-off-target` and `utility`
/// it says what the move consists of.
struct DriftMetric: TrajectoryMetric {
  static let about = About(
    "drift", "Mean of 1 − cosine between the users after P rounds and before the first.",
    source: "Beckon's own; in [0, 2], 0 for users who have not changed.")
  static let direction = Direction.neither
  static let unit = "1 − cosine"
  let configuration: NoConfiguration

  func perUser(_ outcome: NudgeOutcome, cutoff: Int) -> [Double]? {
    let run = outcome.trajectories
    return run.meanOverTargets { target, user in
      1 - Double(run.likeness[run.state(target, after: cutoff, user)])
    }
  }
}
