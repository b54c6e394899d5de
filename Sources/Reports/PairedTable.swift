import Beckon
import Foundation
import Lab

/// Differences of each variant to the one the spec compares with, paired by seed: variants share their random draws, so the difference
/// of two runs of one seed says more than the difference of two means.
struct PairedTable {
  private let results: StudyResults
  private let columns: [MetricName]

  init(_ results: StudyResults) {
    self.results = results
    columns = MetricName.atLargestCutoff(SummaryTable(results).metrics)
  }

  /// The section; nothing for a single variant.
  var html: HTML {
    let other = results.spec.compareWith
    guard results.spec.variants.count > 1, !columns.isEmpty else { return .empty }
    let samples = results.spec.variants.filter { $0.name != other }.map { variant in
      (variant.name, columns.map { differences(variant.name, to: other, $0.full) })
    }
    let decimals = columns.indices.map { column in
      NumberText.decimals(for: samples.map { Sample($0.1[column]).mean })
    }
    let rows = samples.map { name, differences -> HTML in
      let cells = zip(differences, decimals).map(Self.cell)
      return "<tr>\(HTML.rowHead(name))\(cells)</tr>\n"
    }
    let head = columns.map { column -> HTML in "<th scope=\"col\" class=\"first\">\(column.full)</th>" }
    return """
      <section id="paired"><h2>Difference to \(other)</h2>
      <p>Paired by seed: mean ± standard deviation of the differences, and in how many seeds the value was \
      higher ▲ or lower ▼ than that of \(other). Each metric at its largest cutoff.</p>
      <div class="wide"><table class="data">
      <thead><tr><th scope="col">variant</th>\(head)</tr></thead>
      <tbody>
      \(rows)</tbody></table></div></section>

      """
  }

  private func differences(_ variant: String, to other: String, _ metric: String) -> [Double] {
    let base = Dictionary(
      results.runs(of: other).map { ($0.seed, $0.record.metric(metric)) }, uniquingKeysWith: { one, _ in one }
    )
    return results.runs(of: variant).compactMap { run in
      guard let own = run.record.metric(metric), let theirs = base[run.seed] ?? nil else { return nil }
      return own - theirs
    }
  }

  private static func cell(_ differences: [Double], decimals: Int) -> HTML {
    guard !differences.isEmpty else { return "<td class=\"first missing\">–</td>" }
    let sample = Sample(differences)
    let spread: HTML =
      sample.deviation.map {
        " <span class=\"spread\">± \(NumberText.spread($0, decimals: decimals))</span>"
      } ?? .empty
    let (up, down) = (differences.count { $0 > 0 }, differences.count { $0 < 0 })
    return """
      <td class="first">\(NumberText.signed(sample.mean, decimals: decimals))\(spread) \
      <span class="signs">\(up)▲ \(down)▼</span></td>
      """
  }
}
