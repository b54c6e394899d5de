import Beckon

/// Preference plus a pull towards the target.
struct TowardsTargetScorer: Scorer {
  static let about = About(
    "towards-target", "Preference plus α times the similarity to the target; wraps any encoder.",
    source: "The baseline with logits + α·⟨E_i, E_j⟩ in Bi et al., WWW 2024.")

  struct Configuration: Codable, Equatable, Sendable {
    /// Weight of the similarity, α.
    var alpha = 1.0
  }

  static let defaults = Configuration()
  let configuration: Configuration
  var needs: Needs { [.encoder, .target] }
  var dependsOnHistoryAlone: Bool { true }

  static func check(_ configuration: Configuration, _ checks: inout Checks) {
    checks.require(configuration.alpha.isFinite, "alpha", "\(configuration.alpha) is not a finite number.")
  }

  func scores(_ batch: UserBatch) throws -> Matrix<Float> {
    var scores = batch.preferences
    scores.add(try pull(batch))
    return scores
  }

  func terms(_ batch: UserBatch) throws -> [(name: String, values: Matrix<Float>)] {
    [("preference", batch.preferences), ("pull", try pull(batch))]
  }

  /// α·⟨E_i, E_j⟩, `[user, item]`, the same for all users.
  private func pull(_ batch: UserBatch) throws -> Matrix<Float> {
    guard let target = batch.target else { throw Problem("scorer", "towards-target needs a target.") }
    let vectors = batch.model.itemVectors
    let products = vectors.timesTransposed(vectors.selectingRows([Int(target)])).values
    let row = products.map { Float(configuration.alpha) * $0 }
    return Matrix(
      rows: batch.count, columns: batch.itemCount, values: (0..<batch.count).flatMap { _ in row })
  }
}
