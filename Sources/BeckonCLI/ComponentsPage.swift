import Beckon

/// Every component on one Markdown page: `Docs/Components.md`.
enum ComponentsPage {
  static func text(_ registry: Registry) -> String {
    var lines = [
      "# Components", "",
      "Everything that a spec can name, as `beckon components --markdown` writes it: do not edit. Keys stand with their",
      "defaults; `beckon components KIND/NAME` prints one of them.", "",
    ]
    let kinds = Kind.allCases.filter { !registry.all($0).isEmpty }
    lines += kinds.map { kind in
      let names = registry.all(kind).map { "[\($0.about.identifier)](#\(anchor($0)))" }
      return "- [`\(kind.rawValue)`](#\(kind.rawValue.lowercased())): \(names.joined(separator: ", "))"
    }
    for kind in kinds {
      lines += ["", "## \(kind.rawValue)"]
      for entry in registry.all(kind) { lines += section(entry) }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func section(_ entry: Registry.Entry) -> [String] {
    let about = entry.about
    var lines = ["", "### \(entry.kind.rawValue)/\(about.identifier)", "", about.summary]
    let source = about.source.isEmpty ? "" : " Source: \(about.source)"
    lines += ["", "From `\(entry.owner)`.\(source)"]
    if !about.formerIdentifiers.isEmpty {
      lines += ["", "Formerly " + about.formerIdentifiers.map { "`\($0)`" }.joined(separator: ", ") + "."]
    }
    if let keys = entry.defaults.object?.keys, !keys.isEmpty {
      lines += ["", "```text", entry.defaults.pretty.trimmingCharacters(in: .newlines), "```"]
    }
    let presets = entry.presets.sorted { $0.key < $1.key }.map {
      "- preset `\($0.key)`: `\(ComponentsCommand.difference($0.value, entry.defaults))`"
    }
    if !presets.isEmpty { lines += [""] + presets }
    let examples = about.examples.map { "- \($0.title) → \(ComponentsCommand.numbers($0.expected))" }
    if !examples.isEmpty { lines += ["", "Checked by the tests:", ""] + examples }
    return lines
  }

  /// The address that Markdown renderers give to a component's heading: lower case without punctuation.
  private static func anchor(_ entry: Registry.Entry) -> String {
    "\(entry.kind.rawValue)\(entry.about.identifier)".lowercased()
  }
}
