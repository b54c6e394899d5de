import Beckon

/// How far the users moved to somewhere else than the target: what guidance changed that nobody asked for.
///
/// Some of it is geometry: users of length 1 live on a sphere, where even the shortest way to the target leaves the
/// line along its vector, so that 0 means no move at all. Compare systems, or over the twin, at a like increase of
/// interest.
struct OffTargetDriftMetric: TrajectoryMetric {
  static let about = About(
    "drift-off-target",
    "Mean length of the part of the users' change after P rounds that is not along the target.",
    source: """
      Beckon's own; in [0, 2]. The change Δ from a vector of length a to one of length b has \
      |Δ|² = a² + b² − 2ab cos(start, now) and the part Δ·v along the target's unit vector v, the increase of \
      interest; the rest is √(|Δ|² − (Δ·v)²).
      """)
  static let direction = Direction.lower
  static let unit = "length"
  let configuration: NoConfiguration

  func perUser(_ outcome: NudgeOutcome, cutoff: Int) -> [Double]? {
    let run = outcome.trajectories
    return run.meanOverTargets { target, user in
      let along = run.increaseOfInterest(target, user, after: cutoff)
      let (before, after) = (run.state(target, after: 0, user), run.state(target, after: cutoff, user))
      let (a, b) = (Double(run.length[before]), Double(run.length[after]))
      let square = a * a + b * b - 2 * a * b * Double(run.likeness[after])
      return max(0, square - along * along).squareRoot()
    }
  }
}
