import Foundation

/// A coordinate with the precision a screen can show.
func px(_ value: Double) -> String {
  let text = String(format: "%.1f", value)
  return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
}

/// Where rounds and values lie in a chart, and the axes that say so.
struct ChartScale {
  let left: Double
  let right: Double
  let top: Double
  let bottom: Double
  private let rounds: ClosedRange<Int>
  private let values: ClosedRange<Double>
  private let ticks: [Double]

  /// A scale that shows all points of some lines with their bands.
  init(lines: [ChartLine], left: Double, right: Double, top: Double, bottom: Double) {
    (self.left, self.right, self.top, self.bottom) = (left, right, top, bottom)
    let points = lines.flatMap(\.points)
    rounds = (points.map(\.round).min() ?? 0)...max(points.map(\.round).max() ?? 1, 1)
    let edges = points.flatMap { [$0.mean - ($0.deviation ?? 0), $0.mean + ($0.deviation ?? 0)] }.filter(
      \.isFinite)
    let (low, high) = (min(0, edges.min() ?? 0), max(0, edges.max() ?? 1))
    // Air above and below what is drawn, but none beyond an axis that is a bound.
    let air = 0.05 * (high > low ? high - low : 1)
    values = (low < 0 ? low - air : 0)...(high > 0 || low == high ? high + air : 0)
    ticks = Self.ticks(in: values)
  }

  /// Place of a round.
  func x(_ round: Int) -> Double {
    let span = Double(max(1, rounds.upperBound - rounds.lowerBound))
    return left + (right - left) * Double(round - rounds.lowerBound) / span
  }

  /// Place of a value; larger is higher.
  func y(_ value: Double) -> Double {
    bottom - (bottom - top) * (value - values.lowerBound) / (values.upperBound - values.lowerBound)
  }

  /// Axes with numbers; the line of zero is stronger.
  ///
  /// - Parameter unit: names the vertical axis; nil names neither, for a small panel.
  func axes(unit: String?) -> HTML {
    let decimals = max(0, -Int(log10(step).rounded(.down)))
    let horizontal: [HTML] = ticks.map { tick in
      let kind: HTML = abs(tick) < step / 2 ? "zero" : "grid"
      return """
        <line class="\(kind)" x1="\(px(left))" x2="\(px(right))" y1="\(px(y(tick)))" y2="\(px(y(tick)))"/>
        <text class="tick" text-anchor="end" x="\(px(left - 7))" y="\(px(y(tick) + 4))">\(
          NumberText.fixed(tick, decimals: decimals))</text>

        """
    }
    let every = max(1, Int(Self.niceStep(Double(rounds.upperBound - rounds.lowerBound) / 10)))
    let shown = rounds.filter { $0 % every == 0 || $0 == rounds.lowerBound && $0 + every / 2 < every }
    let vertical: [HTML] = shown.map { round in
      """
      <text class="tick" text-anchor="middle" x="\(px(x(round)))" y="\(px(bottom + 17))">\(round)</text>

      """
    }
    guard let unit else { return "\(horizontal)\(vertical)" }
    return """
      \(horizontal)\(vertical)
      <text class="axis" text-anchor="middle" x="\(px((left + right) / 2))" y="\(px(bottom + 34))">round</text>
      <text class="axis" text-anchor="middle" transform="rotate(-90)" x="\(px(-(top + bottom) / 2))" y="12">\(
        unit)</text>
      """
  }

  private var step: Double { ticks.count > 1 ? ticks[1] - ticks[0] : 1 }

  /// About five round numbers inside a range.
  static func ticks(in range: ClosedRange<Double>) -> [Double] {
    let step = niceStep((range.upperBound - range.lowerBound) / 6)
    let first = Int((range.lowerBound / step - 1e-9).rounded(.up))
    let last = Int((range.upperBound / step + 1e-9).rounded(.down))
    return (first...max(last, first)).map { Double($0) * step }
  }

  /// The smallest of 1, 2, 5, 10, … times a power of ten that is not below a value.
  private static func niceStep(_ value: Double) -> Double {
    guard value > 0, value.isFinite else { return 1 }
    let power = pow(10, log10(value).rounded(.down))
    return ([1, 2, 5, 10].first { $0 * power >= value * (1 - 1e-9) } ?? 10) * power
  }
}
