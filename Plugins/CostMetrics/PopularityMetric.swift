import Beckon

/// Whether the users are led along what everybody meets.
///
/// High values feed concentration on few items; low ones say nothing about quality.
struct PopularityMetric: TrajectoryMetric {
  static let about = About(
    "popularity",
    "Mean share of the catalogue that was met less often than the items shown in the first P rounds.",
    source: """
      Beckon's own; in [0, 1]: the mid-rank of an item's training events among all items, ties counted half, so that \
      items drawn uniformly have 0.5 whatever the skew of the data.
      """)
  static let direction = Direction.neither
  static let unit = "share of items"
  let configuration: NoConfiguration

  func perUser(_ outcome: NudgeOutcome, cutoff: Int) -> [Double]? {
    let run = outcome.trajectories
    let shares = Self.midRanks(outcome.world.itemCounts)
    return run.meanOverTargetsWhereKnown { target, user in
      let path = run.path(target, user, rounds: cutoff)
      return path.isEmpty ? nil : path.reduce(0) { $0 + shares[Int($1)] } / Double(path.count)
    }
  }

  /// Share of the values below each, and half of the share of those equal to it.
  private static func midRanks(_ values: [Int]) -> [Double] {
    var places: [Int: (below: Int, equal: Int)] = [:]
    for (place, value) in values.sorted().enumerated() { places[value, default: (place, 0)].equal += 1 }
    return values.map { value in
      let (below, equal) = places[value] ?? (0, 0)
      return (Double(below) + Double(equal) / 2) / Double(values.count)
    }
  }
}
