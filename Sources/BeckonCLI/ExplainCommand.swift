import Beckon

/// `beckon explain`.
enum ExplainCommand {
  static let command = Command(
    name: "explain", summary: "Prints a spec's effective values, and where each comes from.",
    details: """
      Origins are a file and line, --set, a preset, or the component's default. The first variant is
      printed whole, of the others what differs from it.
      """,
    arguments: [.init(name: "SPEC", help: "the experiment, a JSON file.")],
    options: [
      CommonOptions.set, CommonOptions.plugin, CommonOptions.seed,
      .init(name: "variant", value: "NAME", help: "Prints this variant, whole."),
      .init(name: "only", value: "PATH", help: "Prints what stands under a path, such as encoder.training."),
      CommonOptions.json,
    ],
    run: run)

  private static func run(_ call: Call) throws {
    let registry = try call.registry()
    let document = try CommonOptions.document(call.arguments[0], call)
    let spec = try document.resolve(in: registry)
    let origins = SpecOrigins(document, registry: registry)
    var written = document.variants()
    if let name = call.value("variant") {
      written = written.filter { $0.name == name }
      guard !written.isEmpty else {
        let sentence = Suggestion.sentence(for: name, among: spec.variants.map(\.name), label: "Variants")
        throw UsageError("--variant: there is no '\(name)'.\(sentence)", command: call.path)
      }
    }
    var tables: [(name: String, lines: [SpecOrigins.Line])] = []
    for variant in written {
      guard let effective = spec.variants.first(where: { $0.name == variant.name })?.effective else {
        continue
      }
      var lines = origins.lines(of: variant, effective: effective)
      if let path = call.value("only") {
        lines = lines.filter {
          $0.path == path || $0.path.hasPrefix(path + ".") || $0.path.hasPrefix(path + "[")
        }
      }
      tables.append((variant.name, lines))
    }
    if let path = call.value("only"), tables.allSatisfy(\.lines.isEmpty) {
      throw UsageError("--only: nothing stands under '\(path)' in the effective spec.", command: call.path)
    }
    try call.terminal.output(call.has("json") ? json(tables).pretty + "\n" : text(tables))
  }

  private static func text(_ tables: [(name: String, lines: [SpecOrigins.Line])]) -> String {
    guard let first = tables.first else { return "" }
    let paths = Set(first.lines.map(\.path))
    return tables.enumerated().map { index, table in
      guard index > 0 else { return "\(table.name)\n\(aligned(table.lines))" }
      let lines = table.lines.filter { line in
        !first.lines.contains { $0.path == line.path && $0.value == line.value }
      }
      let gone = paths.subtracting(table.lines.map(\.path)).count
      let note = gone == 0 ? "" : "  (\(gone) values of \(first.name) have no place here)\n"
      let body = lines.isEmpty && gone == 0 ? "  (the same)\n" : aligned(lines)
      return "\n\(table.name), where it differs from \(first.name)\n\(body)\(note)"
    }.joined()
  }

  private static func aligned(_ lines: [SpecOrigins.Line]) -> String {
    let rows = lines.map { (path: $0.path, value: $0.value.compact, origin: $0.origin) }
    let widths = (
      rows.map(\.path.count).max() ?? 0, min(40, rows.map(\.value.count).max() ?? 0)
    )
    return rows.map { row in
      "  \(row.path.padded(to: widths.0))  \(row.value.padded(to: widths.1))  \(row.origin)\n"
    }.joined()
  }

  private static func json(_ tables: [(name: String, lines: [SpecOrigins.Line])]) -> JSON {
    .members(
      tables.map { name, lines in
        (
          name,
          .members(
            lines.map { ($0.path, .members([("value", $0.value), ("origin", .string($0.origin))])) })
        )
      })
  }
}
