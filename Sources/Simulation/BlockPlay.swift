import Beckon

/// The rounds of one block of users with one target.
struct BlockPlay {
  private let rollOut: RollOut
  private let target: Int32
  private let users: Range<Int>
  private var histories: [UserHistory]
  /// Items met before the study, each once.
  private let met: [[Int32]]
  /// Items that cannot be shown: met before the study, or shown in it, clicked or not.
  private var unavailable: [[Int32]]
  private var frozen: [Bool]
  private var plans: [[Int32]] = []
  /// What the recommender sees: states `[user, width]` and preferences `[user, item]`.
  private var states = Matrix<Float>(rows: 0, columns: 0)
  private var preferences = Matrix<Float>(rows: 0, columns: 0)
  /// What the simulator knows: interests `[user, d]` and affinities `[user, item]`.
  private var interests: Matrix<Float>
  private var affinities: Matrix<Float>
  private var record: Trajectories

  init(rollOut: RollOut, target: Int32, users: Range<Int>) {
    self.rollOut = rollOut
    self.target = target
    self.users = users
    let training = rollOut.system.model.split.training
    histories = users.map { UserHistory(user: Int32($0), past: training[$0], target: target) }
    met = users.map { Set(training[$0]).sorted() }
    unavailable = met
    let tables = rollOut.parts.embeddings
    interests = tables.users.selectingRows(Array(users))
    affinities = rollOut.items.products(with: interests)
    record = Trajectories(targets: [target], rounds: rollOut.rounds, users: users.count)
    record.knewTarget = histories.map { $0.past.contains(target) }
    frozen = record.knewTarget.map { $0 && rollOut.stopAtTarget }
  }

  /// Plays all rounds.
  mutating func run(_ scorer: any Scorer, states initial: Matrix<Float>?) throws -> Trajectories {
    if let encoder = rollOut.system.model.encoder {
      states = try initial?.selectingRows(Array(users)) ?? encoder.encode(histories)
      preferences = encoder.preferences(of: states)
    }
    for user in 0..<users.count { note(user, after: 0) }
    plans = try scorer.plan(batch(0), rounds: rollOut.rounds)
    guard plans.isEmpty || plans.count == users.count else {
      throw Problem("scorer", "expected a plan for each of \(users.count) users, found \(plans.count).")
    }
    for round in 0..<rollOut.rounds {
      let (picks, keep) = try recommend(scorer, round)
      let changed = try answer(picks, keep, round)
      try update(changed)
      for user in 0..<users.count { carry(user, to: round + 1) }
      for user in changed { note(user, after: round + 1) }
    }
    return record
  }

  private func batch(_ round: Int) -> UserBatch {
    UserBatch(
      model: rollOut.system.model, histories: histories, states: states, preferences: preferences,
      unavailable: unavailable, target: target, round: round, plans: plans)
  }

  /// The best available item of each user, −1 where there is none, and the arousal policy's weights.
  private func recommend(_ scorer: any Scorer, _ round: Int) throws -> (picks: [Int32], keep: [Float]) {
    let batch = batch(round)
    var scores = try scorer.scores(batch)
    guard scores.rows == batch.count, scores.columns == batch.itemCount else {
      throw Problem.scoreShape(scores, rows: batch.count, columns: batch.itemCount)
    }
    batch.withhold(&scores)
    for constraint in rollOut.system.guards { try constraint.restrict(&scores, for: batch) }
    let picks = scores.largestInRows()
    if picks.contains(where: { $0 == nil }) {
      throw Problem("scorer", "the score of an item is not a number (round \(round + 1)).")
    }
    let keep = try rollOut.parts.arousal.keep(batch)
    guard keep.count == batch.count, keep.allSatisfy({ (0...1).contains($0) }) else {
      throw Problem("arousal", "expected \(batch.count) weights from 0 to 1, found \(keep).")
    }
    return (picks.map { $0 ?? -1 }, keep)
  }

