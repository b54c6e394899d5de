internal import CKernels

/// Which elements dropout keeps: a pure function of a key and the element's number.
///
/// The rate is rounded to a multiple of 2⁻¹⁶ (an error of at most 8e-6) and the kept elements are scaled by the
/// exact reciprocal of the rounded keeping probability, so the expectation is unchanged.
public struct DropoutBits: Sendable, Equatable {
  /// Philox key.
  public var key: UInt64
  /// Rate × 65536; 0 switches dropout off.
  public var threshold: UInt32

  /// No dropout.
  public static let none = DropoutBits(key: 0, threshold: 0)

  init(key: UInt64, threshold: UInt32) {
    self.key = key
    self.threshold = threshold
  }

  /// - Parameter rate: chance that an element is dropped, in [0, 1).
  init(stream: RandomStream, rate: Double) {
    precondition(rate >= 0 && rate < 1, "dropout: rate \(rate) is outside [0, 1).")
    self.init(key: stream.key, threshold: min(65535, UInt32((rate * 65536).rounded())))
  }

  /// Factor on the kept elements.
  public var keepScale: Double { 65536 / Double(65536 - threshold) }

  /// Bytes 1 (keep) or 0 for `count` elements from block `block`, eight elements a block.
  func fill(_ count: Int, block: Int, _ c1: UInt32, _ c2: UInt32, into mask: UnsafeMutablePointer<UInt8>) {
    bk_philox_mask(count, key, UInt32(truncatingIfNeeded: block), c1, c2, threshold, mask)
  }
}
