import Beckon

/// The released code's click rate: its P slices targets, not rounds.
struct HRCodeMetric: TrajectoryMetric {
  static let about = About(
    "hr-code", "Share of clicks over all rounds for the first P targets.",
    source:
      "The released ITMPRec code, inherited from IPG's; with pre-matching these are the best-matching targets."
  )
  static let unit = "clicks a round"
  static let redefines: String? = "hr"
  let configuration: NoConfiguration

  func perUser(_ outcome: NudgeOutcome, cutoff: Int) -> [Double]? {
    let run = outcome.trajectories
    guard cutoff <= run.targets.count else { return nil }
    return (0..<run.users).map { user in
      let clicks = (0..<cutoff).reduce(0) { sum, target in
        sum + (0..<run.rounds).count { run.hasClicked(run.cell(target, $0, user)) }
      }
      return Double(clicks) / Double(cutoff * run.rounds)
    }
  }
}
