import Foundation

/// A line of a chart.
struct ChartLine {
  /// Mean at one round, and how far the seeds lie apart.
  struct Point {
    let round: Int
    let mean: Double
    /// Standard deviation over the seeds; nil for a single seed.
    let deviation: Double?
  }

  let name: String
  let points: [Point]
  /// Place in the palette; nil for a line that belongs to no single variant.
  let colour: Int?
  /// Whether this is a run without guidance: dashed, without a band.
  let isTwin: Bool
  /// Variants that the line belongs to: a twin may have several.
  let variants: [String]
}

/// A chart of lines over rounds, as SVG that needs neither script nor network.
///
/// Lines are told apart by labels at their ends, so the chart reads without colour. A strip for each round holds
/// the values as its title; the report's script shows the same under the pointer.
struct Chart {
  let title: String
  let unit: String
  let lines: [ChartLine]
  /// Unique in the document.
  let identifier: String

  private static let size = (width: 760.0, height: 330.0)
  private static let labelWidth = 176.0

  var svg: HTML {
    let scale = ChartScale(
      lines: lines, left: 58, right: Self.size.width - Self.labelWidth, top: 14, bottom: Self.size.height - 40
    )
    return """
      <svg class="chart" viewBox="0 0 \(Int(Self.size.width)) \(Int(Self.size.height))" role="img" tabindex="0" \
      aria-labelledby="\(identifier)-title \(identifier)-desc">
      <title id="\(identifier)-title">\(title)</title>
      <desc id="\(identifier)-desc">\(summary)</desc>
      \(scale.axes(unit: unit))
      \(lines.filter { !$0.isTwin }.map { $0.band(scale) })
      \(lines.filter(\.isTwin).map { $0.path(scale) })
      \(lines.filter { !$0.isTwin }.map { $0.path(scale) })
      \(labels(scale))
      <line class="cross" x1="0" x2="0" y1="\(px(scale.top))" y2="\(px(scale.bottom))" visibility="hidden"/>
      \(strips(scale))
      </svg>
      """
  }

  /// The ends of the lines in words, for those who do not see them.
  private var summary: String {
    let ends = lines.compactMap { line in
      line.points.last.map { "\(line.name): \(NumberText.alone($0.mean)) after round \($0.round)" }
    }
    return "Lines over rounds. " + ends.joined(separator: "; ") + "."
  }

  /// Names at the ends of the lines, pushed apart where lines end close together.
  private func labels(_ scale: ChartScale) -> [HTML] {
    let gap = 15.0
    let ends = lines.enumerated().compactMap { index, line in
      line.points.last.map { (index: index, end: scale.y($0.mean)) }
    }.sorted { ($0.end, $0.index) < ($1.end, $1.index) }
    var places: [Double] = []
    for one in ends { places.append(max(one.end, (places.last ?? -.infinity) + gap)) }
    let overflow = max(0, (places.last ?? 0) - scale.bottom)
    var limit = scale.bottom
    for index in places.indices.reversed() where overflow > 0 {
      places[index] = min(places[index], limit)
      limit = places[index] - gap
    }
    return zip(ends, places).map { one, place in
      let line = lines[one.index]
      return """
        <path class="leader" d="M\(px(scale.right + 3)) \(px(one.end))L\(px(scale.right + 13)) \(px(place))"/>
        <text class="label \(line.style)" x="\(px(scale.right + 17))" y="\(px(place + 4))">\(
          Self.shortened(line.name))<title>\(line.name)</title></text>
        """
    }
  }

  private func strips(_ scale: ChartScale) -> [HTML] {
    let decimals = NumberText.decimals(for: lines.flatMap { $0.points.map(\.mean) })
    let rounds = Set(lines.flatMap { $0.points.map(\.round) }).sorted()
    let width = (scale.right - scale.left) / Double(max(1, rounds.count - 1))
    return rounds.map { round in
      let values = lines.compactMap { line in
        line.points.first { $0.round == round }.map { point in
          let spread = point.deviation.map { " ± \(NumberText.spread($0, decimals: decimals))" } ?? ""
          return "\(line.name) \(NumberText.fixed(point.mean, decimals: decimals))\(spread)"
        }
      }
      return """
        <rect class="strip" x="\(px(scale.x(round) - width / 2))" y="\(px(scale.top))" width="\(px(width))" \
        height="\(px(scale.bottom - scale.top))" data-x="\(px(scale.x(round)))"><title>\(
          "Round \(round): " + values.joined(separator: " · "))</title></rect>
        """
    }
  }

  /// A name that fits beside the chart.
  static func shortened(_ name: String, to length: Int = 24) -> String {
    name.count > length ? name.prefix(length - 1) + "…" : name
  }
}

extension ChartLine {
  /// Class of the stroke.
  var style: HTML {
    let colour: HTML = self.colour.map { "c\($0)" } ?? "plain"
    return isTwin ? "\(colour) twin" : colour
  }

  /// The line through the means.
  func path(_ scale: ChartScale) -> HTML {
    let steps = points.map { "\(px(scale.x($0.round))) \(px(scale.y($0.mean)))" }
    return "<path class=\"line \(style)\" d=\"\("M" + steps.joined(separator: "L"))\"/>\n"
  }

  /// One standard deviation to either side.
  func band(_ scale: ChartScale) -> HTML {
    guard points.contains(where: { ($0.deviation ?? 0) > 0 }) else { return .empty }
    func edge(_ sign: Double) -> [String] {
      points.map { "\(px(scale.x($0.round))) \(px(scale.y($0.mean + sign * ($0.deviation ?? 0))))" }
    }
    let outline = edge(1) + edge(-1).reversed()
    return "<path class=\"band \(style)\" d=\"\("M" + outline.joined(separator: "L") + "Z")\"/>\n"
  }
}
