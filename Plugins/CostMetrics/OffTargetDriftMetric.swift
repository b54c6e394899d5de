import Beckon

/// How far the users moved to somewhere else than the target: what guidance changed that nobody asked for.
///
/// Some of it is geometry: on a sphere even the shortest way to the target leaves the line along its vector, so that 0
/// means no move at all. Compare systems, or over the twin, at a like increase of interest.
struct OffTargetDriftMetric: TrajectoryMetric {
  static let about = About(
    "drift-off-target",
    "Mean length of the part of the users' change after P rounds that is not along the target.",
    source: """
      Beckon's own; in [0, 2]. With unit vectors the change Δ has |Δ|² = 2 − 2 cos(start, now) and the part Δ·v along \
      the target v, the increase of interest; the rest is √(|Δ|² − (Δ·v)²). It holds for users scaled to length 1, the \
      default `normalizeInterests` of the nudge.
      """)
  static let direction = Direction.lower
  static let unit = "length"
  let configuration: NoConfiguration

  func perUser(_ outcome: NudgeOutcome, cutoff: Int) -> [Double]? {
    let run = outcome.trajectories
    return run.meanOverTargets { target, user in
      let along = run.increaseOfInterest(target, user, after: cutoff)
      let square = 2 - 2 * Double(run.likeness[run.state(target, after: cutoff, user)])
      return max(0, square - along * along).squareRoot()
    }
  }
}
