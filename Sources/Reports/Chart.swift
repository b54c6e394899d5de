import Foundation

/// A chart of lines over rounds or settings, as SVG that needs neither script nor network.
///
/// Lines are told apart by labels at their ends, so the chart reads without colour. A strip for each round holds
/// the values as its title; the report's script shows the same under the pointer.
struct Chart {
  /// Size and manner of drawing.
  struct Layout {
    let width: Double
    let height: Double
    /// Room for the names of the lines.
    let labels: Double
    let zero: ValueRange.Zero
    /// Whether points are dots with whiskers, not the bends of a curve in a band.
    let isDotted: Bool

    /// A curve across the page.
    static let curve = Layout(width: 760, height: 330, labels: 176, zero: .always, isDotted: false)
    /// Measured points, two charts abreast.
    static func points(labels: Double) -> Layout {
      Layout(width: 560, height: 270, labels: labels, zero: .ifNear, isDotted: true)
    }
  }

  let title: String
  let unit: String
  let axis: ChartAxis
  let lines: [ChartLine]
  /// Unique in the document, without spaces.
  let identifier: String
  var layout = Layout.curve

  var svg: HTML {
    let scale = ChartScale(
      lines: lines, axis: axis, zero: layout.zero, left: 62, right: layout.width - layout.labels, top: 14,
      bottom: layout.height - 40)
    let guided = lines.filter { !$0.isTwin }
    return """
      <svg class="chart" viewBox="0 0 \(Int(layout.width)) \(Int(layout.height))" role="img" tabindex="0" \
      aria-labelledby="\(identifier)-title \(identifier)-desc">
      <title id="\(identifier)-title">\(title)</title>
      <desc id="\(identifier)-desc">\(summary)</desc>
      \(scale.axes(unit: unit))
      \(layout.isDotted ? [] : guided.map { $0.band(scale) })
      \(lines.filter(\.isTwin).map { $0.path(scale) })
      \(guided.map { $0.path(scale) })
      \(layout.isDotted ? guided.map { $0.dots(scale) } : [])
      \(labels(scale))
      <line class="cross" x1="0" x2="0" y1="\(px(scale.top))" y2="\(px(scale.bottom))" visibility="hidden"/>
      \(strips(scale))
      </svg>
      """
  }

  /// The ends of the lines in words, for those who do not see them.
  private var summary: String {
    let ends = lines.compactMap { line in
      line.points.last.map { "\(line.name): \(NumberText.alone($0.mean)) (\(axis.words($0.x)))" }
    }
    return "Lines over \(axis.title). " + ends.joined(separator: "; ") + "."
  }

  /// Names at the ends of the lines, pushed apart where lines end close together.
  private func labels(_ scale: ChartScale) -> [HTML] {
    let gap = 15.0
    let ends = lines.enumerated().compactMap { index, line in
      line.points.last.map { (index: index, x: scale.x($0.x) + line.shift, y: scale.y($0.mean)) }
    }.sorted { ($0.y, $0.index) < ($1.y, $1.index) }
    var places: [Double] = []
    for one in ends { places.append(max(one.y, (places.last ?? -.infinity) + gap)) }
    let overflow = max(0, (places.last ?? 0) - scale.bottom)
    var limit = scale.bottom
    for index in places.indices.reversed() where overflow > 0 {
      places[index] = min(places[index], limit)
      limit = places[index] - gap
    }
    let length = Int((layout.labels - 8) / 7)
    return zip(ends, places).map { end, place in
      let line = lines[end.index]
      return """
        <path class="leader" d="M\(px(end.x + 4)) \(px(end.y))L\(px(scale.right + 13)) \(px(place))"/>
        <text class="label \(line.style)" x="\(px(scale.right + 17))" y="\(px(place + 4))">\(
          Self.shortened(line.name, to: length))<title>\(line.name)</title></text>
        """
    }
  }

  private func strips(_ scale: ChartScale) -> [HTML] { Self.strips(lines, axis, scale) }

  /// A strip for each stop of the axis, with the values of the lines there as its title.
  static func strips(_ lines: [ChartLine], _ axis: ChartAxis, _ scale: ChartScale) -> [HTML] {
    let decimals = NumberText.decimals(for: lines.flatMap { $0.points.map(\.mean) })
    let stops = Set(lines.flatMap { $0.points.map(\.x) }).sorted()
    let centres = stops.map(scale.x)
    return stops.indices.map { index in
      let before = index > 0 ? (centres[index] - centres[index - 1]) / 2 : nil
      let after = index + 1 < centres.count ? (centres[index + 1] - centres[index]) / 2 : nil
      let whole = (scale.right - scale.left) / 2
      let values = lines.compactMap { line in
        line.points.first { $0.x == stops[index] }.map { point in
          "\(line.name) \(Self.reading(point, decimals))"
        }
      }
      let left = centres[index] - (before ?? after ?? whole)
      let right = centres[index] + (after ?? before ?? whole)
      return """
        <rect class="strip" x="\(px(left))" y="\(px(scale.top))" width="\(px(right - left))" \
        height="\(px(scale.bottom - scale.top))" data-x="\(px(centres[index]))"><title>\(
          "\(axis.words(stops[index])): " + values.joined(separator: " · "))</title></rect>
        """
    }
  }

  /// A mean, and from where to where its interval reaches.
  private static func reading(_ point: ChartLine.Point, _ decimals: Int) -> String {
    let mean = NumberText.fixed(point.mean, decimals: decimals)
    guard let half = point.halfWidth, half > 0 else { return mean }
    let low = NumberText.fixed(point.mean - half, decimals: decimals)
    return "\(mean) (\(low) to \(NumberText.fixed(point.mean + half, decimals: decimals)))"
  }

  /// A name that fits beside the chart.
  static func shortened(_ name: String, to length: Int) -> String {
    name.count > length ? name.prefix(length - 1) + "…" : name
  }
}
