import Foundation
import Lab

/// The charts of a report: one a measure, or for a big study a small panel for each variant.
struct CurveSection {
  private let curves: RoundCurves
  private let hasSeveralSeeds: Bool

  init(_ results: StudyResults) {
    curves = RoundCurves(results)
    hasSeveralSeeds = results.spec.seeds.count > 1
  }

  /// The section; nothing for a study without rounds.
  var html: HTML {
    let charts = RoundCurves.measures.enumerated().compactMap { index, measure -> HTML? in
      let lines = curves.lines(measure)
      guard !lines.isEmpty else { return nil }
      let isBig = lines.count(where: { !$0.isTwin }) > RoundCurves.overlaid
      let drawing = isBig ? panels(lines, measure, index) : single(lines, measure, index)
      return "<figure><figcaption>\(measure.title)</figcaption>\n\(drawing)</figure>\n"
    }
    guard !charts.isEmpty else { return .empty }
    let band = hasSeveralSeeds ? " Bands reach one standard deviation over the seeds to either side." : ""
    return """
      <section id="curves"><h2>Over the rounds</h2>
      <p>Means over targets and users. Dashed: the twin, the same users and draws without guidance.\(band)</p>
      \(charts)</section>

      """
  }

  private func single(_ lines: [ChartLine], _ measure: RoundCurves.Measure, _ index: Int) -> HTML {
    let chart = Chart(
      title: measure.title, unit: measure.unit, axis: Self.axis(lines), lines: lines,
      identifier: "chart\(index)")
    return "\(chart.svg)<output class=\"readout\" aria-live=\"polite\"></output>\n"
  }

  private static func axis(_ lines: [ChartLine]) -> ChartAxis {
    .rounds(lines.flatMap { $0.points.map(\.x) })
  }

  /// Panels share their axes, and all lines stand in the background of each: drawn once, used many times.
  private func panels(_ lines: [ChartLine], _ measure: RoundCurves.Measure, _ index: Int) -> HTML {
    let size = (width: 250.0, height: 150.0)
    let scale = ChartScale(
      lines: lines, axis: Self.axis(lines), left: 46, right: size.width - 10, top: 26,
      bottom: size.height - 24)
    let guided = lines.filter { !$0.isTwin }
    let crowd: HTML = "crowd\(index)"
    return """
      <svg class="hidden" width="0" height="0" aria-hidden="true"><defs><g id="\(crowd)" class="crowd">
      \(guided.map { $0.path(scale) })</g></defs></svg>
      <div class="panels">
      \(guided.enumerated().map { place, line -> HTML in
        let end = line.points.last.map { "\(NumberText.alone($0.mean)) after round \(Int($0.x))" } ?? ""
        let twin = lines.filter { $0.isTwin && $0.variants.contains(line.name) }
        let identifier: HTML = "panel\(index)-\(place)"
        return """
          <svg class="chart" viewBox="0 0 \(Int(size.width)) \(Int(size.height))" role="img" \
          aria-labelledby="\(identifier)"><title id="\(identifier)">\(line.name): \(end)</title>
          \(scale.axes(unit: nil))<use href="#\(crowd)"/>
          \(line.band(scale))\(twin.map { $0.path(scale) })\(line.path(scale))
          <text class="label plain" x="46" y="16">\(Chart.shortened(line.name, to: 26))</text></svg>

          """
      })</div>

      """
  }
}
