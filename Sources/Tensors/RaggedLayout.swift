/// How sequences of different lengths lie in the rows of one matrix: one after the other, without padding.
///
/// Token t of sequence s is row `offsets[s] + t`.
public struct RaggedLayout: Sendable, Equatable {
  /// First row of each sequence, and the number of rows at the end: `[sequences + 1]`, ascending from 0.
  public let offsets: [Int]
  /// Leading pad rows of each sequence that are actually materialised; normally all 0.
  public let pads: [Int]
  /// Whether the last row of each sequence is a pad token used as a query, which does not see itself; empty
  /// means nowhere.
  public let lastIsBlind: [Bool]

  /// From offsets.
  public init(offsets: [Int], pads: [Int]? = nil, lastIsBlind: [Bool] = []) {
    precondition(
      offsets.first == 0 && zip(offsets, offsets.dropFirst()).allSatisfy { $0 <= $1 },
      "RaggedLayout: offsets must ascend from 0.")
    self.offsets = offsets
    self.pads = pads ?? [Int](repeating: 0, count: offsets.count - 1)
    self.lastIsBlind = lastIsBlind
    precondition(
      self.pads.count == offsets.count - 1 && (lastIsBlind.isEmpty || lastIsBlind.count == self.pads.count),
      "RaggedLayout: pads and lastIsBlind need an entry for each of the \(offsets.count - 1) sequences.")
  }

  /// From the lengths of the sequences.
  public init(lengths: [Int], pads: [Int]? = nil, lastIsBlind: [Bool] = []) {
    var offsets = [0]
    offsets.reserveCapacity(lengths.count + 1)
    for length in lengths { offsets.append((offsets.last ?? 0) + length) }
    self.init(offsets: offsets, pads: pads, lastIsBlind: lastIsBlind)
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
}
