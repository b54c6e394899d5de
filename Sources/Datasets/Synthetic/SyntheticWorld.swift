import Beckon

/// Users and items as unit vectors over topics, and the log of clicks that arises between them.
struct SyntheticWorld: Sendable {
  /// A click in the log.
  struct Click: Sendable {
    /// When, from 0.
    let step: Int
    /// On what.
    let item: Int32
  }

  /// Each item's main topic, from 0.
  let topics: [Int]
  /// `[item, width]`, rows of length 1, no value negative.
  let itemRows: [Float]
  /// Two dimensions a topic.
  var width: Int { 2 * settings.topics }

  private let settings: SyntheticSource.Configuration
  /// `[width, item]`: the interest in all items is a sum of scaled columns, which the compiler vectorises.
  private let itemColumns: [Float]

  private static let users = Purpose("synthetic-user")
  private static let items = Purpose("synthetic-item")
  private static let log = Purpose("synthetic-log")

  init(_ settings: SyntheticSource.Configuration) {
    self.settings = settings
    let width = 2 * settings.topics
    var rows: [Float] = []
    var columns = [Float](repeating: 0, count: width * settings.items)
    var topics: [Int] = []
    for item in 0..<settings.items {
      var stream = RandomStream(seed: settings.seed, purpose: Self.items, UInt32(item))
      let squared = Self.draw(settings.topics, &stream).map { $0 * $0 }
      topics.append(TopicBoredom.mainTopic(of: squared))
      let vector = Self.unit(squared)
      rows += vector
      for k in 0..<width { columns[k * settings.items + item] = vector[k] }
    }
    self.topics = topics
    itemRows = rows
    itemColumns = columns
  }

  /// A user's vector before the first step, `[width]`, length 1; the main topic's part is not negative.
  func userVector(_ user: Int) -> [Float] {
    var stream = RandomStream(seed: settings.seed, purpose: Self.users, UInt32(user))
    var vector = Self.draw(settings.topics, &stream)
    let topic = TopicBoredom.mainTopic(of: vector)
    for k in 2 * topic...2 * topic + 1 { vector[k] = abs(vector[k]) }
    return Self.unit(vector)
  }

  /// Probability of a click at an interest (dot product less the bias of what was clicked before).
  func clickProbability(_ interest: Double) -> Double {
    1 / (1 + exp(-settings.slope * (interest - settings.offset)))
  }

  /// What a user clicks in the log phase, and the user's vector after it, `[width]`, length 1.
  ///
  /// An item once shown counts as interest 0 to the oracle, as released, so it is shown again if all others
  /// are disliked.
  func log(of user: Int) -> (clicks: [Click], interest: [Float]) {
    var state = SyntheticUser(interest: userVector(user), items: settings.items)
    var wasShown = [Bool](repeating: false, count: settings.items)
    var scores = [Float](repeating: 0, count: settings.items)
    var clicks: [Click] = []
    for step in 0..<settings.steps {
      var stream = RandomStream(seed: settings.seed, purpose: Self.log, UInt32(user), UInt32(step))
      let asksOracle = stream.uniform() < settings.oracleShare
      var item = stream.uniform(below: settings.items)
      if asksOracle {
        score(state, into: &scores)
        for index in scores.indices where wasShown[index] { scores[index] = 0 }
        item = Self.firstLargest(scores)
      }
      wasShown[item] = true
      state.rest()
      let vector = itemRows[item * width..<(item + 1) * width]
      let interest = Double(state.dot(vector) - state.bias[item])
      guard stream.uniform() < clickProbability(interest) else { continue }
      clicks.append(Click(step: step, item: Int32(item)))
      state.click(item, vector, topic: topics[item])
    }
    return (clicks, state.interest)
  }

  private func score(_ state: SyntheticUser, into scores: inout [Float]) {
    let count = settings.items
    scores.withUnsafeMutableBufferPointer { scores in
      for item in 0..<count { scores[item] = -state.bias[item] }
      itemColumns.withUnsafeBufferPointer { columns in
        for k in 0..<width {
          let weight = state.interest[k]
          let column = UnsafeBufferPointer(rebasing: columns[k * count..<(k + 1) * count])
          for item in 0..<count { scores[item] += weight * column[item] }
        }
      }
    }
  }

  private static func firstLargest(_ values: [Float]) -> Int {
    var best = 0
    for index in values.indices where values[index] > values[best] { best = index }
    return best
  }

  /// Clipped normal values, each topic's two scaled by the topic's share.
  private static func draw(_ topics: Int, _ stream: inout RandomStream) -> [Float] {
    let values = (0..<2 * topics).map { _ in min(1, max(-1, 0.4 * stream.normal())) }
    let shares = (0..<topics).map { _ in stream.uniform() }
    let sum = shares.reduce(0, +)
    return values.enumerated().map { Float($1 * shares[$0 / 2] / max(sum, .leastNormalMagnitude)) }
  }

  private static func unit(_ vector: [Float]) -> [Float] {
    let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
    return length > 0 ? vector.map { $0 / length } : vector
  }
}
