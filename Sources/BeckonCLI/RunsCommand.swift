import Beckon
import Lab

/// `beckon runs`.
enum RunsCommand {
  private static let shelf = Command.Option(
    name: "runs", value: "DIR", help: "The folder of the studies; Runs if not given.")
  private static let name = Command.Argument(
    name: "NAME", help: "a study's name, as 'beckon runs list' has it.", words: .none)
  private static let dryRun = Command.Option(
    name: "dry-run", help: "Says what it would remove, and removes nothing.")

  static let command = Command(
    name: "runs", summary: "Lists finished and unfinished studies, compares them, and tidies up.",
    commands: [
      Command(
        name: "list", summary: "Lists the studies with the states of their cells.",
        options: [shelf, CommonOptions.json], run: list),
      Command(
        name: "show", summary: "Prints a study's cells, what failed, and where its results are.",
        arguments: [name],
        options: [shelf], run: show),
      Command(
        name: "diff", summary: "Prints in what two studies differ: values of the spec, data, code, results.",
        arguments: [name, .init(name: "OTHER", help: "another study's name.", words: .none)],
        options: [shelf],
        run: RunsDiff.run),
      Command(
        name: "remove",
        summary: "Removes a study's folder. Trained pieces stay: 'beckon runs gc' looks after them.",
        arguments: [name],
        options: [
          shelf, dryRun, .init(name: "failed", help: "Removes only what is kept of cells that failed."),
          .init(name: "stale", help: "Removes only cells that the last plan does not name."),
        ],
        run: remove),
      Command(
        name: "gc",
        summary: "Removes what no study needs: stale cells, unused pieces, leftovers of stopped writes.",
        options: [shelf, dryRun], run: collect),
    ])

  static func shelf(_ call: Call) -> RunShelf {
    RunShelf(folder: URL(filePath: call.value("runs") ?? "Runs", directoryHint: .isDirectory))
  }

  /// The store of the study that an argument names.
  static func store(_ name: String, _ call: Call) throws -> RunStore {
    let shelf = shelf(call)
    guard shelf.has(name) else {
      let sentence = Suggestion.sentence(for: name, among: shelf.names, label: "Studies")
      throw UsageError("there is no study '\(name)' in \(path(shelf.folder)).\(sentence)", command: call.path)
    }
    return shelf.store(name)
  }

  static func path(_ url: URL) -> String { url.path(percentEncoded: false) }

  private static func states(_ store: RunStore) throws -> [RunStore.State] {
    try (store.plan() ?? []).map { store.state($0.identity) }
  }

  private static func list(_ call: Call) throws {
    let shelf = shelf(call)
    var rows = [["study", "cells", "done", "running", "failed", "stale", "size"]]
    for name in shelf.names {
      let store = shelf.store(name)
      let states = try states(store)
      func count(_ word: String) -> String { "\(states.count { GridCommand.word($0) == word })" }
      rows.append([
        name, "\(states.count)", count("done"), count("running"), count("failed before"),
        "\(try store.stale().count)", size(RunShelf.size(of: store.folder)),
      ])
    }
    if call.has("json") {
      let keys = rows[0]
      let list = rows.dropFirst().map { row in
        JSON.members(
          zip(keys, row).map { key, value -> (String, JSON) in
            // A study may be called 2024, or nan.
            guard key != "study", let number = Double(value) else { return (key, .string(value)) }
            return (key, .number(number))
          })
      }
      return try call.terminal.output(JSON.array(Array(list)).pretty + "\n")
    }
    guard rows.count > 1 else {
      return try call.terminal.output("No study has been run in \(path(shelf.folder)).\n")
    }
    let pieces = size(RunShelf.size(of: shelf.pieces))
    try call.terminal.output(TextTable.text(rows) + "Trained pieces that they share: \(pieces).\n")
  }

  private static func show(_ call: Call) throws {
    let store = try store(call.arguments[0], call)
    let cells = try store.plan() ?? []
    var rows = [["variant", "seed", "state", "cell"]]
    var failures = ""
    for cell in cells {
      let state = store.state(cell.identity)
      rows.append([cell.variant, "\(cell.seed)", GridCommand.word(state), String(cell.identity.prefix(24))])
      switch state {
      case .failed(let reason): failures += "\(cell.variant), seed \(cell.seed) failed: \(reason)\n"
      case .damaged(let reason): failures += "\(cell.variant), seed \(cell.seed) is damaged: \(reason)\n"
      default: break
      }
    }
    let results = store.folder.appending(path: "report.html")
    let isThere = FileManager.default.fileExists(atPath: path(results))
    try call.terminal.output(
      TextTable.text(rows) + failures
        + (isThere ? "Report: \(path(results))\n" : "No results are written yet.\n"))
  }

  private static func remove(_ call: Call) throws {
    let store = try store(call.arguments[0], call)
    let planned = try store.plan() ?? []
    let running = planned.filter { store.state($0.identity) == .running }
    guard running.isEmpty else {
      throw RunFailure(
        description: "\(path(store.folder)): a process works on \(running.count) of its cells; end it first.")
    }
    var victims: [URL] = []
    if call.has("failed") {
      for cell in planned {
        if case .failed = store.state(cell.identity) { victims.append(store.folder(of: cell)) }
      }
    }
    if call.has("stale") { victims += try store.stale() }
    if !call.has("failed"), !call.has("stale") { victims = [store.folder] }
    try delete(victims, call)
  }

  private static func collect(_ call: Call) throws { try delete(try shelf(call).garbage(), call) }

  private static func delete(_ victims: [URL], _ call: Call) throws {
    guard !victims.isEmpty else { return try call.terminal.output("Nothing is to be removed.\n") }
    var bytes = 0
    var lines = ""
    for victim in victims {
      let size = RunShelf.size(of: victim)
      bytes += size
      lines += "\(path(victim))  \(self.size(size))\n"
      if call.has("dry-run") { continue }
      do { try FileManager.default.removeItem(at: victim) } catch {
        throw RunFailure(description: "\(path(victim)): cannot be removed: \(error.localizedDescription)")
      }
    }
    try call.terminal.output(lines + "\(size(bytes)) \(call.has("dry-run") ? "would be" : "are") freed.\n")
  }

  private static func size(_ bytes: Int) -> String {
    bytes < 10_000 ? "\(bytes) B" : bytes < 10_000_000 ? "\(bytes / 1000) kB" : "\(bytes / 1_000_000) MB"
  }
}
