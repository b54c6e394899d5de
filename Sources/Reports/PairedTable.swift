import Beckon
import Lab

/// Differences of each variant to the one the spec compares with, paired by seed.
struct PairedTable {
  private let results: StudyResults
  private let columns: [MetricName]

  /// A table of some metrics, each at its largest cutoff.
  init(_ results: StudyResults, _ metrics: [String]) {
    self.results = results
    columns = MetricName.atLargestCutoff(metrics)
  }

  /// The section; nothing for a single variant.
  var html: HTML {
    guard table != .empty else { return .empty }
    return """
      <section id="paired"><h2>\(title)</h2>
      \(table)</section>

      """
  }

  /// What the differences are taken to.
  var title: String { "Difference to \(results.spec.compareWith)" }

  /// The table with its explanation; nothing for a single variant.
  var table: HTML {
    let other = results.spec.compareWith
    guard results.spec.variants.count > 1, !columns.isEmpty else { return .empty }
    let differences = results.spec.variants.filter { $0.name != other }.map { variant in
      (
        name: variant.name,
        values: columns.map { results.differences(of: variant.name, to: other, in: $0.full).map(\.value) }
      )
    }
    let decimals = columns.indices.map { column in
      NumberText.decimals(for: differences.map { Sample($0.values[column]).mean })
    }
    let rows = differences.map { name, values -> HTML in
      "<tr>\(HTML.rowHead(name))\(zip(values, decimals).map(Self.cell))</tr>\n"
    }
    let head = columns.map { column -> HTML in "<th scope=\"col\" class=\"first\">\(column.full)</th>" }
    return """
      <p>Paired by seed: mean ± standard deviation of the differences, and in how many seeds the value was \
      higher ▲ or lower ▼ than that of \(other). Each metric at its largest cutoff.</p>
      <div class="wide"><table class="data\(HTML.stacked(columns.count))">
      <thead><tr><th scope="col">variant</th>\(head)</tr></thead>
      <tbody>
      \(rows)</tbody></table></div>

      """
  }

  private static func cell(_ differences: [Double], decimals: Int) -> HTML {
    guard !differences.isEmpty else { return .missing }
    let (up, down) = (differences.count { $0 > 0 }, differences.count { $0 < 0 })
    return """
      <td class="first">\(HTML.difference(Sample(differences), decimals: decimals)) \
      <span class="signs">\(up)▲ \(down)▼</span></td>
      """
  }
}
