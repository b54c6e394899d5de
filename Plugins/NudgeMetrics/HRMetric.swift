import Beckon

/// Click rate over the first rounds. Never a hit rate of next-item prediction: that is `hit`.
struct HRMetric: TrajectoryMetric {
  static let about = About(
    "hr", "Share of the first P rounds in which the user clicked.",
    source: "ITMPRec §5.1. A round in which nothing could be shown counts as one without a click.")
  static let unit = "clicks a round"
  let configuration: NoConfiguration

  func perUser(_ outcome: NudgeOutcome, cutoff: Int) -> [Double]? {
    let run = outcome.trajectories
    return run.meanOverTargets { target, user in
      Double((0..<cutoff).count { run.hasClicked(run.cell(target, $0, user)) }) / Double(cutoff)
    }
  }
}
