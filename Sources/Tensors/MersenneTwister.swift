/// MT19937 as NumPy and Python seed and read it: for the draws that published code was run with.
///
/// Nothing of Beckon's own is drawn from it; that is what `RandomStream` is for.
///
/// Source: Matsumoto and Nishimura, "Mersenne Twister", TOMACS 1998, with the seeding and the 53-bit reals of their
/// revision of 2002.
public struct MersenneTwister: Sendable {
  private static let size = 624
  private static let middle = 397

  private var state: [UInt32]
  private var used = size

  /// As `numpy.random.RandomState(seed)`.
  public init(seed: UInt32) {
    state = [seed]
    for i in 1..<Self.size {
      let last = state[i - 1]
      state.append(1_812_433_253 &* (last ^ last >> 30) &+ UInt32(i))
    }
  }

  /// As Python's `random.seed(seed)` for an integer that is not negative.
  public init(pythonSeed seed: UInt64) {
    let key = seed >> 32 == 0 ? [UInt32(seed)] : [UInt32(truncatingIfNeeded: seed), UInt32(seed >> 32)]
    self.init(seed: 19_650_218)
    var i = 1
    func mixed(by factor: UInt32) -> UInt32 {
      let last = state[i - 1]
      return state[i] ^ (last ^ last >> 30) &* factor
    }
    func advance() {
      i += 1
      if i == Self.size {
        state[0] = state[Self.size - 1]
        i = 1
      }
    }
    for step in 0..<Self.size {
      state[i] = mixed(by: 1_664_525) &+ key[step % key.count] &+ UInt32(step % key.count)
      advance()
    }
    for _ in 1..<Self.size {
      state[i] = mixed(by: 1_566_083_941) &- UInt32(i)
      advance()
    }
    state[0] = 0x8000_0000
  }

  /// 32 random bits.
  public mutating func nextUInt32() -> UInt32 {
    if used == Self.size { twist() }
    var word = state[used]
    used += 1
    word ^= word >> 11
    word ^= word << 7 & 0x9d2c_5680
    word ^= word << 15 & 0xefc6_0000
    return word ^ word >> 18
  }

  private mutating func twist() {
    for i in state.indices {
      let joined = state[i] & 0x8000_0000 | state[(i + 1) % Self.size] & 0x7fff_ffff
      state[i] = state[(i + Self.middle) % Self.size] ^ joined >> 1 ^ (joined & 1) * 0x9908_b0df
    }
    used = 0
  }

  /// Uniform in [0, 1), 53 bits: `RandomState.rand()`, Python's `random.random()`.
  public mutating func uniform() -> Double {
    let (high, low) = (nextUInt32() >> 5, nextUInt32() >> 6)
    return (Double(high) * 67_108_864 + Double(low)) * 0x1p-53
  }

  /// Python's `random.shuffle(array)`, for fewer than 2³² elements.
  public mutating func pythonShuffle<T>(_ array: inout [T]) {
    for last in stride(from: array.count - 1, to: 0, by: -1) { array.swapAt(last, below(UInt32(last + 1))) }
  }

  /// Uniform in 0 ..< bound: as many of the upper bits as the bound has, until they are below it.
  private mutating func below(_ bound: UInt32) -> Int {
    while true {
      let draw = nextUInt32() >> UInt32(bound.leadingZeroBitCount)
      if draw < bound { return Int(draw) }
    }
  }
}
