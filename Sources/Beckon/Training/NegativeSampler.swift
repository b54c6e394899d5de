/// Draws items that a user has not met, uniformly.
public struct NegativeSampler: Sendable {
  /// What counts as met.
  public enum Scope: String, Choice {
    /// The user's whole sequence, held-out items included, as published trainers do. A held-out item is then never
    /// a negative, which tells the model a little about it.
    case outsideSequence = "outside-sequence"
    /// The training part only: nothing of the held-out items is told.
    case outsideTraining = "outside-training"
  }

  private let itemCount: Int
  private var isMet: [Bool]

  /// A sampler over items `0..<itemCount`.
  public init(itemCount: Int) {
    self.itemCount = itemCount
    isMet = [Bool](repeating: false, count: itemCount)
  }

  /// Independent draws outside the met items; anything at all if every item is met.
  public mutating func draw(
    _ count: Int, outside met: some Sequence<Int32>, stream: inout RandomStream
  ) -> [Int32] {
    var distinct = 0
    for item in met where !isMet[Int(item)] {
      isMet[Int(item)] = true
      distinct += 1
    }
    defer { for item in met { isMet[Int(item)] = false } }
    let allMet = distinct >= itemCount
    return (0..<count).map { _ in
      while true {
        let item = stream.uniform(below: itemCount)
        if allMet || !isMet[item] { return Int32(item) }
      }
    }
  }
}
