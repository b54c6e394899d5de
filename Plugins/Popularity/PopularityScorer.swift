import Beckon

/// What most people met: the same list for everybody.
struct PopularityScorer: Scorer {
  static let about = About("popularity", "Scores an item by its number of training events.")
  let configuration: NoConfiguration
  var dependsOnHistoryAlone: Bool { true }
  private var counts: [Float] = []

  init(configuration: NoConfiguration) { self.configuration = configuration }

  mutating func fit(_ split: Split, seed: UInt64) throws { counts = split.itemCounts.map { Float($0) } }

  func scores(_ batch: UserBatch) throws -> Matrix<Float> {
    Matrix(rows: batch.count, columns: counts.count, values: batch.histories.flatMap { _ in counts })
  }
}
