/// What a recommender knows of a user at one moment.
public struct UserHistory: Sendable {
  /// User index.
  public let user: Int32
  /// Items from before the study, oldest first.
  public let past: ArraySlice<Int32>
  /// Items clicked during the study, oldest first.
  public var clicked: [Int32]
  /// The target, for encoders that look where the path leads.
  public var target: Int32?

  /// A history; `clicked` is empty before the first round.
  public init(user: Int32, past: ArraySlice<Int32>, clicked: [Int32] = [], target: Int32? = nil) {
    self.user = user
    self.past = past
    self.clicked = clicked
    self.target = target
  }

  /// Number of items in all.
  public var count: Int { past.count + clicked.count }

  /// The newest `length` items, oldest of them first.
  public func latest(_ length: Int) -> [Int32] {
    let fromClicked = clicked.suffix(length)
    return past.suffix(length - fromClicked.count) + fromClicked
  }
}
