import Beckon

// What a scorer, an encoder, an arousal policy, a guard and a target selector must keep.
extension Conformance {
  /// Finite scores of the right shape for any history; the same bytes again, with one thread and with many.
  ///
  /// - Throws: what the scorer throws.
  public static func problems(of scorer: some Scorer, in world: ToyWorld) throws -> [String] {
    let target: Int32? = scorer.needs.contains(.target) ? 3 : nil
    func scores(_ scorer: some Scorer, _ batch: UserBatch) throws -> Matrix<Float> {
      var scorer = scorer
      try scorer.fit(world.split, seed: 7)
      try scorer.attach(to: world.model)
      return try scorer.scores(batch)
    }
    var found: [String] = []
    let dataset = world.split.dataset
    let empty = UserHistory(user: 0, past: [])
    let longest = UserHistory(user: 1, past: (0..<Int32(dataset.itemCount))[...].map { $0 }[...])
    for (name, histories) in [
      ("all users", world.split.histories), ("an empty history", [empty]), ("every item met", [longest]),
      ("nobody", []),
    ] {
      let batch = try world.batch(histories, target: target)
      let values = try scores(scorer, batch)
      if values.rows != histories.count || values.columns != dataset.itemCount {
        found.append(
          "\(name): scores are \(values.rows)×\(values.columns), not \(histories.count)×\(dataset.itemCount)")
      }
      if !values.values.allSatisfy({ $0.isFinite }) { found.append("\(name): a score is not finite") }
      if try !scores(scorer, batch).isSameBytes(values) {
        found.append("\(name): the same seed gives other scores")
      }
      let threads = try withThreads(1) { try scores(scorer, batch) }
      if try !withThreads(3, { try scores(scorer, batch) }).isSameBytes(threads) {
        found.append("\(name): the number of threads changes the scores")
      }
    }
    let batch = try world.batch(target: target)
    var fitted = scorer
    try fitted.fit(world.split, seed: 7)
    try fitted.attach(to: world.model)
    for (name, values) in try fitted.terms(batch)
    where values.rows != batch.count || values.columns != batch.itemCount {
      found.append("the term '\(name)' is \(values.rows)×\(values.columns)")
    }
    return found
  }

  /// Trains; finite states for any history, each independent of its neighbours in the batch; the same bytes again,
  /// with one thread and with many; parameters restore it.
  ///
  /// - Throws: what the encoder throws.
  public static func problems(of encoder: some Encoder, _ context: TrainingContext) throws -> [String] {
    var found: [String] = []
    func trained(threads: Int) throws -> any Encoder {
      var copy = encoder
      try withThreads(threads) { try copy.train(context) }
      return copy
    }
    let first = try trained(threads: 1)
    let histories =
      context.split.histories + [
        UserHistory(user: 0, past: []), UserHistory(user: 1, past: [2], clicked: [5, 0, 2]),
        UserHistory(user: 1, past: [], clicked: [4]),
      ]
    let states = try first.encode(histories)
    if states.rows != histories.count {
      found.append("\(states.rows) states for \(histories.count) histories")
    }
    if !states.allFinite { found.append("a state is not finite") }
    if try !trained(threads: 1).encode(histories).isSameBytes(states) {
      found.append("the same seed gives other states")
    }
    if try !trained(threads: 3).encode(histories).isSameBytes(states) {
      found.append("the number of threads changes the states")
    }
    let items = context.split.dataset.itemCount
    let preferences = first.preferences(of: states)
    if preferences.rows != histories.count || preferences.columns != items {
      found.append(
        "preferences are \(preferences.rows)×\(preferences.columns), not \(histories.count)×\(items)")
    }
    if first.itemVectors.rows != items {
      found.append("\(first.itemVectors.rows) item vectors for \(items) items")
    }
    for (row, history) in histories.enumerated() {
      let alone = try first.encode([history])
      if zip(alone.row(0), states.row(row)).contains(where: { abs($0 - $1) > 1e-4 }) {
        found.append("the state of history \(row) depends on the others in the batch")
        break
      }
    }
    let points = try first.intentPoints(Array(histories.prefix(3)))
    if points.rows != 3 || !points.allFinite { found.append("intent points are not finite, one a history") }
    var restored = encoder
    restored.parameters = first.parameters
    if try !restored.encode(histories).isSameBytes(states) {
      found.append("its parameters do not restore it")
    }
    return found
  }

  /// Weights in [0, 1], one a user, the same again.
  ///
  /// - Throws: what the policy throws.
  public static func problems(of policy: some ArousalPolicy, in world: ToyWorld) throws -> [String] {
    var found: [String] = []
    for round in [0, 5] {
      let batch = try world.batch(target: 2, round: round)
      let keep = try policy.keep(batch)
      if keep.count != batch.count { found.append("\(keep.count) weights for \(batch.count) users") }
      if !keep.allSatisfy({ (0...1).contains($0) }) { found.append("a weight is outside 0 to 1: \(keep)") }
      if try policy.keep(batch) != keep { found.append("it answers otherwise when asked again") }
    }
    return found
  }

  /// It only forbids: a score becomes −∞ or stays as it is.
  ///
  /// - Throws: what the guard throws.
  public static func problems(of constraint: some Guard, in world: ToyWorld) throws -> [String] {
    let batch = try world.batch(target: 2)
    var before = batch.preferences
    for (user, items) in batch.unavailable.enumerated() {
      for item in items { before[user, Int(item)] = -.infinity }
    }
    var after = before
    try constraint.restrict(&after, for: batch)
    guard after.rows == before.rows, after.columns == before.columns else {
      return ["it changes the scores' shape"]
    }
    let changed = zip(before.values, after.values).contains { $0 != $1 && $1 != -.infinity }
    var again = before
    try constraint.restrict(&again, for: batch)
    return (changed ? ["it changes a score to something else than −∞"] : [])
      + (again.isSameBytes(after) ? [] : ["it restricts otherwise when asked again"])
  }

  /// Items of the dataset, each once, the same again; or a problem in words.
  public static func problems(of selector: some TargetSelector, in world: ToyWorld) -> [String] {
    let context = SelectionContext(model: world.model, seed: 5, locations: DataLocations(folders: []))
    do {
      try selector.verify(world.split.dataset, context.locations)
      let targets = try selector.targets(context)
      var found: [String] = []
      if targets.isEmpty || Set(targets).count != targets.count {
        found.append("no targets, or one twice: \(targets)")
      }
      if !targets.allSatisfy({ (0..<Int32(world.split.dataset.itemCount)).contains($0) }) {
        found.append("a target is no item: \(targets)")
      }
      if try selector.targets(context) != targets { found.append("the same seed gives other targets") }
      return found
    } catch let problem as Problem {
      return problem.fact.isEmpty ? ["it refuses without a word"] : []
    } catch {
      return ["it throws something else than a Problem: \(error)"]
    }
  }

  static func withThreads<T>(_ count: Int, _ body: () throws -> T) rethrows -> T {
    let before = Parallel.threads
    Parallel.setThreads(count)
    defer { Parallel.setThreads(before) }
    return try body()
  }
}

extension Matrix where S == Float {
  /// Whether shape and bits are equal.
  func isSameBytes(_ other: Matrix<Float>) -> Bool {
    rows == other.rows && columns == other.columns
      && values.map(\.bitPattern) == other.values.map(\.bitPattern)
  }
}
