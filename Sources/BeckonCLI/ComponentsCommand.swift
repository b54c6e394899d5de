import Beckon

/// `beckon components`.
enum ComponentsCommand {
  static let command = Command(
    name: "components", summary: "Lists what a spec can name, and explains each.",
    arguments: [
      .init(
        name: "KIND[/NAME]", help: "a kind, such as scorer, or one component, such as scorer/preference.",
        isRequired: false, words: .components)
    ],
    options: [
      CommonOptions.plugin,
      .init(name: "markdown", help: "Prints all of them as one page: Docs/Components.md."),
    ],
    run: run)

  private static func run(_ call: Call) throws {
    let registry = try call.registry()
    if call.has("markdown") {
      guard call.arguments.isEmpty else {
        throw UsageError(
          "--markdown prints all components; leave out '\(call.arguments[0])'.", command: call.path)
      }
      return try call.terminal.output(ComponentsPage.text(registry))
    }
    guard let word = call.arguments.first else {
      let parts = Kind.allCases.map { list(registry, $0) }
      return try call.terminal.output(parts.joined(separator: "\n"))
    }
    let parts = word.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard let kind = Kind(rawValue: parts[0]) else {
      let known = Kind.allCases.map(\.rawValue)
      let sentence = Suggestion.sentence(for: parts[0], among: known, label: "Kinds")
      throw UsageError("there is no kind '\(parts[0])'.\(sentence)", command: call.path)
    }
    guard parts.count > 1 else { return try call.terminal.output(list(registry, kind)) }
    guard let entry = registry.entry(kind, parts[1]) else {
      throw RegistryError.unknown(
        kind: kind, identifier: parts[1], registered: registry.all(kind).map(\.about.identifier))
    }
    try call.terminal.output(page(entry))
  }

  private static func list(_ registry: Registry, _ kind: Kind) -> String {
    let entries = registry.all(kind)
    let width = entries.map(\.about.identifier.count).max() ?? 0
    let lines = entries.map { "  \($0.about.identifier.padded(to: width))  \($0.about.summary)" }
    return "\(kind.rawValue)\n" + (lines.isEmpty ? ["  (none)"] : lines).joined(separator: "\n") + "\n"
  }

  private static func page(_ entry: Registry.Entry) -> String {
    let about = entry.about
    var lines = ["\(entry.kind.rawValue)/\(about.identifier)", "", about.summary]
    if !about.source.isEmpty { lines += ["", "source:"] + indented(HelpText.wrapped(about.source, to: 96)) }
    if !about.formerIdentifiers.isEmpty {
      lines += ["", "formerly: " + about.formerIdentifiers.joined(separator: ", ")]
    }
    lines += ["", "from: \(entry.owner)", ""]
    if let keys = entry.defaults.object?.keys, !keys.isEmpty {
      lines +=
        ["keys with their defaults:"]
        + indented(entry.defaults.pretty.split(separator: "\n").map(String.init))
    } else {
      lines.append("It has no keys.")
    }
    if !entry.presets.isEmpty {
      lines += ["", "presets, as \"preset\": NAME:"]
      lines += entry.presets.sorted { $0.key < $1.key }.map {
        "  \($0.key): \(difference($0.value, entry.defaults))"
      }
    }
    if !about.examples.isEmpty {
      lines += ["", "examples, checked by the tests:"]
      lines += about.examples.map { example in
        "  \(example.title) → \(numbers(example.expected))"
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// Expected numbers of an example.
  static func numbers(_ values: [Double]) -> String {
    values.map { String(format: "%.6g", $0) }.joined(separator: ", ")
  }

  private static func indented(_ lines: [String]) -> [String] { lines.map { "  " + $0 } }

  /// The keys that a preset sets otherwise than the defaults.
  static func difference(_ preset: JSON, _ defaults: JSON) -> String {
    let members = preset.object?.members.filter { defaults[$0.key] != $0.value } ?? []
    return JSON.members(members.map { ($0.key, $0.value) }).compact
  }
}
