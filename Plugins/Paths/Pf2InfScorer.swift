import Beckon
import Synchronization

/// The way through the graph of items from the user's last item to the target.
struct Pf2InfScorer: Scorer {
  static let about = About(
    "pf2inf", "A path of items that followed one another, from the last item to the target, planned once.",
    source: """
      The baseline Pf2Inf of Zhu et al., ICDE 2023: shortest path or path in the minimum spanning tree of the item \
      co-occurrence graph. Here two items are neighbours if one follows the other in a training sequence. Items of \
      the path that cannot be shown to the user are passed over. Without a way, and after the target, the encoder's \
      preference decides.
      """)

  struct Configuration: Codable, Equatable, Sendable {
    /// How a path is chosen.
    var method = ItemGraph.Method.shortest
    /// What an edge costs.
    var weights = ItemGraph.Weights.coOccurrence
  }

  static let defaults = Configuration()
  let configuration: Configuration
  private var graph: ItemGraph?
  private var known = Routes()
  var needs: Needs { [.encoder, .target] }

  init(configuration: Configuration) { self.configuration = configuration }

  mutating func fit(_ split: Split, seed: UInt64) throws {
    graph = ItemGraph(split, weights: configuration.weights)
    known = Routes()
  }

  func plan(_ batch: UserBatch, rounds: Int) throws -> [[Int32]] {
    guard let target = batch.target, let graph else { return [] }
    let next = known.routes(to: target) { graph.routes(to: target, configuration.method) }
    return zip(batch.histories, batch.unavailable).map { history, unavailable in
      guard var item = history.latest(1).first, next[Int(item)] >= 0 else { return [] }
      let hidden = Set(unavailable)
      var path: [Int32] = []
      while item != target, path.count < rounds {
        item = next[Int(item)]
        if !hidden.contains(item) { path.append(item) }
      }
      return path
    }
  }

  func scores(_ batch: UserBatch) throws -> Matrix<Float> { batch.preferences { batch.planned($0) } }

  /// Routes that were looked for before: one search serves all users of a target.
  private final class Routes: Sendable {
    private let byTarget = Mutex<[Int32: [Int32]]>([:])

    func routes(to target: Int32, _ search: () -> [Int32]) -> [Int32] {
      byTarget.withLock { known in
        if let routes = known[target] { return routes }
        let routes = search()
        known[target] = routes
        return routes
      }
    }
  }
}
