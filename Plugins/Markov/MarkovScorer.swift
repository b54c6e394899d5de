import Beckon

/// What followed the last item: the baseline that a sequence model must beat to have learned more than pairs.
struct MarkovScorer: Scorer {
  static let about = About(
    "markov", "Share of the transitions from the last item, plus a little popularity.",
    source: "First-order Markov chain over training transitions.")

  struct Configuration: Codable, Equatable, Sendable {
    /// Weight of the number of training events, which orders items that never followed.
    var popularityWeight = 1e-6
  }

  static let defaults = Configuration()
  let configuration: Configuration
  var dependsOnHistoryAlone: Bool { true }
  private var followers: [[Int32: Double]] = []
  private var base: [Float] = []
  private var counts: [Int] = []

  init(configuration: Configuration) { self.configuration = configuration }

  static func check(_ configuration: Configuration, _ checks: inout Checks) {
    checks.atLeast("popularityWeight", configuration.popularityWeight, 0)
  }

  mutating func fit(_ split: Split, seed: UInt64) throws {
    counts = split.itemCounts
    base = counts.map { Float(configuration.popularityWeight * Double($0)) }
    followers = [[Int32: Double]](repeating: [:], count: split.dataset.itemCount)
    for sequence in split.training {
      for (item, next) in zip(sequence, sequence.dropFirst()) { followers[Int(item)][next, default: 0] += 1 }
    }
    for item in followers.indices {
      let total = followers[item].values.reduce(0, +)
      followers[item] = followers[item].mapValues { $0 / total }
    }
  }

  func scores(_ batch: UserBatch) throws -> Matrix<Float> {
    let values = batch.histories.flatMap { history -> [Float] in
      guard let last = history.latest(1).first else { return base }
      var scores = base
      for (item, share) in followers[Int(last)] {
        scores[Int(item)] = Float(share + configuration.popularityWeight * Double(counts[Int(item)]))
      }
      return scores
    }
    return Matrix(rows: batch.count, columns: batch.itemCount, values: values)
  }
}