  /// Draws every user's click, moves those who clicked, and returns which histories changed.
  private mutating func answer(_ picks: [Int32], _ keep: [Float], _ round: Int) throws -> [Int] {
    let parts = rollOut.parts
    var changed: [Int] = []
    for (user, item) in picks.enumerated() {
      let cell = record.cell(0, round, user)
      record.shown[cell] = item
      record.keep[cell] = keep[user]
      guard item >= 0 else { continue }
      let affinity = affinities[user, Int(item)]
      let slate = Slate(
        items: [item], affinities: [Double(affinity)], user: histories[user].user, target: target,
        round: round)
      let probabilities = try parts.clickModel.choiceProbabilities(slate)
      guard probabilities.count == 1, let probability = probabilities.first, (0...1).contains(probability)
      else {
        throw Problem(
          "environment.clickModel",
          "expected one probability from 0 to 1 for one item, found \(probabilities).")
      }
      var stream = RandomStream(
        seed: rollOut.system.seed, purpose: .click, UInt32(users.lowerBound + user), UInt32(target),
        UInt32(round))
      let clicked = stream.uniform() < probability
      record.probability[cell] = Float(probability)
      record.clicked[cell] = clicked
      unavailable[user].append(item)
      guard clicked else { continue }
      histories[user].clicked.append(item)
      changed.append(user)
      if !frozen[user] {
        let moved = parts.dynamics.moved(
          Array(interests.row(user)), towards: Array(parts.embeddings.items.row(Int(item))),
          policyKeep: keep[user])
        interests.setRow(user, to: moved.scaledToUnitLength())
        if item == target, rollOut.stopAtTarget { frozen[user] = true }
      }
    }
    return changed
  }

  /// Encodes and weighs anew only those whose history changed.
  private mutating func update(_ changed: [Int]) throws {
    guard !changed.isEmpty else { return }
    if let encoder = rollOut.system.model.encoder {
      let fresh = try encoder.encode(changed.map { histories[$0] })
      let weighed = encoder.preferences(of: fresh)
      for (row, user) in changed.enumerated() {
        states.setRow(user, to: fresh.row(row))
        preferences.setRow(user, to: weighed.row(row))
      }
    }
    let moved = rollOut.items.products(with: interests.selectingRows(changed))
    for (row, user) in changed.enumerated() { affinities.setRow(user, to: moved.row(row)) }
  }

  /// Records for a user who has not moved what held before.
  private mutating func carry(_ user: Int, to round: Int) {
    let (from, to) = (record.state(0, after: round - 1, user), record.state(0, after: round, user))
    record.interest[to] = record.interest[from]
    record.rank[to] = record.rank[from]
  }

  /// Records the simulated interest in the target and the target's rank among the items not met before the study.
  private mutating func note(_ user: Int, after round: Int) {
    let state = record.state(0, after: round, user)
    let own = affinities[user, Int(target)]
    let first = user * affinities.columns
    var rank: Int32 = 0
    affinities.values.withUnsafeBufferPointer { values in
      for item in first..<first + affinities.columns { rank &+= values[item] > own ? 1 : 0 }
      for item in met[user] where values[first + Int(item)] > own { rank -= 1 }
    }
    record.interest[state] = own
    record.rank[state] = rank
  }
}

extension Matrix where S == Float {
  /// The column of each row's largest value, the smaller index on a tie; −1 if all are −∞, nil if one is NaN.
  func largestInRows() -> [Int32?] {
    values.withUnsafeBufferPointer { values in
      (0..<rows).map { row in
        var best = -Float.infinity
        var column: Int32 = -1
        var isNumber = true
        for index in 0..<columns {
          let value = values[row * columns + index]
          isNumber = isNumber && value == value
          if value > best {
            best = value
            column = Int32(index)
          }
        }
        return isNumber ? column : nil
      }
    }
  }

  fileprivate mutating func setRow(_ row: Int, to values: some Collection<Float>) {
    self.values.replaceSubrange(row * columns..<(row + 1) * columns, with: values)
  }
}

extension [Float] {
  fileprivate func scaledToUnitLength() -> [Float] {
    let length = reduce(Float(0)) { $0 + $1 * $1 }.squareRoot()
    return length > 0 ? map { $0 / length } : self
  }
}
