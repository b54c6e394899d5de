/// Sequences as the rows a transformer computes: no padding, unless a published behaviour needs its rows.
///
/// Item rows are item index + 1; row 0 is the pad. Positions are slots of a window of `length`, the newest item
/// in the last one, so packed rows see the position embeddings of a left-padded window.
public struct TokenBatch: Sendable {
  /// Row of the item table for each token.
  public private(set) var items: [Int32] = []
  /// Slot of each token.
  public private(set) var positions: [Int32] = []
  /// Tokens that others may attend to: pads may not be.
  private var isKey: [Bool] = []
  private var lengths: [Int] = []

  /// Where sequences begin and end, and which tokens are keys.
  public var layout: RaggedLayout { RaggedLayout(lengths: lengths, isKey: isKey) }

  /// Indices of the tokens that are items.
  public var keyRows: [Int] { isKey.indices.filter { isKey[$0] } }

  /// Where pads stand in a window that is longer than its history.
  public enum Padding: String, Choice {
    /// Before the items, as in training.
    case left
    /// Behind the items known before the study, as in the released ITMPRec loop: the newest slot is then a pad, and
    /// clicks come after the pads.
    case right
  }

  /// The newest `length` items of each sequence.
  ///
  /// - Parameters:
  ///   - sequences: items, oldest first; `nil` stands for a pad.
  ///   - length: slots of a window.
  ///   - keepingPads: makes a row of every slot, for code that averages over pads.
  public init(_ sequences: [[Int32?]], length: Int, keepingPads: Bool) {
    for sequence in sequences {
      let window = sequence.suffix(length)
      let missing = length - window.count
      append(Array(repeating: nil, count: missing) + window) { _ in keepingPads }
    }
  }

  /// The newest `length` items of histories, padded as each history asks.
  ///
  /// - Parameters:
  ///   - histories: one a row.
  ///   - length: slots of a window.
  ///   - keepingPads: makes a row of every slot; otherwise only the last slot is one even if it is a pad, since it is
  ///     the one asked for.
  public init(_ histories: [UserHistory], length: Int, keepingPads: Bool = false) {
    for history in histories {
      append(history.slots(length)) { keepingPads || $0 == length - 1 }
    }
  }

  /// Tokens in all.
  public var count: Int { items.count }

  /// Index of the first token of each sequence, and the number of tokens at the end.
  public var offsets: [Int] { layout.offsets }

  private mutating func append(_ slots: [Int32?], keepingPad: (_ slot: Int) -> Bool) {
    var length = 0
    for (slot, item) in slots.enumerated() where item != nil || keepingPad(slot) {
      items.append(item.map { $0 + 1 } ?? 0)
      positions.append(Int32(slot))
      isKey.append(item != nil)
      length += 1
    }
    lengths.append(length)
  }
}

extension UserHistory {
  /// A window of `length` slots, the newest last, padded as the history asks; `nil` stands for a pad.
  public func slots(_ length: Int) -> [Int32?] {
    let past = past.suffix(length).map { Optional($0) }
    let gap = [Int32?](repeating: nil, count: length - past.count)
    let clicked = clicked.suffix(length).map { Optional($0) }
    return Array((padding == .right ? past + gap + clicked : gap + past + clicked).suffix(length))
  }
}
