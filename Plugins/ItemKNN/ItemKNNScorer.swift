import Beckon

/// Items like those the user met.
struct ItemKNNScorer: Scorer {
  static let about = About(
    "item-knn", "Sum of cosines between an item and the items of the history.",
    source:
      "Item-based nearest neighbours over all neighbours, cosine of the users' binary columns, zero diagonal."
  )
  let configuration: NoConfiguration
  var dependsOnHistoryAlone: Bool { true }
  private var cosines: [Double] = []

  init(configuration: NoConfiguration) { self.configuration = configuration }

  mutating func fit(_ split: Split, seed: UInt64) throws {
    let items = split.dataset.itemCount
    cosines = try CoOccurrence(split).counts
    let norms = (0..<items).map { max(cosines[$0 * items + $0].squareRoot(), 1e-12) }
    for first in 0..<items {
      for second in 0..<items { cosines[first * items + second] /= norms[first] * norms[second] }
      cosines[first * items + first] = 0
    }
  }

  func scores(_ batch: UserBatch) throws -> Matrix<Float> { batch.sumsOverHistory(of: cosines) }
}
