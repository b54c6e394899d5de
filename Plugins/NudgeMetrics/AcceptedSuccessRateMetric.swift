import Beckon

/// Whether the path leads the user to take its target.
struct AcceptedSuccessRateMetric: TrajectoryMetric {
  static let about = About(
    "sr-clicked", "Share of users who clicked the target within P rounds.",
    source: "Beckon's own: `sr` where the user has a say.")
  static let unit = "share of paths"
  let configuration: NoConfiguration

  func perUser(_ outcome: NudgeOutcome, cutoff: Int) -> [Double]? {
    let run = outcome.trajectories
    return run.meanOverTargets { target, user in
      (0..<cutoff).contains { run.clickedItem(run.cell(target, $0, user)) == run.targets[target] } ? 1 : 0
    }
  }
}
