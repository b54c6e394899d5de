import Beckon

/// What the encoder thinks the user likes: recommendation without guidance.
struct PreferenceScorer: Scorer {
  static let about = About(
    "preference", "The encoder's own preference: no guidance.",
    source: """
      The non-proactive rule: arg max of the preference, h_u · v_i for most encoders. `farthest` shows what the \
      encoder prefers least: the released ITMPRec loop does so for MStein, of whose distances it takes the largest.
      """)

  struct Configuration: Codable, Equatable, Sendable {
    /// Which end of the encoder's order is shown first.
    var direction = Direction.nearest
  }

  enum Direction: String, Choice { case nearest, farthest }

  static let defaults = Configuration()
  let configuration: Configuration
  var needs: Needs { .encoder }
  var dependsOnHistoryAlone: Bool { true }

  func scores(_ batch: UserBatch) throws -> Matrix<Float> {
    guard configuration.direction == .farthest else { return batch.preferences }
    let preferences = batch.preferences
    return Matrix(
      rows: preferences.rows, columns: preferences.columns, values: preferences.values.map { -$0 })
  }
}
