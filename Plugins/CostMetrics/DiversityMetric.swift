import Beckon

/// How different from each other the items of a path are.
///
/// In the simulator's vectors, not the recommender's. More is not better as such: noise is as diverse as can be.
struct DiversityMetric: TrajectoryMetric {
  static let about = About(
    "diversity", "Mean of 1 − cosine over all pairs of items shown in the first P rounds.",
    source: """
      Intra-list diversity: Ziegler et al., WWW 2005, with the simulator's item vectors; in [0, 2]. Paths of fewer \
      than two items are left out; 0 for a user without others.
      """)
  static let direction = Direction.neither
  static let unit = "1 − cosine"
  let configuration: NoConfiguration

  func perUser(_ outcome: NudgeOutcome, cutoff: Int) -> [Double]? {
    let (run, table) = (outcome.trajectories, outcome.world.items)
    return run.meanOverTargetsWhereKnown { target, user in
      let path = run.path(target, user, rounds: cutoff)
      guard path.count > 1 else { return nil }
      // |Σ v|² is the sum over all ordered pairs, those of an item with itself included, which are 1 each.
      var sum = [Float](repeating: 0, count: table.columns)
      for item in path {
        let first = Int(item) * table.columns
        for k in sum.indices { sum[k] += table.values[first + k] }
      }
      let count = Double(path.count)
      let square = sum.reduce(0) { $0 + Double($1) * Double($1) }
      return 1 - (square - count) / (count * (count - 1))
    }
  }
}
