import Beckon

// What a click model, a dynamics, an embedding source and an intent model must keep.
extension Conformance {
  /// Probabilities in [0, 1] whose sum is at most 1: at every affinity, for users who have clicked or not, for slates
  /// of one, two and five items, the same again. A model may refuse more than one item.
  ///
  /// - Throws: what the click model throws for one item.
  public static func problems(of model: some ClickModel) throws -> [String] {
    var found: [String] = []
    for affinity in stride(from: -1.0, through: 1.0, by: 0.125) {
      for rounds in [0, 6] {
        for size in [1, 2, 5] {
          let slate = slate(of: size, affinity: affinity, after: rounds)
          let given: [Double]
          do { given = try model.choiceProbabilities(slate) } catch is Problem where size > 1 { continue }
          if given.count != size { found.append("\(given.count) probabilities for a slate of \(size)") }
          if !given.allSatisfy({ (0...1).contains($0) }) || given.reduce(0, +) > 1 + 1e-9 {
            found.append("at affinity \(affinity) the probabilities are \(given)")
          }
          if try model.choiceProbabilities(slate) != given {
            found.append("the same slate is answered otherwise")
          }
        }
      }
    }
    return found
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
  public static func problems(of dynamics: some Dynamics, in world: ToyWorld) -> [String] {
    var found: [String] = []
    let (user, item) = (Array(world.tables.users.row(0)), Array(world.tables.items.row(0)))
    for keep: Float in [0, 0.5, 1] {
      let moved = dynamics.moved(
        InterestMove(interest: user, item: 0, itemVector: item, policyKeep: keep))
      if moved.count != user.count || !moved.allSatisfy({ $0.isFinite }) {
        found.append("with weight \(keep) the moved vector is \(moved)")
      }
      let events = (0..<8).map { RoundEvent(items: [1, 0], choice: $0 == 3 ? nil : 1) }
      let late = dynamics.moved(
        InterestMove(interest: user, item: 0, itemVector: item, policyKeep: keep, events: events))
      if late.count != user.count || !late.allSatisfy({ $0.isFinite }) {
        found.append("with weight \(keep) the vector moved after many clicks is \(late)")
      }
      let stayed = dynamics.moved(
        InterestMove(interest: item, item: 0, itemVector: item, policyKeep: keep))
      if zip(stayed, item).contains(where: { abs($0 - $1) > 1e-5 }) {
        found.append("with weight \(keep) a user who is at the item leaves it")
      }
    }
    return found
  }

  /// Rows of length 1 for all users and items, the same again, with one thread and with many.
  ///
  /// - Throws: what the source throws.
  public static func problems(of source: some EmbeddingSource, _ context: TrainingContext) throws -> [String]
  {
    var found: [String] = []
    let tables = try withThreads(1) { try source.tables(context) }
    let dataset = context.split.dataset
    for (name, table, rows) in [
      ("users", tables.users, dataset.userCount), ("items", tables.items, dataset.itemCount),
    ] {
      if table.rows != rows { found.append("\(name): \(table.rows) rows, not \(rows)") }
      if !table.rowNorms().allSatisfy({ abs($0 - 1) < 1e-4 }) {
        found.append("\(name): a row's length is not 1")
      }
    }
    let again = try withThreads(3) { try source.tables(context) }
    if !again.users.isSameBytes(tables.users) || !again.items.isSameBytes(tables.items) {
      found.append("the same seed gives other tables")
    }
    return found
  }

  /// Finite centroids in the space of the item vectors, the same again.
  ///
  /// - Throws: what the model throws.
  public static func problems(of model: some IntentModel, in world: ToyWorld) throws -> [String] {
    guard let encoder = world.model.encoder else { return [] }
    let centroids = try model.centroids(encoder: encoder, split: world.split, seed: 3)
    var found: [String] = []
    if centroids.rows == 0 || centroids.columns != encoder.itemVectors.columns || !centroids.allFinite {
      found.append("centroids are \(centroids.rows)×\(centroids.columns), or not finite")
    }
    if try !model.centroids(encoder: encoder, split: world.split, seed: 3).isSameBytes(centroids) {
      found.append("the same seed gives other centroids")
    }
    return found
  }
}
