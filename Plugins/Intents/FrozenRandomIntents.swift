import Beckon

/// Intents as the released ITMPRec code has them: random vectors that nothing updates.
struct FrozenRandomIntents: IntentModel {
  static let about = About(
    "frozen-random", "Random intents that never learn, as in the released ITMPRec code.",
    source: """
      ITMPRec's trainer discards the centroids it computes, so checkpoints hold the N(0, 0.02) start. The intent \
      term is then nearly constant.
      """)

  struct Configuration: Codable, Equatable, Sendable {
    /// Number of intents, N_C.
    var count = 32
    /// Standard deviation of the components.
    var deviation = 0.02
  }

  static let defaults = Configuration()
  let configuration: Configuration

  static func check(_ configuration: Configuration, _ checks: inout Checks) {
    checks.range("count", configuration.count, 1...65_536)
    checks.positive("deviation", configuration.deviation)
  }

  func centroids(encoder: any Encoder, split: Split, seed: UInt64) throws -> Matrix<Float> {
    var stream = RandomStream(seed: seed, purpose: Purpose("intents"))
    let width = encoder.itemVectors.columns
    let values = (0..<configuration.count * width).map { _ in Float(stream.normal() * configuration.deviation)
    }
    return Matrix(rows: configuration.count, columns: width, values: values)
  }
}
