/// How a simulated user tires of a topic met too often, and recovers.
///
/// A topic is a block of neighbouring dimensions of a vector. With four clicks on it among the last ten, a topic bores
/// for five rounds; while it does, a click on it takes a fifth from its part of the user's vector.
///
/// Source: the environment of Bi et al., WWW 2024, arXiv:2403.07571, as released.
public struct TopicBoredom: Sendable {
  private let width: Int
  private var recent: [Int] = []
  /// Rounds that the boredom with a topic still lasts, by topic; 0 for none.
  private var left: [Int: Int] = [:]

  /// Clicks remembered.
  private static let memory = 10
  /// Clicks on one topic, among those remembered, that bore.
  private static let tooMany = 4
  /// Rounds that boredom lasts.
  private static let duration = 5
  /// What is left of a boring topic's part.
  private static let damping: Float = 0.8

  /// A rested user; a topic is `width` dimensions.
  public init(width: Int = 2) { self.width = width }

  /// Whether the user is tired of a topic.
  public func isBored(of topic: Int) -> Bool { left[topic] != nil }

  /// Begins a round: boredom wears off.
  public mutating func rest() { left = left.compactMapValues { $0 > 1 ? $0 - 1 : nil } }

  /// A click on an item of a topic.
  public mutating func click(on topic: Int) {
    recent.append(topic)
    if recent.count > Self.memory { recent.removeFirst() }
    for candidate in Set(recent) where recent.count(where: { $0 == candidate }) >= Self.tooMany {
      if left[candidate] == nil { left[candidate] = Self.duration }
    }
  }

  /// Weakens a topic's part of a vector.
  public func dampen(_ topic: Int, in vector: inout [Float]) {
    for k in topic * width..<min(vector.count, (topic + 1) * width) { vector[k] *= Self.damping }
  }

  /// The topic with the longest part of a vector, the first on a tie; the last topic may be narrower.
  public static func mainTopic(of vector: some Collection<Float>, width: Int = 2) -> Int {
    var (best, longest, topic): (Int, Float, Int) = (0, 0, 0)
    var rest = vector[...]
    while !rest.isEmpty {
      let length = rest.prefix(width).reduce(0) { $0 + $1 * $1 }
      if length > longest { (best, longest) = (topic, length) }
      rest = rest.dropFirst(width)
      topic += 1
    }
    return best
  }
}
