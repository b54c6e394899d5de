/// A line of a chart.
struct ChartLine {
  /// Mean at one round or setting, and how far the seeds lie apart.
  struct Point {
    let x: Double
    let mean: Double
    /// Half the width of the 95 % interval over the seeds; nil for a single seed.
    let halfWidth: Double?
  }

  let name: String
  let points: [Point]
  /// Place in the palette; nil for a line in the background, or one that belongs to no single variant.
  let colour: Int?
  /// Whether this is a run without guidance: dashed, without a band.
  let isTwin: Bool
  /// Variants that the line belongs to: a twin may have several.
  let variants: [String]
  /// Pixels to the right of its place, so that the whiskers of several lines do not cover each other.
  var shift = 0.0
}

extension ChartLine {
  /// Class of the stroke.
  var style: HTML {
    let colour: HTML = self.colour.map { "c\($0)" } ?? "plain"
    return isTwin ? "\(colour) twin" : colour
  }

  /// The line through the means.
  func path(_ scale: ChartScale) -> HTML {
    let steps = points.map { "\(px(scale.x($0.x) + shift)) \(px(scale.y($0.mean)))" }
    return "<path class=\"line \(style)\" d=\"\("M" + steps.joined(separator: "L"))\"/>\n"
  }

  /// The intervals as a band, cut at the edges of the chart: for points that lie close.
  func band(_ scale: ChartScale) -> HTML {
    guard points.contains(where: { ($0.halfWidth ?? 0) > 0 }) else { return .empty }
    func edge(_ sign: Double) -> [String] {
      points.map { "\(px(scale.x($0.x))) \(px(scale.cut(scale.y($0.mean + sign * ($0.halfWidth ?? 0)))))" }
    }
    let outline = edge(1) + edge(-1).reversed()
    return "<path class=\"band \(style)\" d=\"\("M" + outline.joined(separator: "L") + "Z")\"/>\n"
  }

  /// A dot at each mean with its interval as a whisker, cut at the edges of the chart: for points that were measured
  /// each by itself. A line in the background has small dots alone.
  func dots(_ scale: ChartScale) -> HTML {
    let radius = colour == nil ? "2" : "3.5"
    let marks = points.map { point -> HTML in
      let x = scale.x(point.x) + shift
      let dot: HTML = """
        <circle class="dot \(style)" cx="\(px(x))" cy="\(px(scale.y(point.mean)))" r="\(radius)"/>

        """
      guard colour != nil, let half = point.halfWidth, half > 0 else { return dot }
      let (high, low) = (px(scale.cut(scale.y(point.mean + half))), px(scale.cut(scale.y(point.mean - half))))
      let (left, right) = (px(x - 4), px(x + 4))
      return """
        <path class="whisker \(style)" d="M\(left) \(high)H\(right)M\(px(x)) \(high)V\(low)M\(left) \(low)H\(right)"/>
        \(dot)
        """
    }
    return "\(marks)"
  }
}
