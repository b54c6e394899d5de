import Beckon

/// One receptivity for everybody, always.
struct FixedArousal: ArousalPolicy {
  static let about = About(
    "fixed", "The same weight of the old vector for every user and round.",
    source: "IPG and ITMPRec w/o TIAC: ω = 0.8.")

  struct Configuration: Codable, Equatable, Sendable {
    /// Weight of the old vector when a click moves it, in [0, 1].
    var keep = 0.8
  }

  static let defaults = Configuration()
  let configuration: Configuration

  static func check(_ configuration: Configuration, _ checks: inout Checks) {
    checks.range("keep", configuration.keep, 0...1)
  }

  func keep(_ batch: UserBatch) throws -> [Float] {
    [Float](repeating: Float(configuration.keep), count: batch.count)
  }
}
