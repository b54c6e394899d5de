import Beckon
import Lab
import Synchronization

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
      .init(name: "encoder", value: "ENCODER", help: "An identifier such as sasrec (the default)."),
      .init(name: "repeats", value: "N", help: "Timed repetitions, 5 if not given."),
    ] + BenchCommand.studyOptions,
    run: run)

  private static func run(_ call: Call) throws {
    try CommonOptions.setThreads(call)
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
    let times = Mutex<[Double]>([])
    let results = try BenchCommand.study(spec, call, registry) { event in
      guard case .progress(.advanced(let done, let of, "users", let seconds)) = event, done == of else {
        return
      }
      times.withLock { $0.append(seconds) }
    }
    let timed = times.withLock { Array($0.dropFirst()) }
    guard !timed.isEmpty else { throw RunFailure(description: "bench evaluate: nothing was timed.") }
    try BenchCommand.print("seconds", timed, "s for all users", results, call)
  }
}
