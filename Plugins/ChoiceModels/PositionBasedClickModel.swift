import Beckon

/// A user who looks at each place or not, whatever stands elsewhere.
struct PositionBasedClickModel: ClickModel {
  static let about = About(
    "position-based",
    "An item is taken if its place is looked at and it attracts; the first such item counts.",
    source: """
      The examination hypothesis: Richardson et al., WWW 2007; position-based model: Craswell et al., WSDM 2008, \
      Chuklin et al., "Click Models for Web Search", 2015, §3.2. Place k is looked at with probability e_k = k^−decay \
      (Joachims et al., WSDM 2017, §6), its item attracts with a_k = σ(slope · (affinity − offset)), all \
      independently, which allows several clicks. A round takes one choice: the first, so that \
      P(i) = e_i a_i Π_{j<i} (1 − e_j a_j). For one item this is `sigmoid`.
      """,
    examples: [
      Example("three items that attract half of the time, decay 1", expected: [0.5, 0.125, 0.0625]) {
        try PositionBasedClickModel(configuration: Configuration(offset: 0))
          .choiceProbabilities(Slate(items: [0, 1, 2], affinities: [0, 0, 0]))
      }
    ])

  struct Configuration: Codable, Equatable, Sendable {
    /// Steepness of attraction.
    var slope = 1.0
    /// Affinity at which an item attracts half of the time.
    var offset = 0.8
    /// How fast attention falls with the place: 0 looks everywhere, 1 at place k with probability 1/k.
    var decay = 1.0
  }

  static let defaults = Configuration()
  let configuration: Configuration

  static func check(_ configuration: Configuration, _ checks: inout Checks) {
    checks.atLeast("decay", configuration.decay, 0)
  }

  func choiceProbabilities(_ slate: Slate) throws -> [Double] {
    slate.attractions(slope: configuration.slope, offset: configuration.offset).enumerated()
      .map { place, attraction in attraction * pow(Double(place + 1), -configuration.decay) }.firstTaken()
  }
}
