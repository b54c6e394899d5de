import Beckon

/// The paper's user: one item, a click with a probability that rises with affinity.
struct SigmoidClickModel: ClickModel {
  static let about = About(
    "sigmoid", "σ(slope · (affinity − offset)) for a slate of one item.",
    source: """
      ITMPRec §5.1, IPG's simulator; slope 1 and offset 0.8 are the released ITMPRec code's. That code also adds a \
      constant of up to 0.01 for each target, which the paper does not mention; it is left out.
      """,
    examples: [
      Example("the least and the greatest affinity", expected: [0.141851, 0.549834]) {
        let model = SigmoidClickModel(configuration: defaults)
        return try [-1, 1].flatMap { affinity in
          try model.choiceProbabilities(Slate(items: [0], affinities: [affinity]))
        }
      }
    ])

  struct Configuration: Codable, Equatable, Sendable {
    /// Steepness, w.
    var slope = 1.0
    /// Affinity at which a click is as likely as none, b.
    var offset = 0.8
  }

  static let defaults = Configuration()
  let configuration: Configuration

  func choiceProbabilities(_ slate: Slate) throws -> [Double] {
    guard slate.affinities.count == 1 else {
      throw Problem(
        "environment.clickModel",
        "'sigmoid' answers a slate of one item, and this one has \(slate.items.count).")
    }
    return [1 / (1 + exp(-configuration.slope * (slate.affinities[0] - configuration.offset)))]
  }
}
