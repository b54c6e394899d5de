import Foundation
import Lab

/// What guidance adds: each variant beside its twin, the same users and draws without guidance.
struct TwinTable {
  private let results: StudyResults

  init(_ results: StudyResults) { self.results = results }

  /// The section; nothing for a study without rounds.
  var html: HTML {
    let rows = results.spec.variants.compactMap { variant -> HTML? in
      let samples = RoundCurves.measures.map { pairs(variant.name, $0) }
      guard samples.contains(where: { !$0.isEmpty }) else { return nil }
      return "<tr>\(HTML.rowHead(variant.name))\(samples.map(Self.cells))</tr>\n"
    }
    guard !rows.isEmpty else { return .empty }
    let top = RoundCurves.measures.map { measure -> HTML in
      "<th scope=\"colgroup\" colspan=\"3\" class=\"first\">\(Self.title(measure))</th>"
    }
    let bottom = RoundCurves.measures.map { _ -> HTML in
      """
      <th scope="col" class="first">guided</th><th scope="col">twin</th><th scope="col">difference</th>
      """
    }
    return """
      <section id="twins"><h2>What guidance adds</h2>
      <p>After the last round, means over the seeds; the difference with its standard deviation over the seeds.</p>
      <div class="wide"><table class="data\(HTML.stacked(3 * RoundCurves.measures.count))">
      <thead><tr><th scope="col" rowspan="2">variant</th>\(top)</tr><tr>\(bottom)</tr></thead>
      <tbody>
      \(rows)</tbody></table></div></section>

      """
  }

  private static func title(_ measure: RoundCurves.Measure) -> String {
    measure.startsAtZero ? measure.column : measure.column + ", mean of rounds"
  }

  /// Guided and twin of each seed: after the last round, or for a rate the mean of the rounds.
  private func pairs(_ variant: String, _ measure: RoundCurves.Measure) -> [(guided: Double, twin: Double)] {
    results.runs(of: variant).compactMap { run in
      let (columns, rows) = run.record.rounds
      func value(_ name: String) -> Double? {
        guard let index = columns.firstIndex(of: name) else { return nil }
        let values = rows.compactMap { index < $0.count ? $0[index] : nil }
        guard let last = values.last else { return nil }
        return measure.startsAtZero ? last : values.reduce(0, +) / Double(values.count)
      }
      guard let guided = value(measure.column), let twin = value("twin-" + measure.column) else { return nil }
      return (guided, twin)
    }
  }

  private static func cells(_ pairs: [(guided: Double, twin: Double)]) -> HTML {
    guard !pairs.isEmpty else { return "<td class=\"first missing\">–</td><td>–</td><td>–</td>" }
    let (guided, twin) = (Sample(pairs.map(\.guided)), Sample(pairs.map(\.twin)))
    let difference = Sample(pairs.map { $0.guided - $0.twin })
    let decimals = NumberText.decimals(for: [guided.mean, twin.mean, difference.mean])
    return """
      <td class="first">\(NumberText.fixed(guided.mean, decimals: decimals))</td>\
      <td>\(NumberText.fixed(twin.mean, decimals: decimals))</td>\
      <td>\(HTML.difference(difference, decimals: decimals))</td>
      """
  }
}
