import Beckon

/// A user who reads from the top and takes the first item that attracts.
struct CascadeClickModel: ClickModel {
  static let about = About(
    "cascade",
    "Reads from the top, takes the first item that attracts, may give up after each that does not.",
    source: """
      Craswell et al., WSDM 2008 (`abandonment` 0); giving up as in the dynamic Bayesian network of Chapelle and \
      Zhang, WWW 2009, whose γ is 1 − abandonment. With a_k = σ(slope · (affinity − offset)): \
      P(i) = a_i Π_{j<i} (1 − a_j)(1 − abandonment). For one item this is `sigmoid`.
      """,
    examples: [
      Example("three items that attract half of the time", expected: [0.5, 0.25, 0.125]) {
        try CascadeClickModel(configuration: Configuration(offset: 0))
          .choiceProbabilities(Slate(items: [0, 1, 2], affinities: [0, 0, 0]))
      }
    ])

  struct Configuration: Codable, Equatable, Sendable {
    /// Steepness of attraction.
    var slope = 1.0
    /// Affinity at which an item attracts half of the time.
    var offset = 0.8
    /// Probability of giving up after an item that does not attract, in [0, 1].
    var abandonment = 0.0
  }

  static let defaults = Configuration()
  let configuration: Configuration

  static func check(_ configuration: Configuration, _ checks: inout Checks) {
    checks.range("abandonment", configuration.abandonment, 0...1)
  }

  func choiceProbabilities(_ slate: Slate) throws -> [Double] {
    slate.attractions(slope: configuration.slope, offset: configuration.offset)
      .firstTaken(persistence: 1 - configuration.abandonment)
  }
}
