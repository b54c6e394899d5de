import Beckon

// What a metric must keep.
extension Conformance {
  /// A metric may be of several sorts: each is held to its own.
  static func measure(_ metric: any Metric, in world: SimulatedWorld, _ found: inout Findings) throws {
    if let metric = metric as? any RankingMetric { try rank(metric, &found) }
    if let metric = metric as? any AnswersMetric { try grade(metric, &found) }
    if let metric = metric as? any ExposureMetric { expose(metric, &found) }
    if let metric = metric as? any TrajectoryMetric { try follow(metric, in: world, &found) }
  }

  /// Which way is better: 1, −1, or 0 where the metric does not say.
  private static func sign(_ metric: any Metric) -> Double {
    switch type(of: metric).direction {
    case .higher: 1
    case .lower: -1
    case .neither: 0
    }
  }

  /// Never better for a worse rank; beyond the cutoff as bad as can be.
  private static func rank(_ metric: some RankingMetric, _ found: inout Findings) throws {
    let sign = sign(metric)
    let queries = (0..<14).map { RankedAnswers(rank: $0) }
    for cutoff in [1, 3, 10] {
      let values = try found.steady("values", isSame: areSame) {
        try metric.values(queries, cutoff: cutoff)
      }
      guard values.count == queries.count else {
        found.add(.shape, "\(values.count) values for \(queries.count) queries")
        continue
      }
      found.add(.finite, "a value at cutoff \(cutoff) is not finite", unless: values.allSatisfy(\.isFinite))
      found.add(
        .order, "at cutoff \(cutoff) a worse rank is better: \(values)",
        unless: !zip(values, values.dropFirst()).contains { sign * $0 < sign * $1 })
      found.add(
        .order, "ranks beyond the cutoff \(cutoff) are told apart",
        unless: sign == 0 || Set(values[cutoff...]).count <= 1)
    }
  }

  /// Finite; the best order of the answers is never beaten; answers beyond the cutoff are not told apart.
  private static func grade(_ metric: some AnswersMetric, _ found: inout Findings) throws {
    let sign = sign(metric)
    var stream = RandomStream(seed: 1, purpose: Purpose("answers"))
    for cutoff in [1, 3, 10] {
      var draws: [(ranks: [Int], grades: [Double])] = []
      for _ in 0..<20 {
        let count = 1 + stream.uniform(below: 6)
        let grades = (0..<count).map { _ in Double(1 + stream.uniform(below: 5)) }
        draws.append((stream.sample(count, of: 20), grades))
      }
      let values = try metric.values(
        draws.map { RankedAnswers(ranks: $0.ranks, grades: $0.grades) }, cutoff: cutoff)
      let best = try metric.values(
        draws.map { RankedAnswers(ranks: Array($0.ranks.indices), grades: $0.grades.sorted(by: >)) },
        cutoff: cutoff)
      let beyond = try metric.values(
        draws.map { draw in
          RankedAnswers(ranks: draw.ranks.map { $0 < cutoff ? $0 : $0 + 30 }, grades: draw.grades)
        }, cutoff: cutoff)
      guard [values, best, beyond].allSatisfy({ $0.count == draws.count }) else {
        found.add(.shape, "\(values.count) values for \(draws.count) queries")
        continue
      }
      found.add(
        .finite, "a value at cutoff \(cutoff) is not finite",
        unless: (values + best + beyond).allSatisfy(\.isFinite))
      for (index, draw) in draws.enumerated() where sign != 0 {
        found.add(
          .order,
          "at cutoff \(cutoff) the ranks \(draw.ranks) of the grades \(draw.grades) are better than the best order",
          unless: !(sign * values[index] > sign * best[index] + 1e-12))
        found.add(
          .order, "answers beyond the cutoff \(cutoff) are told apart",
          unless: !(abs(values[index] - beyond[index]) > 1e-12))
      }
    }
  }

  /// Finite, also where nothing is shown; the same however items are numbered.
  private static func expose(_ metric: some ExposureMetric, _ found: inout Findings) {
    var stream = RandomStream(seed: 1, purpose: Purpose("exposure"))
    for counts in [[], [0], [3], [0, 0, 0], [4, 0, 2, 2, 9, 1]] {
      let value = found.steady("values", isSame: { $0.bitPattern == $1.bitPattern }) {
        metric.value(of: Exposure(counts: counts))
      }
      found.add(.finite, "the value of \(counts) is not finite", unless: value.isFinite)
      var orders = [Array(counts.reversed()), counts]
      stream.shuffle(&orders[1])
      for other in orders where value.isFinite && metric.value(of: Exposure(counts: other)) != value {
        found.add(
          .permutation, "\(counts) and \(other) are told apart: it must not matter which number an item has")
      }
    }
  }

  /// One finite number a user, or nil, also where nothing is shown.
  private static func follow(
    _ metric: some TrajectoryMetric, in world: SimulatedWorld, _ found: inout Findings
  ) throws {
    var run = Trajectories(targets: [2, 0], rounds: 3, users: 4)
    var stream = RandomStream(seed: 1, purpose: Purpose("trajectories"))
    for cell in run.shown.indices {
      run.shown[cell] = Int32(stream.uniform(below: world.items.rows))
      run.probability[cell] = Float(stream.uniform())
      run.choice[cell] = stream.uniform() < 0.5 ? 0 : -1
    }
    for state in run.rank.indices {
      run.rank[state] = Int32(stream.uniform(below: 500))
      run.likeness[state] = Float(2 * stream.uniform() - 1)
      run.utility[state] = Float(2 * stream.uniform() - 1)
      run.interest[state] = Float(2 * stream.uniform() - 1)
    }
    let quiet = Trajectories(targets: [2, 0], rounds: 3, users: 4)
    for (name, outcome) in [
      ("a random run", NudgeOutcome(run, twin: quiet, world: world)),
      ("a quiet run", NudgeOutcome(quiet, twin: quiet, world: world)),
    ] {
      for cutoff in 1...3 {
        let given = try found.steady("values", isSame: { $0?.map(\.bitPattern) == $1?.map(\.bitPattern) }) {
          try metric.perUser(outcome, cutoff: cutoff)
        }
        guard let values = given else { continue }
        found.add(.shape, "\(name): \(values.count) values for 4 users", unless: values.count == 4)
        found.add(
          .finite, "\(name): a value at cutoff \(cutoff) is not finite", unless: values.allSatisfy(\.isFinite)
        )
      }
    }
  }
}
