/// Philox4x32-10, a counter-based random generator: 128 random bits as a pure function of a counter and a key.
///
/// Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC'11, section 3.3.
public enum Philox {
  /// The four words for a counter and a key.
  public static func block(
    counter: (UInt32, UInt32, UInt32, UInt32), key: UInt64
  ) -> (UInt32, UInt32, UInt32, UInt32) {
    var c = counter
    var k0 = UInt32(truncatingIfNeeded: key)
    var k1 = UInt32(truncatingIfNeeded: key >> 32)
    for _ in 0..<10 {
      let a = (0xD251_1F53 as UInt32).multipliedFullWidth(by: c.0)
      let b = (0xCD9E_8D57 as UInt32).multipliedFullWidth(by: c.2)
      c = (b.high ^ c.1 ^ k0, b.low, a.high ^ c.3 ^ k1, a.low)
      k0 &+= 0x9E37_79B9
      k1 &+= 0xBB67_AE85
    }
    return c
  }
}
