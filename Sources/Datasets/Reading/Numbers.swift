import Beckon

/// Numbers read from bytes.
enum Numbers {
  /// Powers of ten that `Double` holds exactly.
  private static let powers: [Double] = (0...22).map { exponent in
    (0..<exponent).reduce(1.0) { value, _ in value * 10 }
  }

  /// The number a field spells, or nil. Finite numbers only; spaces around it are accepted.
  ///
  /// Up to 15 digits and no exponent are exact as a whole number over a power of ten: one correctly rounded
  /// division, the same value as the slow path.
  static func real(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> Double? {
    var mantissa: Int64 = 0
    var digits = 0
    var fraction = -1
    var place = bytes.startIndex
    let negative = place < bytes.endIndex && bytes[place] == UInt8(ascii: "-")
    if negative { place += 1 }
    while place < bytes.endIndex {
      let byte = bytes[place]
      if byte &- 0x30 < 10, digits < 15 {
        mantissa = mantissa * 10 + Int64(byte - 0x30)
        digits += 1
        if fraction >= 0 { fraction += 1 }
      } else if byte == UInt8(ascii: "."), fraction < 0 {
        fraction = 0
      } else {
        return slow(bytes)
      }
      place += 1
    }
    guard digits > 0 else { return slow(bytes) }
    let value = Double(mantissa) / powers[max(0, fraction)]
    return negative ? -value : value
  }

  /// The whole number a field spells, if it is in 1...Int32.max.
  static func positive(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> Int32? {
    var value: Int64 = 0
    guard !bytes.isEmpty, bytes.count <= 10 else { return nil }
    for byte in bytes {
      guard byte &- 0x30 < 10 else { return nil }
      value = value * 10 + Int64(byte - 0x30)
    }
    return value > 0 ? Int32(exactly: value) : nil
  }

  private static func slow(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> Double? {
    let text = String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespaces)
    guard let value = Double(text), value.isFinite else { return nil }
    // `Double` also reads hexadecimal, which no data file means.
    return text.utf8.contains { $0 == UInt8(ascii: "x") || $0 == UInt8(ascii: "X") } ? nil : value
  }
}
