import Beckon

/// The paper's user: one item, a click with a probability that rises with affinity.
struct SigmoidClickModel: ClickModel {
  static let takesSlates = false
  static let about = About(
    "sigmoid", "σ(slope · (affinity − offset)) for a slate of one item.",
    source: """
      ITMPRec §5.1, IPG's simulator; slope 1 and offset 0.8 are the released ITMPRec code's. That code also adds a \
      constant of up to 0.01 for each target, which the paper does not mention: `targetNoise`.
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
    /// What is added for the target that users are guided to.
    var targetNoise = TargetNoise.none
  }

  /// What is added to a click's probability for the target that users are guided to.
  enum TargetNoise: String, Choice {
    /// Nothing: the paper.
    case none
    /// n_t / 100, where n_t is the t-th of `numpy.random.RandomState(114514).rand(N_tar)`; the sum is capped at 1.
    case released
  }

  static let defaults = Configuration()
  let configuration: Configuration
  /// What is added, by the target's place; empty for nothing.
  private var additions: [Double] = []

  init(configuration: Configuration) { self.configuration = configuration }

  mutating func prepare(_ world: SimulatedWorld) throws {
    guard configuration.targetNoise == .released else { return }
    var twister = MersenneTwister(seed: 114_514)
    // No item is a target twice, so there are at most as many targets as items.
    additions = (0..<world.items.rows).map { _ in twister.uniform() / 100 }
  }

  func choiceProbabilities(_ slate: Slate) throws -> [Double] {
    let affinity = try slate.onlyAffinity(for: Self.about.identifier)
    let probability = logistic(configuration.slope * (affinity - configuration.offset))
    return [additions.isEmpty ? probability : min(1, probability + additions[slate.targetPlace])]
  }
}
