import Beckon

/// Whether the path leads to its target at all.
struct SuccessRateMetric: TrajectoryMetric {
  static let about = About(
    "sr", "Share of users who were shown the target within P rounds.",
    source: """
      Zhu et al., "Influential Recommender System", ICDE 2023: the share of paths that contain the target. A target \
      in the user's history counts only where it may be shown again.
      """)
  static let unit = "share of paths"
  let configuration: NoConfiguration

  func perUser(_ outcome: NudgeOutcome, cutoff: Int) -> [Double]? {
    let run = outcome.trajectories
    return run.meanOverTargets { target, user in
      (0..<cutoff).contains { run.items(run.cell(target, $0, user)).contains(run.targets[target]) } ? 1 : 0
    }
  }
}
