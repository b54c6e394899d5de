import Beckon
import Lab

/// The effective configuration: what each variant changes, the whole of each, and the identities of the runs.
struct SpecSection {
  private let results: StudyResults

  /// Variants whose configurations are written out, and runs whose identities are.
  private static let (mostVariants, mostRuns) = (60, 600)

  init(_ results: StudyResults) { self.results = results }

  var html: HTML {
    let variants = results.spec.variants
    let whole = variants.prefix(Self.mostVariants).map { variant -> HTML in
      "<details><summary>\(variant.name)</summary><pre>\(variant.effective.pretty)</pre></details>\n"
    }
    let runs = results.runs.prefix(Self.mostRuns).map { run -> HTML in
      """
      <tr><th scope="row">\(run.variant)</th><td>\(String(run.seed))</td>\
      <td><code>\(run.record.identity)</code></td></tr>

      """
    }
    return """
      <section id="configuration"><h2>Configuration</h2>
      \(changes)
      <h3>Effective specs</h3>
      <p>Every key, defaults filled in.\(rest(variants.count, Self.mostVariants))</p>
      \(whole)
      <h3>Runs</h3>
      <p>A run's identity is the hash of its configuration, its data, its seed and the code it used.\(
        rest(results.runs.count, Self.mostRuns))</p>
      <details><summary>\(min(results.runs.count, Self.mostRuns)) identities</summary>
      <div class="wide"><table class="data sortable"><thead><tr><th scope="col">variant</th><th scope="col">seed</th>\
      <th scope="col">identity</th></tr></thead>
      <tbody>
      \(runs)</tbody></table></div></details></section>

      """
  }

  /// Said where not all are written out.
  private func rest(_ count: Int, _ most: Int) -> String {
    count > most ? " The first \(most) of \(NumberText.count(count)); results.json has all." : ""
  }

  private var changes: HTML {
    guard let first = results.spec.variants.first, results.spec.variants.count > 1 else { return .empty }
    let others = results.spec.variants.dropFirst()
    let rows = others.prefix(Self.mostVariants).map { variant -> HTML in
      """
      <tr><th scope="row">\(variant.name)</th><td>\(SpecChange.list(from: first, to: variant))</td></tr>

      """
    }
    return """
      <h3>What differs from \(first.name)</h3>
      \(others.count > Self.mostVariants ? "<p>\(rest(others.count, Self.mostVariants))</p>\n" : .empty)\
      <table class="card"><tbody>
      \(rows)</tbody></table>
      """
  }
}
