import Beckon

/// The rounds of one block of users with one target.
struct BlockPlay {
  private let rollOut: RollOut
  private let target: Int32
  private let targetPlace: Int
  private let users: [Int]
  private var histories: [UserHistory]
  /// Items met before the study, each once.
  private let met: [[Int32]]
  /// What each user really met later, held out from training.
  private let heldOut: [[Int32]]
  /// Items that cannot be shown now.
  private var unavailable: [[Int32]]
  private var frozen: [Bool]
  private var plans: [[Int32]] = []
  private var events: [[RoundEvent]]
  /// What the recommender sees: states `[user, width]` and preferences `[user, item]`.
  private var states = Matrix<Float>(rows: 0, columns: 0)
  private var preferences = Matrix<Float>(rows: 0, columns: 0)
  private var kept = KeptScores()
  private var fresh: KeptScores.Fresh?
  /// What the simulator knows: interests `[user, d]` and affinities `[user, item]`.
  private(set) var interests: Matrix<Float>
  private let firstInterests: Matrix<Float>
  private var affinities: Matrix<Float>
  private var record: Trajectories

  init(rollOut: RollOut, targetPlace: Int, users: [Int], hidesTarget: Bool = false) {
    self.rollOut = rollOut
    self.targetPlace = targetPlace
    self.users = users
    let target = rollOut.parts.targets[targetPlace]
    self.target = target
    let split = rollOut.system.model.split
    histories = users.map { rollOut.history(of: $0, target: hidesTarget ? nil : target) }
    met = users.map { Set(split.training[$0]).sorted() }
    heldOut = users.map { Array(split.dataset.sequences[$0].dropFirst(split.training[$0].count)) }
    unavailable = rollOut.settings.candidates.includesHistory ? users.map { _ in [] } : met
    events = users.map { _ in [] }
    let tables = rollOut.parts.embeddings
    interests = tables.users.selectingRows(users)
    firstInterests = interests
    affinities = rollOut.items.products(with: interests)
    record = Trajectories(
      targets: [target], rounds: rollOut.settings.rounds, users: users,
      slateSize: rollOut.settings.slateSize)
    record.knewTarget = histories.map { $0.past.contains(target) }
    frozen = record.knewTarget.map { $0 && rollOut.settings.stopAtTarget }
  }

  /// What a round is decided by.
  struct Look {
    let batch: UserBatch
    /// After the guards; what cannot be shown is at −∞.
    let scores: Matrix<Float>
    /// Items that guards took away from the first user.
    let guarded: Int
    /// What the simulated users like now.
    let affinities: Matrix<Float>
  }

  /// Plays all rounds.
  ///
  /// - Parameters:
  ///   - initial: the block's states before the first round; nil to encode them here.
  ///   - inspect: called in each round before anything is shown.
  ///   - watch: called with the interests before the first round and after each.
  mutating func run(
    _ scorer: any Scorer, states initial: Matrix<Float>? = nil, inspect: ((Look) -> Void)? = nil,
    watch: (Matrix<Float>) -> Void = { _ in }
  ) throws -> Trajectories {
    if let encoder = rollOut.system.model.encoder {
      states = try initial ?? encoder.encode(histories)
      preferences = encoder.preferences(of: states)
    }
    for user in 0..<users.count { note(user, after: 0) }
    watch(interests)
    plans = try scorer.plan(batch(0), rounds: record.rounds)
    guard plans.isEmpty || plans.count == users.count else {
      throw Problem("scorer", "expected a plan for each of \(users.count) users, found \(plans.count).")
    }
    for round in 0..<record.rounds {
      let (picks, keep) = try recommend(scorer, round, inspect)
      let changed = try answer(picks, keep, round)
      try update(changed)
      for user in 0..<users.count { carry(user, to: round + 1) }
      for user in changed { note(user, after: round + 1) }
      watch(interests)
    }
    return record
  }

