import Beckon

/// A user of the simulated world while the log is written: interest, boredom, and what was clicked.
struct SyntheticUser {
  /// `[width]`, length 1.
  private(set) var interest: [Float]
  /// How much less interesting each item has become by clicks. `[item]`, for this user alone.
  private(set) var bias: [Float]
  private var boredom = TopicBoredom()

  init(interest: [Float], items: Int) {
    self.interest = interest
    bias = [Float](repeating: 0, count: items)
  }

  /// Dot product with an item's vector.
  func dot(_ vector: ArraySlice<Float>) -> Float { zip(interest, vector).reduce(0) { $0 + $1.0 * $1.1 } }

  /// Begins a step: boredom wears off.
  mutating func rest() { boredom.rest() }

  /// A click moves the interest towards the item, and away from its topic if there were too many like it.
  mutating func click(_ item: Int, _ vector: ArraySlice<Float>, topic: Int) {
    for (k, value) in zip(interest.indices, vector) { interest[k] = 0.8 * interest[k] + 0.2 * value }
    bias[item] += 0.1
    normalize()
    boredom.click(on: topic)
    guard boredom.isBored(of: topic) else { return }
    boredom.dampen(topic, in: &interest)
    normalize()
  }

  private mutating func normalize() {
    let length = interest.reduce(0) { $0 + $1 * $1 }.squareRoot()
    guard length > 0 else { return }
    for k in interest.indices { interest[k] /= length }
  }
}
