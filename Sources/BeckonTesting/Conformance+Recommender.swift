import Beckon

// What a scorer, an arousal policy, a guard and a target selector must keep.
extension Conformance {
  /// Users in a difficult case, with the check that fails if they are not served.
  private static func cases(_ world: ToyWorld) -> [(name: String, check: Check, histories: [UserHistory])] {
    let items = Int32(world.split.dataset.itemCount)
    return [
      ("all users", .finite, world.split.histories),
      ("an empty history", .emptyHistory, [UserHistory(user: 0, past: [])]),
      ("every item met", .longestHistory, [UserHistory(user: 1, past: (0..<items).map { $0 }[...])]),
      ("an unseen item", .unseenItem, [UserHistory(user: 2, past: [1, items - 1], clicked: [items - 1])]),
    ]
  }

  private static func prepared(_ scorer: some Scorer, _ model: FittedModel) throws -> any Scorer {
    var copy = scorer
    try copy.fit(model.split, seed: 7)
    try copy.attach(to: model)
    return copy
  }

  static func score(_ scorer: some Scorer, in world: ToyWorld, _ found: inout Findings) throws {
    let target: Int32? = scorer.needs.contains(.target) ? 3 : nil
    let items = world.split.dataset.itemCount
    for (name, check, histories) in cases(world) + [("nobody", .shape, [])] {
      do {
        let batch = try world.batch(histories, target: target)
        let values = try found.steady("scores of \(name)", isSame: { $0.isSameBytes($1) }) {
          try prepared(scorer, world.model).scores(batch)
        }
        found.add(
          .shape, "\(name): scores are \(values.rows)×\(values.columns), not \(histories.count)×\(items)",
          unless: values.rows == histories.count && values.columns == items)
        found.add(check, "\(name): a score is not finite", unless: values.values.allSatisfy { $0.isFinite })
      } catch { found.add(check, "\(name): it throws: \(error)") }
    }
    let fitted = try prepared(scorer, world.model)
    let batch = try world.batch(target: target)
    let whole = try fitted.scores(batch)
    for (name, values) in try fitted.terms(batch) {
      found.add(
        .shape, "the term '\(name)' is \(values.rows)×\(values.columns)",
        unless: values.rows == batch.count && values.columns == batch.itemCount)
    }
    guard whole.rows == batch.count, whole.columns == items else { return }
    for (row, history) in world.split.histories.enumerated() {
      let alone = try fitted.scores(world.batch([history], target: target))
      guard alone.rows == 1, !areClose(alone.row(0), whole.row(row)) else { continue }
      found.add(.neighbours, "the scores of user \(row) depend on the others in the batch")
      break
    }
    if fitted.dependsOnHistoryAlone {
      let later = try fitted.scores(
        world.batch(target: target, round: 5).withdrawing((0..<Int32(items)).map { $0 }))
      found.add(
        .historyAlone, "its scores change with the round or with what is unavailable",
        unless: later.isSameBytes(whole))
    }
    let (other, order) = try renumbered(world)
    let moved = try prepared(scorer, other.model).scores(
      other.batch(target: target.map { Int32(order[Int($0)]) }))
    guard moved.rows == whole.rows, moved.columns == items else { return }
    for user in 0..<batch.count where !areClose(order.map { moved[user, $0] }, whole.row(user)) {
      found.add(.permutation, "the scores of user \(user) depend on how items are numbered")
      break
    }
  }

  /// The world with its items in another order: item i becomes `order[i]`.
  static func renumbered(_ world: ToyWorld) throws -> (world: ToyWorld, order: [Int]) {
    var stream = RandomStream(seed: 3, purpose: Purpose("renumbering"))
    let count = world.split.dataset.itemCount
    let order = stream.sample(count, of: count)
    return (try world.renumbering(items: order), order)
  }

