import Foundation

/// SHA-256 (FIPS 180-4), for run identities, data fingerprints and checksums of downloads.
///
/// Foundation has no hash that is stable between processes, and Beckon depends on no package.
public struct SHA256: Sendable {
  private var state: SIMD8<UInt32> = [
    0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19,
  ]
  /// The beginning of a block of 64 bytes that is not full yet.
  private var pending: [UInt8] = []
  private var length: UInt64 = 0

  /// A hash of nothing so far.
  public init() { pending.reserveCapacity(64) }

  /// Appends bytes to the message.
  public mutating func update(_ bytes: some Collection<UInt8>) {
    let isDone: Void? = bytes.withContiguousStorageIfAvailable { absorb(UnsafeRawBufferPointer($0)) }
    if isDone == nil { Array(bytes).withUnsafeBytes { absorb($0) } }
  }

  /// Appends the bytes of numbers as they lie in memory, the lowest first on every machine that Beckon runs on.
  public mutating func update(bytesOf numbers: [some FixedWidthInteger]) {
    numbers.withUnsafeBytes { absorb($0) }
  }

  /// Whole blocks are compressed where they lie; only what begins or ends within one is copied.
  private mutating func absorb(_ bytes: UnsafeRawBufferPointer) {
    length += UInt64(bytes.count)
    var rest = bytes[...]
    if !pending.isEmpty {
      let missing = rest.prefix(64 - pending.count)
      pending.append(contentsOf: missing)
      rest = rest.dropFirst(missing.count)
      guard pending.count == 64 else { return }
      pending.withUnsafeBytes { Self.compress($0, into: &state) }
      pending.removeAll(keepingCapacity: true)
    }
    while rest.count >= 64 {
      Self.compress(UnsafeRawBufferPointer(rebasing: rest.prefix(64)), into: &state)
      rest = rest.dropFirst(64)
    }
    pending.append(contentsOf: rest)
  }

  /// Appends the UTF-8 of a text and a separator, so that `"ab", "c"` differs from `"a", "bc"`.
  public mutating func update(field text: String) {
    update((text + "\0").utf8)
  }

  /// The digest of everything appended so far: 64 lowercase hexadecimal digits.
  public var hexadecimal: String {
    var copy = self
    copy.finish()
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    for word in copy.state.indices.map({ copy.state[$0] }) {
      for shift in stride(from: 28, through: 0, by: -4) {
        text.append(digits[Int(word >> UInt32(shift)) & 15])
      }
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// The digest of one message.
  public static func hexadecimal(of bytes: some Collection<UInt8>) -> String {
    var hash = SHA256()
    hash.update(bytes)
    return hash.hexadecimal
  }

  /// The digest of several texts, each ended by a separator.
  public static func hexadecimal(ofFields fields: [String]) -> String {
    var hash = SHA256()
    for field in fields { hash.update(field: field) }
    return hash.hexadecimal
  }

  /// The digest of a file, read piece by piece.
  ///
  /// - Throws: what reading throws.
  public static func hexadecimal(contentsOf file: URL) throws -> String {
    let handle = try FileHandle(forReadingFrom: file)
    defer { try? handle.close() }
    var hash = SHA256()
    while let data = try handle.read(upToCount: 1 << 20), !data.isEmpty { hash.update(data) }
    return hash.hexadecimal
  }

  private mutating func finish() {
    let bits = length &* 8
    let zeros = (119 - pending.count) % 64
    let end = (0..<8).map { UInt8(truncatingIfNeeded: bits >> UInt64(56 - 8 * $0)) }
    update([0x80] + [UInt8](repeating: 0, count: zeros) + end)
  }

  /// One block of 64 bytes.
  private static func compress(_ block: UnsafeRawBufferPointer, into state: inout SIMD8<UInt32>) {
    withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 64) { w in
      for i in 0..<16 {
        w[i] = UInt32(bigEndian: block.loadUnaligned(fromByteOffset: 4 * i, as: UInt32.self))
      }
      for i in 16..<64 {
        let s0 = rotate(w[i - 15], 7) ^ rotate(w[i - 15], 18) ^ (w[i - 15] >> 3)
        let s1 = rotate(w[i - 2], 17) ^ rotate(w[i - 2], 19) ^ (w[i - 2] >> 10)
        w[i] = w[i - 16] &+ s0 &+ w[i - 7] &+ s1
      }
      constants.withUnsafeBufferPointer { constants in
        var (a, b, c, d) = (state[0], state[1], state[2], state[3])
        var (e, f, g, h) = (state[4], state[5], state[6], state[7])
        // Eight rounds bring every variable back to its place, so that none is ever moved.
        for i in stride(from: 0, to: 64, by: 8) {
          round(a, b, c, &d, e, f, g, &h, constants[i] &+ w[i])
          round(h, a, b, &c, d, e, f, &g, constants[i + 1] &+ w[i + 1])
          round(g, h, a, &b, c, d, e, &f, constants[i + 2] &+ w[i + 2])
          round(f, g, h, &a, b, c, d, &e, constants[i + 3] &+ w[i + 3])
          round(e, f, g, &h, a, b, c, &d, constants[i + 4] &+ w[i + 4])
          round(d, e, f, &g, h, a, b, &c, constants[i + 5] &+ w[i + 5])
          round(c, d, e, &f, g, h, a, &b, constants[i + 6] &+ w[i + 6])
          round(b, c, d, &e, f, g, h, &a, constants[i + 7] &+ w[i + 7])
        }
        state &+= SIMD8(a, b, c, d, e, f, g, h)
      }
    }
  }

  @inline(__always)
  private static func round(
    _ a: UInt32, _ b: UInt32, _ c: UInt32, _ d: inout UInt32, _ e: UInt32, _ f: UInt32, _ g: UInt32,
    _ h: inout UInt32, _ word: UInt32
  ) {
    let s1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)
    let first = h &+ s1 &+ ((e & f) ^ (~e & g)) &+ word
    let s0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)
    d &+= first
    h = first &+ s0 &+ ((a & b) ^ (a & c) ^ (b & c))
  }

  /// The first 32 bits of the fractional parts of the cube roots of the first 64 primes.
  private static let constants: [UInt32] = {
    var primes: [UInt64] = []
    var candidate: UInt64 = 2
    while primes.count < 64 {
      if primes.allSatisfy({ candidate % $0 != 0 }) { primes.append(candidate) }
      candidate += 1
    }
    return primes.map { prime in
      // The largest r with r³ ≤ p·2⁹⁶, by bisection in exact integers; its low 32 bits are the constant.
      var low: UInt64 = 0
      var high: UInt64 = 1 << 36
      while high - low > 1 {
        let middle = (low + high) / 2
        let square = middle.multipliedFullWidth(by: middle)
        let lowProduct = square.low.multipliedFullWidth(by: middle)
        let highProduct = square.high &* middle &+ lowProduct.high
        if highProduct < prime << 32 || (highProduct == prime << 32 && lowProduct.low == 0) {
          low = middle
        } else {
          high = middle
        }
      }
      return UInt32(truncatingIfNeeded: low)
    }
  }()
}

private func rotate(_ x: UInt32, _ n: UInt32) -> UInt32 { x >> n | x << (32 - n) }
