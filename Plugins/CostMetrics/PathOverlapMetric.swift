import Beckon

/// How alike the ways are on which different users are led to one target.
///
/// A popular list overlaps without any guidance: read it over the twin. It says nothing of whether the items suit.
struct PathOverlapMetric: TrajectoryMetric {
  static let about = About(
    "path-overlap",
    "Mean share of the items shown in the first P rounds that another user with the target was shown.",
    source: """
      Beckon's own; in [0, 1]: with c_i of U users shown item i, the mean of (c_i − 1) / (U − 1) over a user's items, \
      each once. Missing for a single user.
      """)
  static let direction = Direction.lower
  static let unit = "share of items"
  let configuration: NoConfiguration

  func perUser(_ outcome: NudgeOutcome, cutoff: Int) -> [Double]? {
    let run = outcome.trajectories
    guard run.users > 1 else { return nil }
    let overlaps = run.targets.indices.map { target -> [Double?] in
      let paths = (0..<run.users).map { Set(run.path(target, $0, rounds: cutoff)) }
      var shownTo = [Int](repeating: 0, count: outcome.world.items.rows)
      for path in paths { for item in path { shownTo[Int(item)] += 1 } }
      return paths.map { path in
        guard !path.isEmpty else { return nil }
        return Double(path.reduce(0) { $0 + shownTo[Int($1)] - 1 }) / Double(path.count * (run.users - 1))
      }
    }
    return run.meanOverTargetsWhereKnown { overlaps[$0][$1] }
  }
}