  static func arouse(_ policy: some ArousalPolicy, in world: ToyWorld, _ found: inout Findings) throws {
    for (name, check, histories) in cases(world) {
      for round in [0, 5] {
        do {
          let batch = try world.batch(histories, target: 2, round: round)
          let keep = try found.steady("weights of \(name)") { try policy.keep(batch) }
          found.add(
            .shape, "\(name): \(keep.count) weights for \(batch.count) users",
            unless: keep.count == batch.count)
          found.add(check, "\(name): a weight is not finite", unless: keep.allSatisfy { $0.isFinite })
          found.add(
            .bounds, "\(name): a weight is outside 0 to 1: \(keep)",
            unless: keep.allSatisfy { (0...1).contains($0) })
        } catch { found.add(check, "\(name): it throws: \(error)") }
      }
    }
    let whole = try policy.keep(world.batch(target: 2))
    for (row, history) in world.split.histories.enumerated() where row < whole.count {
      let alone = try policy.keep(world.batch([history], target: 2))
      found.add(
        .neighbours, "the weight of user \(row) depends on the others in the batch",
        unless: areClose(alone, [whole[row]]))
    }
    let (other, order) = try renumbered(world)
    found.add(
      .permutation, "its weights depend on how items are numbered",
      unless: areClose(try policy.keep(other.batch(target: Int32(order[2]))), whole))
  }

  private static func restricted(
    _ constraint: some Guard, _ world: ToyWorld, _ histories: [UserHistory], target: Int32
  ) throws -> (before: Matrix<Float>, after: Matrix<Float>) {
    var copy = constraint
    try copy.attach(to: world.model, seed: 7)
    let batch = try world.batch(histories, target: target)
    var before = batch.preferences
    batch.withhold(&before)
    var after = before
    try copy.restrict(&after, for: batch)
    return (before, after)
  }

  static func restrict(_ constraint: some Guard, in world: ToyWorld, _ found: inout Findings) throws {
    for (name, check, histories) in cases(world) {
      do {
        let before = try restricted(constraint, world, histories, target: 2).before
        let after = try found.steady("restrictions of \(name)", isSame: { $0.isSameBytes($1) }) {
          try restricted(constraint, world, histories, target: 2).after
        }
        guard after.rows == before.rows, after.columns == before.columns else {
          found.add(.shape, "it changes the scores' shape")
          return
        }
        found.add(
          .bounds, "it changes a score to something else than −∞",
          unless: zip(before.values, after.values).allSatisfy { $0 == $1 || $1 == -.infinity })
      } catch { found.add(check, "\(name): it throws: \(error)") }
    }
    let whole = try restricted(constraint, world, world.split.histories, target: 2).after
    for (row, history) in world.split.histories.enumerated() {
      let alone = try restricted(constraint, world, [history], target: 2).after
      found.add(
        .neighbours, "what user \(row) may be shown depends on the others in the batch",
        unless: areClose(alone.row(0), whole.row(row)))
    }
    let (other, order) = try renumbered(world)
    let moved = try restricted(constraint, other, other.split.histories, target: Int32(order[2])).after
    for user in 0..<whole.rows where !areClose(order.map { moved[user, $0] }, whole.row(user)) {
      found.add(.permutation, "what user \(user) may be shown depends on how items are numbered")
      break
    }
  }

  static func select(_ selector: some TargetSelector, in world: ToyWorld, _ found: inout Findings) {
    let context = SelectionContext(model: world.model, seed: 5, locations: DataLocations(folders: []))
    do {
      try selector.verify(world.split.dataset, context.locations)
      let targets = try found.steady("targets") { try selector.targets(context) }
      found.add(
        .bounds, "no targets, or one twice: \(targets)",
        unless: !targets.isEmpty && Set(targets).count == targets.count)
      found.add(
        .bounds, "a target is no item: \(targets)",
        unless: targets.allSatisfy { (0..<Int32(world.split.dataset.itemCount)).contains($0) })
    } catch let problem as Problem {
      found.add(.badConfiguration, "it refuses without a word", unless: !problem.fact.isEmpty)
    } catch {
      found.add(.badConfiguration, "it throws something else than a Problem: \(error)")
    }
  }
}

extension UserBatch {
  /// The same users, to whom some items cannot be shown either.
  fileprivate func withdrawing(_ items: [Int32]) -> UserBatch {
    UserBatch(
      model: model, histories: histories, states: states, preferences: preferences,
      unavailable: unavailable.map { $0 + items }, target: target, round: round, plans: plans)
  }
}
