import Beckon

/// Embarrassingly shallow autoencoder: a ridge regression of every item on all others.
struct EASEScorer: Scorer {
  static let about = About(
    "ease", "A linear item–item model in closed form.",
    source: "Steck, WWW 2019, eq. 8: B = I − P · diag(1/P), P = (XᵀX + λI)⁻¹, zero diagonal.")

  struct Configuration: Codable, Equatable, Sendable {
    /// Ridge penalty, λ.
    var regularization = 500.0
  }

  static let defaults = Configuration()
  let configuration: Configuration
  var dependsOnHistoryAlone: Bool { true }
  private var weights: [Double] = []

  init(configuration: Configuration) { self.configuration = configuration }

  static func check(_ configuration: Configuration, _ checks: inout Checks) {
    checks.positive("regularization", configuration.regularization)
  }

  mutating func fit(_ split: Split, seed: UInt64) throws {
    let items = split.dataset.itemCount
    var table = try CoOccurrence(split).counts
    for item in 0..<items { table[item * items + item] += configuration.regularization }
    guard PositiveDefinite.invert(&table, size: items) else {
      throw Problem(
        "scorer",
        "'ease': the items' table cannot be inverted with regularization \(configuration.regularization); "
          + "raise it.")
    }
    let diagonal = (0..<items).map { table[$0 * items + $0] }
    for first in 0..<items {
      for second in 0..<items { table[first * items + second] /= -diagonal[second] }
      table[first * items + first] = 0
    }
    weights = table
  }

  func scores(_ batch: UserBatch) throws -> Matrix<Float> { batch.sumsOverHistory(of: weights) }
}
