import Beckon

/// A user who weighs all items and the outside option against each other at once.
struct MultinomialLogitClickModel: ClickModel {
  static let about = About(
    "multinomial-logit", "Takes the best of the items and the outside option, utilities with Gumbel errors.",
    source: """
      Luce 1959; McFadden, "Conditional logit analysis of qualitative choice behavior", 1974. \
      P(i) = e^{s·u_i} / (e^{s·u_0} + Σ_j e^{s·u_j}) with affinities u and slope s: the ratio of two items' \
      probabilities does not depend on the others. For one item this is `sigmoid` with offset u_0.
      """,
    examples: [
      Example("the outside option and three items, all alike", expected: [0.25, 0.25, 0.25]) {
        try MultinomialLogitClickModel(configuration: Configuration(outside: 0.5))
          .choiceProbabilities(Slate(items: [0, 1, 2], affinities: [0.5, 0.5, 0.5]))
      }
    ])

  struct Configuration: Codable, Equatable, Sendable {
    /// Steepness s: 1 over the scale of the errors.
    var slope = 1.0
    /// Affinity that the outside option, no click, is worth: u_0.
    var outside = 0.8
  }

  static let defaults = Configuration()
  let configuration: Configuration

  func choiceProbabilities(_ slate: Slate) throws -> [Double] {
    let relative = slate.affinities.map { configuration.slope * ($0 - configuration.outside) }
    let largest = max(0, relative.max() ?? 0)
    let weights = relative.map { exp($0 - largest) }
    let sum = exp(-largest) + weights.reduce(0, +)
    return weights.map { $0 / sum }
  }
}
