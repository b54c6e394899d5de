import Beckon

/// A user who turns away from topics clicked too often.
struct IPGBoredomDynamics: Dynamics {
  static let about = About(
    "ipg-boredom", "A click moves the user by a fixed weight, and away from its topic while that bores.",
    source: """
      IPG's environment: Bi et al., WWW 2024, arXiv:2403.07571, as released: weight 0.8; four clicks on a topic among \
      the last ten bore for five rounds, and a click on a topic that bores takes a fifth from the topic's part of the \
      user. An item's topic is its longest block of `topicWidth` neighbouring dimensions, which means something in the \
      synthetic world and little in vectors that were learned. Users begin the study rested.
      """)

  struct Configuration: Codable, Equatable, Sendable {
    /// Weight of the old vector, in [0, 1].
    var keep = 0.8
    /// Dimensions of a topic; the last topic may be narrower.
    var topicWidth = 2
  }

  static let defaults = Configuration()
  let configuration: Configuration
  var owner: DynamicsOwner { .environment }
  /// Topic of each item.
  private var topics: [Int] = []

  init(configuration: Configuration) { self.configuration = configuration }

  static func check(_ configuration: Configuration, _ checks: inout Checks) {
    checks.range("keep", configuration.keep, 0...1)
    checks.positive("topicWidth", configuration.topicWidth)
  }

  mutating func prepare(_ world: SimulatedWorld) throws {
    topics = (0..<world.items.rows).map {
      TopicBoredom.mainTopic(of: world.items.row($0), width: configuration.topicWidth)
    }
  }

  func moved(_ move: InterestMove) -> [Float] {
    var boredom = TopicBoredom(width: configuration.topicWidth)
    for event in move.events {
      boredom.rest()
      if let item = event.clicked { boredom.click(on: topics[Int(item)]) }
    }
    var vector = move.blended(keep: Float(configuration.keep))
    let topic = TopicBoredom.mainTopic(of: move.itemVector, width: configuration.topicWidth)
    if boredom.isBored(of: topic) { boredom.dampen(topic, in: &vector) }
    return vector
  }
}
