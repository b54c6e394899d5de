import Beckon

/// Numbers identifiers by first appearance, straight from the bytes: one probe and no `String` for an identifier
/// seen before.
struct IdentifierTable {
  private var slots: [Int32]
  private var hashes: [UInt64] = []
  private var ends: [Int] = []
  private var arena: [UInt8] = []

  init() { slots = [Int32](repeating: -1, count: 1024) }

  /// Identifiers so far.
  var count: Int { ends.count }

  /// The number of an identifier, and whether it is new.
  mutating func number(of bytes: Slice<UnsafeBufferPointer<UInt8>>) -> (number: Int32, isNew: Bool) {
    let bytes = UnsafeBufferPointer(rebasing: bytes)
    let hash = Self.hash(bytes)
    var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
    while slots[slot] >= 0 {
      let known = slots[slot]
      if hashes[Int(known)] == hash, matches(Int(known), bytes) { return (known, false) }
      slot = (slot + 1) & (slots.count - 1)
    }
    let new = Int32(ends.count)
    slots[slot] = new
    hashes.append(hash)
    arena.append(contentsOf: bytes)
    ends.append(arena.count)
    if 2 * ends.count > slots.count { grow() }
    return (new, true)
  }

  /// The number of an identifier, and whether it is new.
  mutating func number(of text: String) -> (number: Int32, isNew: Bool) {
    var text = text
    return text.withUTF8 { number(of: $0[...]) }
  }

  private func matches(_ index: Int, _ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    let start = index == 0 ? 0 : ends[index - 1]
    guard ends[index] - start == bytes.count else { return false }
    for offset in bytes.indices where arena[start + offset] != bytes[offset] { return false }
    return true
  }

  private mutating func grow() {
    slots = [Int32](repeating: -1, count: 2 * slots.count)
    for (index, hash) in hashes.enumerated() {
      var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
      while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
      slots[slot] = Int32(index)
    }
  }

  /// FNV-1a, its high bits folded down because a power of two of slots looks at the low ones.
  private static func hash(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return hash ^ (hash >> 29)
  }
}
