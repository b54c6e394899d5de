import Beckon
import Lab

/// `beckon bench rollout`.
enum BenchRollOutCommand {
  static let command = Command(
    name: "rollout", summary: "User-rounds per second of the multi-round simulation.",
    details: """
      Plays the rounds of an untrained encoder (random weights) with the itmprec scorer, TIAC,
      random intents and random unit vectors as the simulated world, without the twin: the cost
      does not depend on what was learned. One seed warms up; the result is the median over the
      seeds after it. Timed are the first encoding of all users and the rounds: scoring, ranks,
      clicks, and encoding changed histories.
      """,
    options: [
      BenchCommand.encoder,
      .init(name: "targets", value: "N", help: "Targets, 2 if not given."),
      .init(name: "rounds", value: "N", help: "Rounds, 20 if not given."),
      .init(name: "repeats", value: "N", help: "Timed repetitions, 3 if not given."),
    ] + BenchCommand.studyOptions,
    run: run)

  private static func run(_ call: Call) throws {
    let targets = try call.number("targets", default: 2)
    let rounds = try call.number("rounds", default: 20)
    let repeats = try call.number("repeats", default: 3)
    var registry = try call.registry()
    try registry.register(plugin: "bench", digest: "") { try $0.register(RandomWorld.self) }
    let spec = try BenchCommand.spec(
      """
      {
        "name": "bench-rollout",
        "task": { "type": "nudge", "rounds": \(rounds), "cutoffs": [1] },
        "metrics": ["ioi"],
        "encoder": { "training": { "epochs": 0, "earlyStopping": { "metric": "" } } },
        "intents": "frozen-random",
        "environment": { "embeddings": "bench-random" },
        "targetSelector": { "type": "random", "count": \(targets) },
        "scorer": "itmprec",
        "twin": "itmprec",
        "arousal": "tiac",
        "seeds": \(repeats + 1)
      }
      """, at: ["encoder"], option: "encoder", fallback: "sasrec", call, registry)
    let (seconds, results) = try BenchCommand.repetitions(over: "rounds", of: spec, call, registry)
    let users = results.runs.first?.record.facts["users"]?.number ?? 0
    let speeds = seconds.map { users * Double(targets * rounds) / $0 }
    try BenchCommand.print(
      "userRoundsPerSecond", speeds, "user-rounds per second", results, call,
      more: [("targets", .number(Double(targets))), ("rounds", .number(Double(rounds)))])
  }
}

/// Random unit vectors: a world in which nothing can be learned, for timing alone.
private struct RandomWorld: EmbeddingSource {
  static let about = About("bench-random", "Random unit vectors, for benchmarks alone.")

  struct Configuration: Codable, Equatable, Sendable {
    /// Width of the vectors.
    var dimension = 64
  }

  static let defaults = Configuration()
  let configuration: Configuration

  static func check(_ configuration: Configuration, _ checks: inout Checks) {
    checks.range("dimension", configuration.dimension, 1...4096)
  }

  func tables(_ context: TrainingContext) throws -> EmbeddingTables {
    var stream = RandomStream(seed: context.seed, purpose: .initialization)
    let width = configuration.dimension
    func table(_ rows: Int) -> Matrix<Float> {
      Matrix(rows: rows, columns: width, values: (0..<rows * width).map { _ in Float(stream.normal()) })
    }
    let users = table(context.split.dataset.userCount)
    return EmbeddingTables(users: users, items: table(context.split.dataset.itemCount))
  }
}
