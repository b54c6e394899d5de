import Beckon

// What a click model and a dynamics must keep.
extension Conformance {
  /// At every affinity, for users who have clicked or not, for slates of one, two and five items. A model may refuse more
  /// than one item.
  static func answer(_ untouched: some ClickModel, in world: ToyWorld, _ found: inout Findings) throws {
    var model = untouched
    try model.prepare(world.simulated)
    let ready = model
    let slates = slates(world)
    for (check, slate) in slates {
      let one: [Double]
      do {
        one = try found.steady("answers", isSame: areSame) { try ready.choiceProbabilities(slate) }
      } catch is Problem where slate.items.count > 1 { continue } catch {
        found.add(check, "it throws: \(error)")
        continue
      }
      found.add(
        .shape, "\(one.count) probabilities for a slate of \(slate.items.count)",
        unless: one.count == slate.items.count)
      found.add(check, "a probability is not finite: \(one)", unless: one.allSatisfy { $0.isFinite })
      found.add(
        .bounds, "at affinity \(slate.affinities[0]) the probabilities are \(one)",
        unless: one.allSatisfy { (0...1).contains($0) } && one.reduce(0, +) <= 1 + 1e-9)
    }
    let singles = slates.map(\.slate).filter { $0.items.count == 1 }
    let together = try ready.answers(to: singles)
    let alone = try singles.map { try ready.answers(to: [$0]) }
    let isAlone = zip(together, alone.flatMap { $0 }).allSatisfy { areSame($0 ?? [], $1 ?? []) }
    found.add(
      .neighbours, "an answer depends on who else is asked",
      unless: isAlone && together.count == singles.count && alone.allSatisfy { $0.count == 1 })
    let (other, order) = try renumbered(world)
    var moved = untouched
    try moved.prepare(other.simulated)
    let same = try moved.answers(to: singles.map { $0.renumbered(order) })
    let isSame = zip(same, together).allSatisfy { a, b in
      areClose((a ?? []).map { Float($0) }, (b ?? []).map { Float($0) })
    }
    found.add(.permutation, "its answers depend on how items are numbered", unless: isSame)
  }

  static func areSame(_ a: [Double], _ b: [Double]) -> Bool {
    a.map(\.bitPattern) == b.map(\.bitPattern)
  }

  private static func slates(_ world: ToyWorld) -> [(check: Check, slate: Slate)] {
    let items = Int32(world.split.dataset.itemCount)
    var slates: [(Check, Slate)] = []
    for affinity in stride(from: -1.0, through: 1.0, by: 0.125) {
      for rounds in [0, 6] {
        for size in [1, 2, 5] { slates.append((.finite, slate(of: size, affinity: affinity, after: rounds))) }
      }
    }
    for (check, past, item) in [
      (.emptyHistory, [], 1), (.longestHistory, (0..<items).map { $0 }, 1),
      (.unseenItem, [items - 1], items - 1),
    ] as [(Check, [Int32], Int32)] {
      let history = UserHistory(user: 0, past: past[...])
      slates.append((check, Slate(items: [item], affinities: [0.5], history: history, target: 2)))
    }
    return slates
  }

  /// Items 1, 2, …, the first of a given affinity, shown after some rounds in which item 1 was clicked every other time.
  private static func slate(of size: Int, affinity: Double, after rounds: Int) -> Slate {
    let events = (0..<rounds).map { RoundEvent(items: [1, 3], choice: $0.isMultiple(of: 2) ? 0 : nil) }
    return Slate(
      items: (0..<size).map { Int32($0 + 1) },
      affinities: (0..<size).map { max(-1, affinity - 0.25 * Double($0)) },
      history: UserHistory(user: 0, past: [4, 5], clicked: events.compactMap(\.clicked)), target: 2,
      round: rounds, events: events)
  }

  /// A finite vector of the same width, also after many clicks; one that is already at the item stays there.
  static func move(_ untouched: some Dynamics, in world: ToyWorld, _ found: inout Findings) throws {
    var dynamics = untouched
    try dynamics.prepare(world.simulated)
    let ready = dynamics
    let (user, item) = (Array(world.tables.users.row(0)), Array(world.tables.items.row(0)))
    let events = (0..<8).map { RoundEvent(items: [1, 0], choice: $0 == 3 ? nil : 1) }
    for keep: Float in [0, 0.5, 1] {
      for (when, events) in [("", []), (" after many clicks", events)] {
        let move = InterestMove(interest: user, item: 0, itemVector: item, policyKeep: keep, events: events)
        let moved = found.steady("vectors", isSame: { $0.map(\.bitPattern) == $1.map(\.bitPattern) }) {
          ready.moved(move)
        }
        let lead = "with weight \(keep) the vector moved\(when) is \(moved)"
        found.add(.shape, lead, unless: moved.count == user.count)
        found.add(.finite, lead, unless: moved.allSatisfy { $0.isFinite })
      }
      let stayed = ready.moved(InterestMove(interest: item, item: 0, itemVector: item, policyKeep: keep))
      found.add(
        .order, "with weight \(keep) a user who is at the item leaves it",
        unless: !zip(stayed, item).contains { abs($0 - $1) > 1e-5 })
    }
  }
}

extension Slate {
  fileprivate func renumbered(_ order: [Int]) -> Slate {
    func new(_ items: some Sequence<Int32>) -> [Int32] { items.map { Int32(order[Int($0)]) } }
    return Slate(
      items: new(items), affinities: affinities,
      history: UserHistory(user: history.user, past: new(history.past)[...], clicked: new(history.clicked)),
      target: Int32(order[Int(target)]), targetPlace: targetPlace, round: round,
      events: events.map { RoundEvent(items: new($0.items), choice: $0.choice) })
  }
}
