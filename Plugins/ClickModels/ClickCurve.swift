import Beckon

/// σ(x) = 1 / (1 + e^−x)
func logistic(_ x: Double) -> Double { 1 / (1 + exp(-x)) }

extension Slate {
  /// How attractive each item is alone: σ(slope · (affinity − offset)), in (0, 1).
  func attractions(slope: Double, offset: Double) -> [Double] {
    affinities.map { logistic(slope * ($0 - offset)) }
  }

  /// The affinity to the only item.
  ///
  /// - Throws: `Problem` if there are several; a model of one item does not know how they compete.
  func onlyAffinity(for model: String) throws -> Double {
    guard affinities.count == 1 else {
      throw Problem(
        "environment.clickModel",
        "'\(model)' answers a slate of one item, and this one has \(items.count). Set task.slateSize to 1, or "
          + "take a choice model such as 'multinomial-logit'.")
    }
    return affinities[0]
  }
}
