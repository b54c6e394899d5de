import Beckon
import Lab
import Reports

/// `beckon grid confirm`.
enum GridConfirmCommand {
  static let command = Command(
    name: "confirm", summary: "Runs the best of a finished study again, with seeds it has not seen.",
    details: """
      The best of many cells is partly the luckiest: what it had of luck it has not with other seeds.
      The variants that are ahead, and the one the spec compares with, are run with fresh seeds, and
      stand beside what they were. Results go to <name>-confirm beside the study.
      """,
    arguments: [.init(name: "SPEC", help: "the experiment, a JSON file; its study must be finished.")],
    options: [
      CommonOptions.set, CommonOptions.plugin, CommonOptions.seed, CommonOptions.out, CommonOptions.data,
      CommonOptions.threads,
      .init(
        name: "metric", value: "NAME",
        help: "By which the best are chosen, such as ioi@20; the first that has a better side if not given."),
      .init(name: "best", value: "N", help: "How many variants; 3 if not given."),
      .init(
        name: "fresh", value: "N",
        help: "How many fresh seeds; as many as the study has, at least 3, if not given."),
      CommonOptions.quiet,
    ],
    run: run)

  private static func run(_ call: Call) throws {
    let named = try StudyCall(call)
    let (spec, registry, folder) = (named.spec, named.registry, named.folders.output)
    let forecast = try SpecError.naming(call.arguments[0]) { try named.study().forecast() }
    guard forecast.toRun.isEmpty else {
      throw RunFailure(
        description: "\(forecast.toRun.count) of \(forecast.cells.count) cells are not finished: "
          + "run 'beckon run \(call.arguments[0])' first.")
    }
    let before = try named.study().run()
    let choice = try Choice(before, call, registry)
    let fresh = try seeds(spec, call)
    let again = ResolvedSpec(
      file: spec.file, name: spec.name + "-confirm",
      description: "The best of \(spec.name) by \(choice.metric), again with seeds that chose nothing.",
      variants: spec.variants.filter { choice.best.contains($0.name) || $0.name == spec.compareWith },
      seeds: fresh,
      trajectories: false, compareWith: spec.compareWith)
    let output = folder.deletingLastPathComponent().appending(path: folder.lastPathComponent + "-confirm")
    try RunCommand.prepare(output)
    let after = try RunCommand.watched(call) { try named.study(again, output: output, report: $0).run() }
    guard after.failures.isEmpty else {
      throw RunFailure(
        description: after.failures.map { "\($0.variant), seed \($0.seed): \($0.reason)" }.joined(
          separator: "\n"))
    }
    try ResultFiles(after).write(to: output)
    try ReportCommand.write(after, registry, into: output)
    guard !call.has("quiet") else { return }
    try call.terminal.output(text(before, after, choice, spec.compareWith, output))
  }

  /// Seeds above all that the study has used.
  private static func seeds(_ spec: ResolvedSpec, _ call: Call) throws -> [UInt64] {
    let count = try call.number("fresh", default: max(3, spec.seeds.count))
    let first = (spec.seeds.max() ?? 0) + 1
    return (0..<UInt64(count)).map { first + $0 }
  }

  /// Which variants are ahead.
  private struct Choice {
    let metric: String
    /// Best first.
    let best: [String]

    init(_ results: StudyResults, _ call: Call, _ registry: Registry) throws {
      let table = SummaryTable(results)
      let lookup = HTMLReport.lookup(in: registry)
      func direction(_ name: String) -> Direction {
        lookup(name.split(separator: "@").first.map(String.init) ?? name)?.direction ?? .neither
      }
      let named = call.value("metric")
      if let named, !table.metrics.contains(named) {
        let sentence = Suggestion.sentence(for: named, among: table.metrics, label: "Metrics")
        throw UsageError("--metric: no run has '\(named)'.\(sentence)", command: call.path)
      }
      let base = table.metrics.first { direction($0) != .neither }.map { $0.split(separator: "@")[0] }
      guard let metric = named ?? table.metrics.last(where: { $0.split(separator: "@").first == base }) else {
        throw UsageError(
          "no metric of this study has a better side: name one by --metric.", command: call.path)
      }
      var ranked: [(name: String, mean: Double)] = []
      for row in table.rows where row.variant != results.spec.compareWith {
        if let value = row.value(metric) { ranked.append((row.variant, value.mean)) }
      }
      let sign: Double = direction(metric) == .lower ? 1 : -1
      ranked.sort { (sign * $0.mean, $0.name) < (sign * $1.mean, $1.name) }
      self.metric = metric
      best = try ranked.prefix(call.number("best", default: 3)).map { $0.name }
      guard !best.isEmpty else {
        throw UsageError("this study has one variant only: there is no best to confirm.", command: call.path)
      }
    }
  }

  private static func text(
    _ before: StudyResults, _ after: StudyResults, _ choice: Choice, _ baseline: String, _ folder: URL
  ) -> String {
    let (then, now) = (SummaryTable(before), SummaryTable(after))
    func value(_ table: SummaryTable, _ variant: String) -> Sample? {
      table.rows.first { $0.variant == variant }?.value(choice.metric)
    }
    func lead(_ table: SummaryTable, _ variant: String) -> Double? {
      guard let own = value(table, variant), let other = value(table, baseline) else { return nil }
      return own.mean - other.mean
    }
    func short(_ value: Double?) -> String { value.map { String(format: "%.4g", $0) } ?? "-" }
    let comparisons = try? Comparisons(
      of: after, users: { try PerUserValues(of: $0, in: folder) }, to: baseline, metrics: [choice.metric])
    var rows = [["variant", "chosen by", "again", "lead then", "lead now", "corrected p"]]
    for name in choice.best + [baseline] {
      let p = comparisons?.row(name, choice.metric)?.correctedP
      rows.append([
        name, short(value(then, name)?.mean), short(value(now, name)?.mean),
        name == baseline ? "" : short(lead(then, name)), name == baseline ? "" : short(lead(now, name)),
        name == baseline ? "" : short(p),
      ])
    }
    let seeds = "\(before.spec.seeds.count) seeds then, \(after.spec.seeds.count) fresh ones now"
    return TextTable.text(rows)
      + "\(choice.metric): means over \(seeds); the lead is over \(baseline), p of a Wilcoxon test over users, corrected by "
      + "Holm.\nReport: \(folder.appending(path: "report.html").path(percentEncoded: false))\n"
  }
}
