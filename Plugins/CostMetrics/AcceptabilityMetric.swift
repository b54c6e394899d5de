import Beckon

/// What the users of the start would have thought of what they were shown.
///
/// Judged by who the users were, so that a system gains nothing by changing the judge. Low values say that much was
/// shown that did not fit, not that it was forced upon anybody.
struct AcceptabilityMetric: TrajectoryMetric {
  static let about = About(
    "acceptability", "Mean affinity, of the users before the first round, to the items shown in the first P.",
    source: """
      Beckon's own; in [−1, 1]. Rounds in which nothing could be shown are left out; 0 for a user who was shown \
      nothing.
      """)
  static let unit = "cosine"
  static let isCost = true
  let configuration: NoConfiguration

  func perUser(_ outcome: NudgeOutcome, cutoff: Int) -> [Double]? {
    let run = outcome.trajectories
    return run.meanOverTargetsWhereKnown { target, user in
      let cells = (0..<cutoff).map { run.cell(target, $0, user) }.filter {
        run.shown[$0 * run.slateSize] >= 0
      }
      guard !cells.isEmpty else { return nil }
      return cells.reduce(0) { $0 + Double(run.firstAffinity[$1]) } / Double(cells.count)
    }
  }
}
