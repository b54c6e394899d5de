import Beckon
import Lab

/// `beckon plugin new`.
enum PluginNew {
  static let command = Command(
    name: "new",
    summary: "Begins a component: a plugin folder that works as it stands, and a spec that runs it.",
    details: """
      Writes Plugins/NAME/ with the plugin's entry and a component of the kind, and
      Experiments/<name>/<name>.json, which runs it in a small simulated world. No other file is
      touched: the next 'swift build' finds the folder, and 'swift test' holds it to the conformance
      checks.

      kinds: \(PluginTemplate.all.map(\.kind).joined(separator: ", "))
      """,
    arguments: [
      .init(
        name: "NAME", help: "the plugin's name in capitals and small letters, such as Wander.", words: .none)
    ],
    options: [
      .init(
        name: "kind", value: "KIND",
        help: "What it is to be; needed. A 'metric' looks at what happened over rounds.",
        words: PluginTemplate.all.map(\.kind)),
      .init(
        name: "package", value: "DIR",
        help: "The package, which has a folder Plugins; the one around the working folder if not given."),
      CommonOptions.quiet,
    ],
    run: run)

  private static func run(_ call: Call) throws {
    let kinds = PluginTemplate.all.map(\.kind)
    guard let kind = call.value("kind") else {
      throw UsageError("--kind is missing. Kinds: \(kinds.joined(separator: ", ")).", command: call.path)
    }
    guard let template = PluginTemplate.all.first(where: { $0.kind == kind }) else {
      let sentence = Suggestion.sentence(for: kind, among: kinds, label: "Kinds")
      throw UsageError("--kind: there is no kind '\(kind)'.\(sentence)", command: call.path)
    }
    let name = call.arguments[0]
    guard name.wholeMatch(of: #/[A-Z][A-Za-z0-9]*/#) != nil else {
      let words = name.split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }
      let better = words.map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined().drop { $0.isNumber }
      let guess = better.isEmpty ? "Wander" : String(better)
      throw UsageError(
        "'\(name)' cannot be a plugin's name: it leads the names of types, such as '\(guess)'.",
        command: call.path)
    }
    let draft = PluginDraft(name: name, template: template)
    let package = try package(call)
    let files = try draft.files()
    try check(draft, files.map(\.path), in: package, call)
    for (path, text) in files {
      try AtomicFile.write(text, to: package.appending(path: path))
    }
    guard !call.has("quiet") else { return }
    try call.terminal.output(
      files.map { "wrote \($0.path)\n" }.joined() + """

        swift build                          finds it
        beckon components \(template.registered.rawValue)/\(draft.identifier)
        beckon run \(files.last?.path ?? "")
        swift test --filter Conformance      holds it to what every \(template.registered.rawValue) keeps

        """)
  }

  /// The package that the plugin goes to.
  private static func package(_ call: Call) throws -> URL {
    func isPackage(_ folder: URL) -> Bool {
      ["Package.swift", "Plugins"].allSatisfy {
        FileManager.default.fileExists(atPath: folder.appending(path: $0).path(percentEncoded: false))
      }
    }
    if let named = call.value("package") {
      let folder = URL(filePath: named, directoryHint: .isDirectory)
      guard isPackage(folder) else {
        throw UsageError(
          "--package: '\(named)' has no Package.swift with a folder Plugins beside it.", command: call.path)
      }
      return folder
    }
    var folder = URL(filePath: FileManager.default.currentDirectoryPath, directoryHint: .isDirectory)
    while !isPackage(folder) {
      guard folder.pathComponents.count > 1 else {
        throw UsageError(
          "there is no package with a folder Plugins here or above. Name one by --package DIR.",
          command: call.path)
      }
      folder = folder.deletingLastPathComponent()
    }
    return folder
  }

  /// Refuses what would be in the way of something that is there already.
  private static func check(_ draft: PluginDraft, _ paths: [String], in package: URL, _ call: Call) throws {
    func exists(_ path: String) -> Bool {
      FileManager.default.fileExists(atPath: package.appending(path: path).path(percentEncoded: false))
    }
    for path in ["Plugins/\(draft.name)", paths.last ?? ""] where exists(path) {
      throw UsageError("\(path) exists already; nothing was written.", command: call.path)
    }
    let registry = try call.registry()
    if let entry = registry.entry(draft.template.registered, draft.identifier) {
      throw UsageError(
        "there is a \(entry.kind.rawValue) '\(draft.identifier)' already, from \(entry.owner); nothing was written.",
        command: call.path)
    }
    let files = FileManager.default.enumerator(
      at: package.appending(path: "Plugins"), includingPropertiesForKeys: nil)
    let names = Set((files?.compactMap { $0 as? URL } ?? []).map(\.lastPathComponent))
    let types = Set(Kind.allCases.flatMap { registry.all($0) }.map { String(describing: $0.type) }).union(
      coreTypes)
    if names.contains("\(draft.type).swift") || types.contains(draft.type) {
      throw UsageError(
        "the type \(draft.type) exists already, and all plugins are one module; nothing was written.",
        command: call.path)
    }
  }

  /// Types of the core whose names end as those of components do.
  private static let coreTypes: Set = [
    "TrainableEncoder", "RankingMetric", "AnswersMetric", "ExposureMetric", "TrajectoryMetric",
    "EvaluationTask",
    "DatasetSource",
  ]
}
