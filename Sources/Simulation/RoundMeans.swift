import Beckon

/// Means over targets and users, round by round: what the curves of a report show.
enum RoundMeans {
  static let columns = [
    "round", "click-rate", "click-probability", "keep", "interest", "ioi", "ior", "drift", "utility",
    "twin-click-rate", "twin-ioi", "twin-ior", "twin-drift", "twin-utility",
  ]

  /// One row a round, from 1; `ioi` and `ior` are the changes since before the first round.
  static func table(of outcome: NudgeOutcome) -> (columns: [String], rows: [[Double]]) {
    let guided = series(outcome.trajectories)
    let twin = series(outcome.twin)
    let rows = guided.indices.map { round in
      let (own, other) = (guided[round], twin[round])
      return [
        Double(round + 1), own.clickRate, own.probability, own.keep, own.interest, own.ioi, own.ior,
        own.drift, own.utility, other.clickRate, other.ioi, other.ior, other.drift, other.utility,
      ]
    }
    return (columns, rows)
  }

  private struct Row {
    var clickRate = 0.0
    var probability = 0.0
    var keep = 0.0
    var interest = 0.0
    var ioi = 0.0
    var ior = 0.0
    var drift = 0.0
    var utility = 0.0
  }

  private static func series(_ run: Trajectories) -> [Row] {
    let scale = 1 / Double(max(1, run.targets.count * run.users))
    return (0..<run.rounds).map { round in
      var row = Row()
      for target in run.targets.indices {
        for user in 0..<run.users {
          let cell = run.cell(target, round, user)
          let (before, after) = (run.state(target, after: 0, user), run.state(target, after: round + 1, user))
          row.clickRate += run.hasClicked(cell) ? scale : 0
          row.probability += Double(run.probability[cell]) * scale
          row.keep += Double(run.keep[cell]) * scale
          row.interest += Double(run.interest[after]) * scale
          row.ioi += (Double(run.interest[after]) - Double(run.interest[before])) * scale
          row.ior += Double(run.rank[before] - run.rank[after]) * scale
          row.drift += (1 - Double(run.likeness[after])) * scale
          row.utility += (Double(run.utility[after]) - Double(run.utility[before])) * scale
        }
      }
      return row
    }
  }
}
