import Beckon

/// What the encoder thinks the user likes: recommendation without guidance.
struct PreferenceScorer: Scorer {
  static let about = About(
    "preference", "The encoder's own preference: no guidance.",
    source: "The non-proactive rule: arg max of h_u · v_i.")
  let configuration: NoConfiguration
  var needs: Needs { .encoder }

  func scores(_ batch: UserBatch) throws -> Matrix<Float> { batch.preferences }
}
