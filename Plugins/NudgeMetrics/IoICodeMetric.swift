import Beckon

/// The released code's increment of interest, measured before the last of P rounds is answered.
struct IoICodeMetric: TrajectoryMetric {
  static let about = About(
    "ioi-code", "Mean increase of interest after P − 1 rounds, as the released code logs it.",
    source: "The released ITMPRec code logs each round before its feedback; ioi-code@1 is 0.")
  static let unit = "cosine"
  static let redefines: String? = "ioi"
  let configuration: NoConfiguration

  func perUser(_ outcome: NudgeOutcome, cutoff: Int) -> [Double]? {
    outcome.trajectories.increaseOfInterest(after: cutoff - 1)
  }
}
