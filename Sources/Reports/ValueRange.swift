import Foundation

/// The values that an axis shows, with about five round numbers among them.
struct ValueRange {
  /// Whether an axis must reach 0.
  enum Zero {
    case always
    /// Only where the values vary by half of their size or more: a line does not need it as a bar does.
    case ifNear
  }

  let bounds: ClosedRange<Double>
  let ticks: [Double]

  /// A range that holds some values, with air around them, but none beyond a 0 that bounds them.
  init(_ values: [Double], zero: Zero) {
    let finite = values.filter(\.isFinite)
    var (low, high) = (finite.min() ?? 0, finite.max() ?? 1)
    if zero == .always || high - low >= max(abs(low), abs(high)) / 2 {
      (low, high) = (min(0, low), max(0, high))
    }
    let size = high > low ? high - low : abs(high) > 0 ? abs(high) : 1
    let air = 0.05 * size
    bounds = (low == 0 ? 0 : low - air)...(high == 0 && low < 0 ? 0 : high + air)
    ticks = Self.ticks(in: bounds)
  }

  /// Where a value lies: 0 at the lower bound, 1 at the upper.
  func place(_ value: Double) -> Double {
    (value - bounds.lowerBound) / (bounds.upperBound - bounds.lowerBound)
  }

  /// The text of a tick, as precise as their distance asks for.
  func label(_ tick: Double) -> String {
    NumberText.fixed(tick, decimals: max(0, -Int(log10(step).rounded(.down))))
  }

  /// Whether a tick is 0, as far as its text can tell.
  func isZero(_ tick: Double) -> Bool { abs(tick) < step / 2 }

  private var step: Double { ticks.count > 1 ? ticks[1] - ticks[0] : 1 }

  private static func ticks(in range: ClosedRange<Double>) -> [Double] {
    let step = niceStep((range.upperBound - range.lowerBound) / 6)
    let first = Int((range.lowerBound / step - 1e-9).rounded(.up))
    let last = Int((range.upperBound / step + 1e-9).rounded(.down))
    return (first...max(last, first)).map { Double($0) * step }
  }

  /// A step for whole numbers: at least 1.
  static func wholeStep(_ value: Double) -> Int { max(1, Int(niceStep(value))) }

  /// The smallest of 1, 2, 5, 10, … times a power of ten that is not below a value.
  private static func niceStep(_ value: Double) -> Double {
    guard value > 0, value.isFinite else { return 1 }
    let power = pow(10, log10(value).rounded(.down))
    return ([1, 2, 5, 10].first { $0 * power >= value * (1 - 1e-9) } ?? 10) * power
  }
}
