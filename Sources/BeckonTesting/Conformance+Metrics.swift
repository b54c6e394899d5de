import Beckon

// What a metric must keep.

extension Conformance {
  /// Finite; never better for a worse rank; beyond the cutoff as bad as can be.
  public static func problems(of metric: some RankingMetric) -> [String] { rankProblems(of: metric) }

  private static func rankProblems(of metric: some RankingMetric) -> [String] {
    var found: [String] = []
    let sign: Double = type(of: metric).direction == .lower ? -1 : 1
    for cutoff in [1, 3, 10] {
      let values = (0..<14).map { metric.value(rank: $0, cutoff: cutoff) }
      if !values.allSatisfy(\.isFinite) { found.append("a value at cutoff \(cutoff) is not finite") }
      if zip(values, values.dropFirst()).contains(where: { sign * $0 < sign * $1 }) {
        found.append("at cutoff \(cutoff) a worse rank is better: \(values)")
      }
      if Set(values[cutoff...]).count > 1 { found.append("ranks beyond the cutoff \(cutoff) are told apart") }
    }
    return found
  }

  /// What any ranking metric keeps; finite; the best order of the answers is never beaten; answers beyond the cutoff are
  /// not told apart.
  public static func problems(of metric: some AnswersMetric) -> [String] {
    var found = rankProblems(of: metric)
    let sign: Double = type(of: metric).direction == .lower ? -1 : 1
    var stream = RandomStream(seed: 1, purpose: Purpose("answers"))
    for draw in 0..<60 {
      let cutoff = [1, 3, 10][draw % 3]
      let count = 1 + stream.uniform(below: 6)
      let grades = (0..<count).map { _ in Double(1 + stream.uniform(below: 5)) }
      let ranks = stream.sample(count, of: 20)
      let value = metric.value(of: RankedAnswers(ranks: ranks, grades: grades), cutoff: cutoff)
      let best = metric.value(
        of: RankedAnswers(ranks: Array(0..<count), grades: grades.sorted(by: >)), cutoff: cutoff)
      let beyond = metric.value(
        of: RankedAnswers(ranks: ranks.map { $0 < cutoff ? $0 : $0 + 30 }, grades: grades), cutoff: cutoff)
      if ![value, best, beyond].allSatisfy(\.isFinite) {
        found.append("a value at cutoff \(cutoff) is not finite")
      }
      if sign * value > sign * best + 1e-12 {
        found.append(
          "at cutoff \(cutoff) the ranks \(ranks) of the grades \(grades) are better than the best order")
      }
      if abs(value - beyond) > 1e-12 { found.append("answers beyond the cutoff \(cutoff) are told apart") }
    }
    return found
  }

  /// Finite, also where nothing is shown; the same however items are numbered.
  public static func problems(of metric: some ExposureMetric) -> [String] {
    var found: [String] = []
    var stream = RandomStream(seed: 1, purpose: Purpose("exposure"))
    for counts in [[], [0], [3], [0, 0, 0], [4, 0, 2, 2, 9, 1]] {
      let value = metric.value(of: Exposure(counts: counts))
      if !value.isFinite { found.append("the value of \(counts) is not finite") }
      var orders = [Array(counts.reversed()), counts]
      stream.shuffle(&orders[1])
      for other in orders where value.isFinite && metric.value(of: Exposure(counts: other)) != value {
        found.append("\(counts) and \(other) are told apart: it must not matter which number an item has")
      }
    }
    return found
  }

  /// One finite number a user, or nil; nothing changes where nothing happened.
  public static func problems(of metric: some TrajectoryMetric, in world: SimulatedWorld) -> [String] {
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
    var found: [String] = []
    for (name, outcome) in [
      ("a random run", NudgeOutcome(run, twin: quiet, world: world)),
      ("a quiet run", NudgeOutcome(quiet, twin: quiet, world: world)),
    ] {
      for cutoff in 1...3 {
        guard let values = metric.perUser(outcome, cutoff: cutoff) else { continue }
        if values.count != 4 { found.append("\(name): \(values.count) values for 4 users") }
        if !values.allSatisfy(\.isFinite) {
          found.append("\(name): a value at cutoff \(cutoff) is not finite")
        }
      }
    }
    return found
  }
}
