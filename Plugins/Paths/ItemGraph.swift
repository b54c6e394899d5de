import Beckon

/// Which items follow one another in training sequences, in either order.
struct ItemGraph: Sendable {
  /// What an edge costs.
  enum Weights: String, Choice {
    /// 1, so that a path has as few items as can be.
    case unit
    /// 1 over the number of times that the two items are neighbours.
    case coOccurrence = "co-occurrence"
  }

  /// How a path is chosen.
  enum Method: String, Choice {
    /// The cheapest path. (Dijkstra)
    case shortest
    /// The path in the tree of the cheapest edges. (Prim)
    case spanningTree = "spanning-tree"
  }

  private var neighbours: [[(item: Int32, cost: Double)]]

  /// The graph of a training part.
  init(_ split: Split, weights: Weights) {
    var counts: [Edge: Int] = [:]
    for sequence in split.training {
      for (item, next) in zip(sequence, sequence.dropFirst()) where item != next {
        counts[Edge(item, next), default: 0] += 1
      }
    }
    neighbours = [[(item: Int32, cost: Double)]](repeating: [], count: split.dataset.itemCount)
    for (edge, count) in counts {
      let cost = weights == .unit ? 1 : 1 / Double(count)
      neighbours[Int(edge.low)].append((edge.high, cost))
      neighbours[Int(edge.high)].append((edge.low, cost))
    }
  }

  /// The next item on the way from each item to the target, by item index; −1 where there is no way, the target
  /// itself at the target.
  ///
  /// Ties between costs go to the edge between the smaller items, so that the spanning tree is the same from
  /// whichever target it is grown.
  func routes(to target: Int32, _ method: Method) -> [Int32] {
    var next = [Int32](repeating: -1, count: neighbours.count)
    var frontier = MinimumHeap<Step>()
    frontier.insert(Step(cost: 0, from: target, to: target))
    while let step = frontier.popSmallest() {
      guard next[Int(step.from)] < 0 else { continue }
      next[Int(step.from)] = step.to
      for (item, cost) in neighbours[Int(step.from)] where next[Int(item)] < 0 {
        let total = method == .shortest ? step.cost + cost : cost
        frontier.insert(Step(cost: total, from: item, to: step.from))
      }
    }
    return next
  }

  private struct Edge: Hashable {
    let low: Int32, high: Int32
    init(_ a: Int32, _ b: Int32) { (low, high) = (min(a, b), max(a, b)) }
  }

  /// One item nearer to the target, at a cost.
  private struct Step: Comparable {
    let cost: Double
    let from: Int32, to: Int32

    static func < (a: Step, b: Step) -> Bool {
      (a.cost, min(a.from, a.to), max(a.from, a.to)) < (b.cost, min(b.from, b.to), max(b.from, b.to))
    }
  }
}