  private func batch(_ round: Int) -> UserBatch {
    UserBatch(
      model: rollOut.system.model, histories: histories, states: states, preferences: preferences,
      unavailable: unavailable, target: target, round: round, plans: plans)
  }

  /// The best available items of each user, none if nothing can be shown, and the arousal policy's weights.
  private mutating func recommend(
    _ scorer: any Scorer, _ round: Int, _ inspect: ((Look) -> Void)?
  ) throws -> (picks: [[Int32]], keep: [Float]) {
    let batch = batch(round)
    try kept.renew(scorer, batch, fresh)
    var scores = kept.scores
    let open = inspect == nil ? 0 : scores.row(0).count { $0 > -.infinity }
    for (index, constraint) in rollOut.system.guards.enumerated() {
      try constraint.restrict(&scores, for: batch)
      try scores.refuseNaN(from: "\(Slot.guards.place)[\(index)]", round: round)
    }
    let picks = (0..<batch.count).map { scores.row($0).placesOfLargest(record.slateSize) }
    if let inspect {
      let guarded = open - scores.row(0).count { $0 > -.infinity }
      inspect(Look(batch: batch, scores: scores, guarded: guarded, affinities: affinities))
    }
    let keep = try rollOut.parts.arousal.keep(batch)
    guard keep.count == batch.count, keep.allSatisfy({ (0...1).contains($0) }) else {
      throw Problem("arousal", "expected \(batch.count) weights from 0 to 1, found \(keep).")
    }
    return (picks, keep)
  }

  /// Draws every user's choice, moves those who clicked, and returns which histories changed.
  private mutating func answer(_ picks: [[Int32]], _ keep: [Float], _ round: Int) throws -> [Int] {
    let asked = picks.indices.filter { !picks[$0].isEmpty }
    let answers = try rollOut.parts.clickModel.answers(
      to: asked.map { user in
        Slate(
          items: picks[user], affinities: picks[user].map { Double(affinities[user, Int($0)]) },
          history: histories[user], target: target, targetPlace: targetPlace, round: round,
          events: events[user])
      })
    guard answers.count == asked.count else {
      throw Problem(
        "environment.clickModel", "expected \(asked.count) answers, found \(answers.count).")
    }
    var changed: [Int] = []
    for user in picks.indices { record.keep[record.cell(0, round, user)] = keep[user] }
    for (user, answer) in zip(asked, answers) {
      let choice = try draw(answer, picks[user], user, round)
      events[user].append(RoundEvent(items: picks[user], choice: choice))
      switch rollOut.settings.candidates {
      case .unmet, .unshown: unavailable[user] += picks[user]
      case .unclicked: if let choice { unavailable[user].append(picks[user][choice]) }
      case .any: break
      }
      guard let choice else { continue }
      let item = picks[user][choice]
      histories[user].clicked.append(item)
      changed.append(user)
      if !frozen[user] { move(user, to: item, keep[user]) }
    }
    return changed
  }

  /// Records what was shown and answered, and draws what the user clicks.
  private mutating func draw(
    _ answer: [Double]?, _ items: [Int32], _ user: Int, _ round: Int
  ) throws -> Int? {
    let probabilities = answer ?? items.map { _ in 0 }
    let total = probabilities.reduce(0, +)
    guard probabilities.count == items.count, probabilities.allSatisfy({ (0...1).contains($0) }),
      total <= 1 + 1e-9
    else {
      throw Problem(
        "environment.clickModel",
        "\(items.count) shown items need as many probabilities, their sum at most 1; found \(probabilities).")
    }
    let cell = record.cell(0, round, user)
    for (slot, item) in items.enumerated() { record.shown[cell * record.slateSize + slot] = item }
    record.probability[cell] = Float(min(1, total))
    record.answered[cell] = answer != nil
    let first = firstInterests.row(user)
    let table = rollOut.parts.embeddings.items
    record.firstAffinity[cell] =
      items.reduce(Float(0)) { sum, item in
        sum + zip(first, table.row(Int(item))).reduce(0) { $0 + $1.0 * $1.1 }
      } / Float(items.count)
    var stream = RandomStream(
      seed: rollOut.system.seed, purpose: .click, UInt32(users[user]), UInt32(target), UInt32(round))
    var place = stream.uniform()
    for (slot, probability) in probabilities.enumerated() {
      if place < probability {
        record.choice[cell] = Int16(slot)
        return slot
      }
      place -= probability
    }
    return nil
  }

