import Beckon

/// Numbers identifiers by first appearance, straight from the bytes: one look into memory and no `String` for an
/// identifier seen before.
///
/// Up to seven bytes, as most identifiers of users and items have, are their own key; of longer ones the key is a hash,
/// and the bytes are compared too.
struct IdentifierTable {
  private struct Slot {
    var key: UInt64
    /// −1 where the slot is free.
    var number: Int32
  }

  /// A power of two of them, at most three quarters of them taken; the place is looked for from the key's hash on.
  private var slots: [Slot]
  /// The bytes of the identifiers in their order, and where each ends.
  private var arena: [UInt8] = []
  private var ends: [Int] = []

  init() { slots = Self.free(1024) }

  private static func free(_ count: Int) -> [Slot] {
    [Slot](repeating: Slot(key: 0, number: -1), count: count)
  }

  /// Identifiers so far.
  var count: Int { ends.count }

  /// The number of an identifier, and whether it is new.
  mutating func number(of bytes: Slice<UnsafeBufferPointer<UInt8>>) -> (number: Int32, isNew: Bool) {
    let bytes = UnsafeBufferPointer(rebasing: bytes)
    let key = Self.key(bytes)
    var place = Self.place(of: key, in: slots.count)
    while slots[place].number >= 0 {
      let known = slots[place]
      if known.key == key, Self.isWhole(key) || matches(Int(known.number), bytes) {
        return (known.number, false)
      }
      place = (place + 1) & (slots.count - 1)
    }
    let new = Int32(ends.count)
    slots[place] = Slot(key: key, number: new)
    arena.append(contentsOf: bytes)
    ends.append(arena.count)
    if 4 * ends.count > 3 * slots.count { grow() }
    return (new, true)
  }

  /// The number of an identifier, and whether it is new.
  mutating func number(of text: String) -> (number: Int32, isNew: Bool) {
    var text = text
    return text.withUTF8 { number(of: $0[...]) }
  }

  private func matches(_ index: Int, _ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    let start = index == 0 ? 0 : ends[index - 1]
    return ends[index] - start == bytes.count && arena[start..<ends[index]].elementsEqual(bytes)
  }

  private mutating func grow() {
    let old = slots
    slots = Self.free(2 * old.count)
    for slot in old where slot.number >= 0 {
      var place = Self.place(of: slot.key, in: slots.count)
      while slots[place].number >= 0 { place = (place + 1) & (slots.count - 1) }
      slots[place] = slot
    }
  }

  /// Seven bytes and their count, which is below 8; or, with the highest bit set, FNV-1a.
  private static func key(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt64 {
    if bytes.count < 8 {
      return bytes.reduce(UInt64(bytes.count)) { $0 << 8 | UInt64($1) }
    }
    return bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 } | 1 << 63
  }

  /// Whether a key is the identifier itself.
  private static func isWhole(_ key: UInt64) -> Bool { key >> 63 == 0 }

  /// By the high half of a product, on which every bit of the key has its say.
  private static func place(of key: UInt64, in count: Int) -> Int {
    Int(truncatingIfNeeded: (key &* 0x9e37_79b9_7f4a_7c15) >> 32) & (count - 1)
  }
}
