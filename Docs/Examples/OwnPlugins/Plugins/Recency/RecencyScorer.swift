import Beckon

/// Prefers what others met late in their histories.
struct RecencyScorer: Scorer {
  static let about = About(
    "recency", "Counts how often an item stood among the newest events of a user.", source: "For teaching.")

  struct Configuration: Codable, Equatable, Sendable {
    /// How many events of each user count as new.
    var newest = 5
  }

  static let defaults = Configuration()
  let configuration: Configuration
  private var counts: [Float] = []

  init(configuration: Configuration) { self.configuration = configuration }

  static func check(_ configuration: Configuration, _ checks: inout Checks) {
    checks.positive("newest", configuration.newest)
  }

  mutating func fit(_ split: Split, seed: UInt64) throws {
    counts = [Float](repeating: 0, count: split.dataset.itemCount)
    for items in split.training { for item in items.suffix(configuration.newest) { counts[Int(item)] += 1 } }
  }

  func scores(_ batch: UserBatch) throws -> Matrix<Float> {
    Matrix(rows: batch.count, columns: counts.count, values: batch.histories.flatMap { _ in counts })
  }
}
