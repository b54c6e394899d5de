import Beckon

/// `beckon bench evaluate`.
enum BenchEvaluateCommand {
  static let command = Command(
    name: "evaluate", summary: "Seconds of a full-ranking evaluation.",
    details: """
      Ranks all items for every user's held-out item under an untrained encoder (random weights):
      the cost does not depend on what was learned. Timed are encoding, scores, ranks and metrics'
      inputs. One seed warms up; the result is the median over the seeds after it.
      """,
    options: [
      BenchCommand.encoder,
      .init(name: "repeats", value: "N", help: "Timed repetitions, 5 if not given."),
    ] + BenchCommand.studyOptions,
    run: run)

  private static func run(_ call: Call) throws {
    let repeats = try call.number("repeats", default: 5)
    let registry = try call.registry()
    let spec = try BenchCommand.spec(
      """
      {
        "name": "bench-evaluate",
        "task": { "type": "next-item", "cutoffs": [5, 10, 20] },
        "metrics": ["hit", "ndcg"],
        "encoder": { "training": { "epochs": 0, "earlyStopping": { "metric": "" } } },
        "seeds": \(repeats + 1)
      }
      """, at: ["encoder"], option: "encoder", fallback: "sasrec", call, registry)
    let (seconds, results) = try BenchCommand.repetitions(over: "users", of: spec, call, registry)
    try BenchCommand.print("seconds", seconds, "s per evaluation", results, call)
  }
}