  private mutating func move(_ user: Int, to item: Int32, _ keep: Float) {
    let moved = rollOut.parts.dynamics.moved(
      InterestMove(
        interest: Array(interests.row(user)), item: item,
        itemVector: Array(rollOut.parts.embeddings.items.row(Int(item))), policyKeep: keep,
        events: events[user]))
    interests.setRow(user, rollOut.settings.normalizeInterests ? moved.scaledToUnitLength() : moved)
    if item == target, rollOut.settings.stopAtTarget { frozen[user] = true }
  }

  /// Encodes and weighs anew only those whose history changed.
  private mutating func update(_ changed: [Int]) throws {
    fresh = nil
    guard !changed.isEmpty else { return }
    var renewed = KeptScores.Fresh(users: changed)
    if let encoder = rollOut.system.model.encoder {
      renewed.states = try encoder.encode(changed.map { histories[$0] })
      renewed.preferences = encoder.preferences(of: renewed.states)
      for (row, user) in changed.enumerated() {
        states.setRow(user, renewed.states.row(row))
        preferences.setRow(user, renewed.preferences.row(row))
      }
    }
    fresh = renewed
    let moved = rollOut.items.products(with: interests.selectingRows(changed))
    for (row, user) in changed.enumerated() { affinities.setRow(user, moved.row(row)) }
  }

  /// Records for a user who has not moved what held before.
  private mutating func carry(_ user: Int, to round: Int) {
    let (from, to) = (record.state(0, after: round - 1, user), record.state(0, after: round, user))
    record.interest[to] = record.interest[from]
    record.rank[to] = record.rank[from]
    record.likeness[to] = record.likeness[from]
    record.length[to] = record.length[from]
    record.utility[to] = record.utility[from]
  }

  /// Records where a user stands: the interest in the target and its rank among the items not met before the study,
  /// the likeness to the user of the start, the vector's length, and the affinity to what the user really met later.
  private mutating func note(_ user: Int, after round: Int) {
    let state = record.state(0, after: round, user)
    let own = affinities[user, Int(target)]
    let first = user * affinities.columns
    var rank: Int32 = 0
    var utility: Float = 0
    affinities.values.withUnsafeBufferPointer { values in
      let row = UnsafeBufferPointer(rebasing: values[first..<first + affinities.columns])
      rank = Int32(RowSearch.count(above: own, in: row))
      for item in met[user] where values[first + Int(item)] > own { rank -= 1 }
      for item in heldOut[user] { utility += values[first + Int(item)] }
    }
    record.interest[state] = own
    record.rank[state] = rank
    record.utility[state] = utility / Float(max(1, heldOut[user].count))
    if round > 0 { record.likeness[state] = interests.row(user).cosine(to: firstInterests.row(user)) }
    record.length[state] = interests.row(user).length
  }
}

extension Collection<Float> {
  fileprivate var length: Float { reduce(Float(0)) { $0 + $1 * $1 }.squareRoot() }

  fileprivate func scaledToUnitLength() -> [Float] {
    let length = length
    return map { length > 0 ? $0 / length : $0 }
  }
}

extension ArraySlice<Float> {
  fileprivate func cosine(to other: ArraySlice<Float>) -> Float {
    var (dot, own, its): (Float, Float, Float) = (0, 0, 0)
    for (a, b) in zip(self, other) {
      dot += a * b
      own += a * a
      its += b * b
    }
    return own > 0 && its > 0 ? dot / (own * its).squareRoot() : 0
  }
}
