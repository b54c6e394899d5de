import Synchronization

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
  /// Where pads stand in a window that is longer than the history.
  public var padding: TokenBatch.Padding

  /// A history; `clicked` is empty before the first round.
  public init(
    user: Int32, past: ArraySlice<Int32>, clicked: [Int32] = [], target: Int32? = nil,
    padding: TokenBatch.Padding = .left
  ) {
    self.padding = padding
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

extension [UserHistory] {
  /// Rows for many users, computed block by block on all threads and put together in order.
  public func rowsInBlocks(
    of size: Int = 48, _ rows: @Sendable ([UserHistory]) throws -> Matrix<Float>
  ) throws -> Matrix<Float> {
    let parts = Mutex([Int: Matrix<Float>]())
    try Parallel.tryForEach(count, grain: size) { range in
      let part = try rows(Array(self[range]))
      parts.withLock { $0[range.lowerBound] = part }
    }
    let ordered = parts.withLock { $0 }.sorted { $0.key < $1.key }.map(\.value)
    return Matrix(rows: count, columns: ordered.first?.columns ?? 0, values: ordered.flatMap(\.values))
  }
}
