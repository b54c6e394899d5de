import Beckon
import Lab

/// The effective configuration: what each variant changes, the whole of each, and the identities of the runs.
struct SpecSection {
  private let results: StudyResults

  init(_ results: StudyResults) { self.results = results }

  var html: HTML {
    let variants = results.spec.variants
    let whole = variants.map { variant -> HTML in
      "<details><summary>\(variant.name)</summary><pre>\(variant.effective.pretty)</pre></details>\n"
    }
    let runs = results.runs.map { run -> HTML in
      """
      <tr><th scope="row">\(run.variant)</th><td>\(String(run.seed))</td>\
      <td><code>\(run.record.identity)</code></td></tr>

      """
    }
    return """
      <section id="configuration"><h2>Configuration</h2>
      \(changes)
      <h3>Effective specs</h3>
      <p>Every key, defaults filled in.</p>
      \(whole)
      <h3>Runs</h3>
      <p>A run's identity is the hash of its configuration, its data, its seed and the code it used.</p>
      <details><summary>\(results.runs.count) identities</summary>
      <div class="wide"><table class="data"><thead><tr><th scope="col">variant</th><th scope="col">seed</th>\
      <th scope="col">identity</th></tr></thead>
      <tbody>
      \(runs)</tbody></table></div></details></section>

      """
  }

  private var changes: HTML {
    guard let first = results.spec.variants.first, results.spec.variants.count > 1 else { return .empty }
    let rows = results.spec.variants.dropFirst().map { variant -> HTML in
      let changes = Self.differences(first.effective, variant.effective, at: "")
      let lines = changes.map { change -> HTML in
        """
        <div><code>\(change.path)</code>: \(Self.text(change.old)) → \(Self.text(change.new))</div>
        """
      }
      return
        "<tr><th scope=\"row\">\(variant.name)</th><td>\(lines.isEmpty ? ["nothing"] : lines)</td></tr>\n"
    }
    return """
      <h3>What differs from \(first.name)</h3>
      <table class="card"><tbody>
      \(rows)</tbody></table>
      """
  }

  /// Places where two values differ; a component of another type differs as a whole.
  static func differences(_ old: JSON?, _ new: JSON?, at path: String) -> [(
    path: String, old: JSON?, new: JSON?
  )] {
    if old == new { return [] }
    guard let a = old?.object, let b = new?.object, a["type"] == b["type"] else { return [(path, old, new)] }
    let added = b.keys.filter { a[$0] == nil }
    return (a.keys + added).flatMap { key in
      differences(a[key], b[key], at: path.isEmpty ? key : "\(path).\(key)")
    }
  }

  private static func text(_ json: JSON?) -> HTML {
    guard let json else { return "absent" }
    if json.object?["type"] != nil { return ProtocolCard.component(json) }
    return "<code>\(json.compact)</code>"
  }
}
