import Foundation

/// A coordinate with the precision a screen can show.
func px(_ value: Double) -> String {
  let text = String(format: "%.1f", value)
  return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
}

/// Where points lie in a chart, and the axes that say so.
struct ChartScale {
  let left: Double
  let right: Double
  let top: Double
  let bottom: Double
  private let axis: ChartAxis
  private let values: ValueRange

  /// A scale that shows all points of some lines with their intervals. Those of a few seeds can be so wide that nothing
  /// else would be seen: they get at most as much room on either side as the means take.
  init(
    lines: [ChartLine], axis: ChartAxis, zero: ValueRange.Zero = .always, left: Double, right: Double,
    top: Double, bottom: Double
  ) {
    (self.left, self.right, self.top, self.bottom) = (left, right, top, bottom)
    self.axis = axis
    let points = lines.flatMap(\.points).filter(\.mean.isFinite)
    let means = points.map(\.mean)
    let (low, high) = (means.min() ?? 0, means.max() ?? 1)
    let room = high > low ? high - low : .infinity
    let edges = points.flatMap { [$0.mean - ($0.halfWidth ?? 0), $0.mean + ($0.halfWidth ?? 0)] }
    values = ValueRange(edges.map { min(max($0, low - room), high + room) }, zero: zero)
  }

  /// Place of a round, or whatever the horizontal axis counts.
  func x(_ value: Double) -> Double { left + (right - left) * axis.place(value) }

  /// Place of a value; larger is higher.
  func y(_ value: Double) -> Double { bottom - (bottom - top) * values.place(value) }

  /// A vertical place, or the edge that it lies beyond.
  func cut(_ y: Double) -> Double { min(max(y, top), bottom) }

  /// Axes with numbers; the line of zero is stronger.
  ///
  /// - Parameter unit: names the vertical axis; nil names neither, for a small panel.
  func axes(unit: String?) -> HTML {
    let horizontal = values.ticks.map { tick -> HTML in
      let kind: HTML = values.isZero(tick) ? "zero" : "grid"
      return """
        <line class="\(kind)" x1="\(px(left))" x2="\(px(right))" y1="\(px(y(tick)))" y2="\(px(y(tick)))"/>
        <text class="tick" text-anchor="end" x="\(px(left - 7))" y="\(px(y(tick) + 4))">\(
          values.label(tick))</text>

        """
    }
    let vertical = apart(axis.ticks).map { value, label -> HTML in
      """
      <text class="tick" text-anchor="middle" x="\(px(x(value)))" y="\(px(bottom + 17))">\(label)</text>

      """
    }
    guard let unit else { return "\(horizontal)\(vertical)" }
    return """
      \(horizontal)\(vertical)
      <text class="axis" text-anchor="middle" x="\(px((left + right) / 2))" y="\(px(bottom + 34))">\(
        axis.title)</text>
      <text class="axis" text-anchor="middle" transform="rotate(-90)" x="\(px(-(top + bottom) / 2))" y="12">\(
        unit)</text>
      """
  }

  /// Labels that do not run into the one before them.
  private func apart(_ ticks: [(value: Double, label: String)]) -> [(value: Double, label: String)] {
    var end = -Double.infinity
    return ticks.filter { value, label in
      let half = 3.2 * Double(label.count)
      guard x(value) - half > end + 3 else { return false }
      end = x(value) + half
      return true
    }
  }
}
