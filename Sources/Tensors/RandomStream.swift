import Foundation

/// What random numbers are for. The name goes into the key, so it must never change.
public struct Purpose: Sendable, Hashable {
  /// A stable name.
  public let name: String

  /// A purpose of your own.
  public init(_ name: String) { self.name = name }

  /// First values of parameters.
  public static let initialization = Purpose("initialization")
  /// Dropout masks.
  public static let dropout = Purpose("dropout")
  /// The order of training examples.
  public static let shuffle = Purpose("shuffle")
  /// Negative samples.
  public static let negatives = Purpose("negatives")
  /// Augmented views of sequences.
  public static let augmentation = Purpose("augmentation")
  /// Clustering.
  public static let kMeans = Purpose("k-means")
  /// Simulated clicks.
  public static let click = Purpose("click")
  /// The choice of target items.
  public static let targets = Purpose("targets")
}

/// A reproducible sequence of random numbers, identified by (seed, purpose, three words).
///
/// Counter-based (`Philox`): streams with different identities are independent, creating one costs nothing, and
/// what one stream has consumed never moves another. The words are typically a user, a target and a round.
///
/// ```swift
/// var stream = RandomStream(seed: 1, purpose: .click, user, target, round)
/// let clicked = stream.uniform() < probability
/// ```
public struct RandomStream: Sendable, RandomNumberGenerator {
  let key: UInt64
  private let words: (UInt32, UInt32, UInt32)
  private var block: UInt32 = 0
  private var buffer: (UInt32, UInt32, UInt32, UInt32) = (0, 0, 0, 0)
  private var used = 4

  /// The stream of a seed, a purpose and up to three words.
  public init(seed: UInt64, purpose: Purpose, _ a: UInt32 = 0, _ b: UInt32 = 0, _ c: UInt32 = 0) {
    var hash = Fingerprint()
    hash.add(seed)
    for byte in purpose.name.utf8 { hash.add(byte) }
    self.init(key: hash.value, (a, b, c))
  }

  private init(key: UInt64, _ words: (UInt32, UInt32, UInt32)) {
    self.key = key
    self.words = words
  }

  /// A stream derived from this one's identity and further words, whatever this one has consumed.
  public func keyed(_ a: UInt32, _ b: UInt32 = 0, _ c: UInt32 = 0) -> RandomStream {
    var hash = Fingerprint()
    for word in [key, UInt64(words.0), UInt64(words.1), UInt64(words.2), UInt64(a), UInt64(b), UInt64(c)] {
      hash.add(word)
    }
    return RandomStream(key: hash.value, (0, 0, 0))
  }

  /// A stream derived from this one for another purpose.
  public func keyed(_ purpose: Purpose) -> RandomStream {
    var hash = Fingerprint()
    for word in [key, UInt64(words.0), UInt64(words.1), UInt64(words.2)] { hash.add(word) }
    for byte in purpose.name.utf8 { hash.add(byte) }
    return RandomStream(key: hash.value, (0, 0, 0))
  }

  /// 32 random bits.
  public mutating func nextUInt32() -> UInt32 {
    if used == 4 {
      buffer = Philox.block(counter: (block, words.0, words.1, words.2), key: key)
      block += 1
      used = 0
    }
    used += 1
    switch used {
    case 1: return buffer.0
    case 2: return buffer.1
    case 3: return buffer.2
    default: return buffer.3
    }
  }

  /// 64 random bits, the first draw in the low half.
  public mutating func nextUInt64() -> UInt64 {
    let low = UInt64(nextUInt32())
    return low | UInt64(nextUInt32()) << 32
  }

  /// 64 random bits: the requirement of `RandomNumberGenerator`.
  public mutating func next() -> UInt64 { nextUInt64() }

  /// Uniform in [0, 1), 53 bits.
  public mutating func uniform() -> Double { Double(nextUInt64() >> 11) * 0x1p-53 }

  /// Uniform in 0 ..< bound, without bias.
  ///
  /// Source: Lemire, "Fast random integer generation in an interval", TOMACS 2019, algorithm 5.
  public mutating func uniform(below bound: Int) -> Int {
    precondition(bound > 0, "uniform(below:): the bound must be positive, it is \(bound).")
    let size = UInt64(bound)
    var product = nextUInt64().multipliedFullWidth(by: size)
    if product.low < size {
      let rejected = (0 &- size) % size
      while product.low < rejected { product = nextUInt64().multipliedFullWidth(by: size) }
    }
    return Int(product.high)
  }

  /// Normal with mean 0 and variance 1 (Box–Muller; the second value is discarded, so that one call is always
  /// two 64-bit draws).
  public mutating func normal() -> Double {
    let radius = (-2 * log(1 - uniform())).squareRoot()
    return radius * cos(2 * .pi * uniform())
  }

  /// A random order of `array`, in place (Fisher–Yates).
  public mutating func shuffle<T>(_ array: inout [T]) {
    for last in stride(from: array.count - 1, to: 0, by: -1) {
      array.swapAt(last, uniform(below: last + 1))
    }
  }

  /// `count` distinct numbers from 0 ..< n in random order; memory O(count).
  public mutating func sample(_ count: Int, of n: Int) -> [Int] {
    precondition(count >= 0 && count <= n, "sample: \(count) distinct numbers of \(n) do not exist.")
    var moved: [Int: Int] = [:]
    return (0..<count).map { i in
      let j = i + uniform(below: n - i)
      let picked = moved[j] ?? j
      moved[j] = moved[i] ?? i
      return picked
    }
  }
}

/// FNV-1a, 64 bits.
private struct Fingerprint {
  var value: UInt64 = 0xcbf2_9ce4_8422_2325

  mutating func add(_ byte: UInt8) { value = (value ^ UInt64(byte)) &* 0x100_0000_01b3 }

  mutating func add(_ word: UInt64) {
    for shift in stride(from: 0, to: 64, by: 8) { add(UInt8(truncatingIfNeeded: word >> UInt64(shift))) }
  }
}
