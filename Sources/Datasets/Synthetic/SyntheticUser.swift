/// A user of the simulated world while the log is written: interest, boredom, and what was clicked.
struct SyntheticUser {
  /// `[width]`, length 1.
  private(set) var interest: [Float]
  /// How much less interesting each item has become by clicks. `[item]`, for this user alone.
  private(set) var bias: [Float]
  private var isBored: [Bool]
  private var timer: [Int]
  private var recentTopics: [Int] = []

  /// Steps that boredom lasts.
  private static let boredom = 5
  /// Clicks remembered.
  private static let memory = 10
  /// Clicks on one topic, among those remembered, that bore.
  private static let tooMany = 4

  init(interest: [Float], items: Int, topics: Int) {
    self.interest = interest
    bias = [Float](repeating: 0, count: items)
    isBored = [Bool](repeating: false, count: topics)
    timer = [Int](repeating: Self.boredom, count: topics)
  }

  /// Whether the user is tired of a topic.
  func isBored(of topic: Int) -> Bool { isBored[topic] }

  /// Dot product with an item's vector.
  func dot(_ vector: ArraySlice<Float>) -> Float { zip(interest, vector).reduce(0) { $0 + $1.0 * $1.1 } }

  /// Begins a step: boredom wears off.
  mutating func rest() {
    for topic in isBored.indices {
      if isBored[topic] { timer[topic] -= 1 }
      if timer[topic] == 0 { isBored[topic] = false }
      if !isBored[topic] { timer[topic] = Self.boredom }
    }
  }

  /// A click moves the interest towards the item, and away from its topic if there were too many like it.
  mutating func click(_ item: Int, _ vector: ArraySlice<Float>, topic: Int) {
    recentTopics.append(topic)
    if recentTopics.count > Self.memory { recentTopics.removeFirst() }
    for (k, value) in zip(interest.indices, vector) { interest[k] = 0.8 * interest[k] + 0.2 * value }
    bias[item] += 0.1
    normalize()
    for candidate in isBored.indices where recentTopics.count(where: { $0 == candidate }) >= Self.tooMany {
      isBored[candidate] = true
    }
    guard isBored[topic] else { return }
    for k in 2 * topic...2 * topic + 1 { interest[k] *= 0.8 }
    normalize()
  }

  private mutating func normalize() {
    let length = interest.reduce(0) { $0 + $1 * $1 }.squareRoot()
    guard length > 0 else { return }
    for k in interest.indices { interest[k] /= length }
  }
}
