/// How sequences of different lengths lie in the rows of one matrix: one after the other, without padding.
///
/// Token t of sequence s is row `offsets[s] + t`.
public struct RaggedLayout: Sendable, Equatable {
  /// First row of each sequence, and the number of rows at the end: `[sequences + 1]`, ascending from 0.
  public let offsets: [Int]
  /// Which tokens others may attend to: pads that stand among the rows are no keys. Empty if all tokens are keys.
  public let isKey: [Bool]

  /// From offsets.
  public init(offsets: [Int], isKey: [Bool] = []) {
    precondition(
      offsets.first == 0 && zip(offsets, offsets.dropFirst()).allSatisfy { $0 <= $1 },
      "RaggedLayout: offsets must ascend from 0.")
    self.offsets = offsets
    self.isKey = isKey.contains(false) ? isKey : []
    precondition(
      isKey.isEmpty || isKey.count == offsets.last,
      "RaggedLayout: isKey needs an entry for each of the \(offsets.last ?? 0) tokens.")
  }

  /// From the lengths of the sequences.
  public init(lengths: [Int], isKey: [Bool] = []) {
    var offsets = [0]
    offsets.reserveCapacity(lengths.count + 1)
    for length in lengths { offsets.append((offsets.last ?? 0) + length) }
    self.init(offsets: offsets, isKey: isKey)
  }

  /// Number of sequences.
  public var sequences: Int { offsets.count - 1 }
  /// Number of rows.
  public var tokens: Int { offsets.last ?? 0 }
  /// Rows of sequence `s`.
  public func rows(of s: Int) -> Range<Int> { offsets[s]..<offsets[s + 1] }
  /// Number of rows of sequence `s`.
  public func length(of s: Int) -> Int { offsets[s + 1] - offsets[s] }
  /// The last row of each sequence; all sequences must have one.
  public var lastRows: [Int] {
    (0..<sequences).map { s in
      precondition(length(of: s) > 0, "RaggedLayout: sequence \(s) is empty and has no last row.")
      return offsets[s + 1] - 1
    }
  }

  /// The rows that the last token of each sequence attends to: its keys, or all rows of a sequence without any.
  ///
  /// - Returns: the rows, ascending, and how they lie by themselves.
  public var seenByLast: (rows: [Int], layout: RaggedLayout) {
    guard !isKey.isEmpty else { return (Array(0..<tokens), self) }
    let seen = (0..<sequences).map { s in
      let keys = rows(of: s).filter { isKey[$0] }
      return keys.isEmpty ? Array(rows(of: s)) : keys
    }
    return (seen.flatMap { $0 }, RaggedLayout(lengths: seen.map(\.count)))
  }
}
