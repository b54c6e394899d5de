import Beckon

/// A user and an item that belong together.
struct Edge: Sendable, Equatable {
  let user: Int32
  let item: Int32
}

/// The positive events of a training part.
struct Edges {
  let users: Int
  let items: Int
  private var byUser: [[Edge]]

  init(_ split: Split, ratingAbove threshold: Float) {
    let dataset = split.dataset
    users = dataset.userCount
    items = dataset.itemCount
    byUser = split.training.enumerated().map { user, sequence in
      let ratings = dataset.ratings[user]
      return sequence.enumerated().compactMap { step, item in
        ratings.isEmpty || ratings[step] > threshold ? Edge(user: Int32(user), item: item) : nil
      }
    }
  }

  /// Each user's edges at random into those learned from and those held out; at least one stays to learn from.
  func divided(share: Double, seed: UInt64) -> (train: [Edge], held: [Edge]) {
    var train: [Edge] = []
    var held: [Edge] = []
    for (user, edges) in byUser.enumerated() {
      var shuffled = edges
      var stream = RandomStream(seed: seed, purpose: Purpose("hold-out"), UInt32(user))
      stream.shuffle(&shuffled)
      let count = Int(share * Double(edges.count))
      held += shuffled.prefix(count)
      train += shuffled.dropFirst(count)
    }
    return (train, held)
  }
}

/// Users and items joined by edges, for propagation along D^(−1/2) A D^(−1/2).
struct BipartiteGraph: Sendable {
  private let toItems: [[(index: Int32, weight: Float)]]
  private let toUsers: [[(index: Int32, weight: Float)]]

  /// Degrees count the edges given, and are at least 1.
  init(_ edges: [Edge], users: Int, items: Int) {
    var userDegrees = [Float](repeating: 0, count: users)
    var itemDegrees = [Float](repeating: 0, count: items)
    for edge in edges {
      userDegrees[Int(edge.user)] += 1
      itemDegrees[Int(edge.item)] += 1
    }
    var toItems = [[(index: Int32, weight: Float)]](repeating: [], count: users)
    var toUsers = [[(index: Int32, weight: Float)]](repeating: [], count: items)
    for edge in edges {
      let weight =
        1 / (max(1, userDegrees[Int(edge.user)]) * max(1, itemDegrees[Int(edge.item)])).squareRoot()
      toItems[Int(edge.user)].append((edge.item, weight))
      toUsers[Int(edge.item)].append((edge.user, weight))
    }
    self.toItems = toItems
    self.toUsers = toUsers
  }

  /// Both tables propagated once: users from items and items from users. The operator is symmetric, so gradients
  /// flow back by the same sums.
  func propagate<S: Scalar>(_ tape: Tape<S>, users: Var<S>, items: Var<S>) -> (users: Var<S>, items: Var<S>) {
    (
      tape.custom([items], output: items.value.weightedSums(of: toItems)) { gradient, _ in
        [gradient.weightedSums(of: toUsers)]
      },
      tape.custom([users], output: users.value.weightedSums(of: toUsers)) { gradient, _ in
        [gradient.weightedSums(of: toItems)]
      }
    )
  }
}
