import Beckon

/// One place in which the effective specs of two variants differ.
struct SpecChange {
  let path: String
  let old: JSON?
  let new: JSON?

  /// All of them as lines of `path: old → new`.
  static func list(from first: ResolvedVariant, to second: ResolvedVariant) -> HTML {
    let lines = between(first.effective, second.effective, at: "").map { change -> HTML in
      "<div><code>\(change.path)</code>: \(text(change.old)) → \(text(change.new))</div>"
    }
    return lines.isEmpty ? "nothing" : "\(lines)"
  }

  /// Places where two values differ; a component of another type differs as a whole.
  private static func between(_ old: JSON?, _ new: JSON?, at path: String) -> [SpecChange] {
    if old == new { return [] }
    guard let a = old?.object, let b = new?.object, a["type"] == b["type"] else {
      return [SpecChange(path: path, old: old, new: new)]
    }
    let added = b.keys.filter { a[$0] == nil }
    return (a.keys + added).flatMap { key in
      between(a[key], b[key], at: path.isEmpty ? key : "\(path).\(key)")
    }
  }

  private static func text(_ json: JSON?) -> HTML {
    guard let json else { return "absent" }
    if json.object?["type"] != nil { return ProtocolCard.component(json) }
    return "<code>\(json.compact)</code>"
  }
}
