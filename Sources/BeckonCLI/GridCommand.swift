import Beckon
import Lab

/// `beckon grid`.
enum GridCommand {
  static let command = Command(
    name: "grid", summary: "Plans a study's cells, hands them to a cluster, and confirms the best.",
    details: """
      A spec with a grid is run by 'beckon run' like any other; these commands look before, spread
      the work over machines, and look again afterwards.
      """,
    commands: [
      plan, GridConfirmCommand.command, SlurmCommands.submit, SlurmCommands.status, SlurmCommands.cancel,
    ])

  private static let plan = Command(
    name: "plan", summary: "Prints the cells of a spec, what is finished, and what the rest should take.",
    details: """
      Reads the data and writes nothing. Times are those of the same components on as much data in this
      store, scaled by events and threads otherwise; where nothing like it was run, it says so.
      """,
    arguments: [.init(name: "SPEC", help: "the experiment, a JSON file.")],
    options: [
      CommonOptions.set, CommonOptions.plugin, CommonOptions.seed, CommonOptions.out, CommonOptions.data,
      CommonOptions.threads,
      CommonOptions.json,
    ],
    run: runPlan)

  private static func runPlan(_ call: Call) throws {
    let named = try StudyCall(call)
    let forecast = try SpecError.naming(call.arguments[0]) { try named.study().forecast() }
    try call.terminal.output(call.has("json") ? json(forecast).pretty + "\n" : text(forecast))
  }

  private static func text(_ forecast: StudyForecast) -> String {
    var rows = [["variant", "seed", "state", "cell"]]
    rows += forecast.cells.map {
      [$0.variant, "\($0.seed)", word($0.state), String($0.identity.prefix(12))]
    }
    var pieces = [["piece", "cells", "state", "file"]]
    pieces += forecast.pieces.map {
      [
        $0.work, "\($0.cells)", $0.isCached ? "cached" : forecast.toRun.isEmpty ? "not needed" : "to be made",
        $0.name,
      ]
    }
    let stale =
      forecast.stale == 0
      ? "" : "\n\(forecast.stale) cells in the folder are of another configuration, other data or other code."
    return TextTable.text(rows) + "\n" + (forecast.pieces.isEmpty ? "" : TextTable.text(pieces) + "\n")
      + "\(summary(forecast.cells.map(\.state)))\(stale)\n\(estimate(forecast))"
  }

  private static func estimate(_ forecast: StudyForecast) -> String {
    guard !forecast.toRun.isEmpty else { return "Nothing is left to do.\n" }
    let memory = forecast.peakMemoryMiB.map { String(format: ", %.0f MiB of memory", $0) } ?? ""
    let unknown = forecast.unknown
    let threads = Parallel.threads == 1 ? "1 thread" : "\(Parallel.threads) threads"
    let known = "about \(Duration.words(forecast.seconds)) on \(threads)\(memory)"
    if unknown.isEmpty { return "The rest should take \(known).\n" }
    let rest = "of \(unknown.joined(separator: ", ")) nothing is known before one like it has been run"
    return forecast.seconds == 0 ? "How long: \(rest).\n" : "The rest should take \(known); \(rest).\n"
  }

  private static func json(_ forecast: StudyForecast) -> JSON {
    func number(_ value: Double?) -> JSON { value.map { .number($0) } ?? .null }
    return .members([
      (
        "cells",
        .array(
          forecast.cells.map {
            .members([
              ("variant", .string($0.variant)), ("seed", .number(Double($0.seed))),
              ("identity", .string($0.identity)), ("state", .string(word($0.state))),
              ("seconds", number($0.seconds)),
            ])
          })
      ),
      (
        "pieces",
        .array(
          forecast.pieces.map {
            .members([
              ("work", .string($0.work)), ("name", .string($0.name)), ("cached", .bool($0.isCached)),
              ("cells", .number(Double($0.cells))), ("seconds", number($0.seconds)),
            ])
          })
      ),
      ("stale", .number(Double(forecast.stale))), ("seconds", .number(forecast.seconds)),
      ("unknown", .array(forecast.unknown.map { .string($0) })),
      ("peakMemoryMiB", number(forecast.peakMemoryMiB)),
    ])
  }

  /// `12 cells: 7 done, 5 planned.`
  static func summary(_ states: [RunStore.State]) -> String {
    let counts = Dictionary(grouping: states, by: word).mapValues(\.count)
    let order = ["done", "running", "failed before", "damaged", "planned"]
    let list = order.compactMap { name in counts[name].map { "\($0) \(name)" } }
    return "\(states.count) cells: \(list.joined(separator: ", "))."
  }

  /// A state in a word or two.
  static func word(_ state: RunStore.State) -> String {
    switch state {
    case .planned: "planned"
    case .running: "running"
    case .done: "done"
    case .failed: "failed before"
    case .damaged: "damaged"
    }
  }
}
