import Beckon
import Lab
import Synchronization

/// `beckon bench embeddings`.
enum BenchEmbeddingsCommand {
  static let command = Command(
    name: "embeddings", summary: "Seconds per epoch of training the simulator's embeddings.",
    details: """
      Trains as a study does, the held-out loss after each epoch included, with the defaults of the
      embeddings unless --set environment.embeddings.… says otherwise. One epoch warms up; the
      result is the median of the epochs after it.
      """,
    options: [
      .init(
        name: "embeddings", value: "SOURCE",
        help: "An identifier with the key 'epochs'; graphau if not given."),
      .init(name: "epochs", value: "N", help: "Timed epochs, 5 if not given."),
    ] + BenchCommand.studyOptions,
    run: run)

  private static func run(_ call: Call) throws {
    try CommonOptions.setThreads(call)
    let epochs = try call.number("epochs", default: 5)
    let registry = try call.registry()
    let spec = try BenchCommand.spec(
      """
      {
        "name": "bench-embeddings",
        "task": { "type": "nudge", "rounds": 1, "cutoffs": [1] },
        "metrics": ["ioi"],
        "environment": { "embeddings": { "epochs": \(epochs + 1) } },
        "targetSelector": { "type": "random", "count": 1 },
        "scorer": "random",
        "twin": "random",
        "arousal": { "type": "fixed", "keep": 0.8 }
      }
      """, at: ["environment", "embeddings"], option: "embeddings", fallback: "graphau", call, registry)
    let ends = Mutex<[Double]>([])
    let results = try BenchCommand.study(spec, call, registry) { event in
      if case .progress(.epoch(_, _, _, _, let seconds)) = event { ends.withLock { $0.append(seconds) } }
    }
    let times = ends.withLock { ends in zip(ends.dropFirst(), ends).map { $0 - $1 } }
    guard !times.isEmpty else {
      throw RunFailure(
        description: "bench embeddings: fewer than two epochs were trained, so none can be timed.")
    }
    try BenchCommand.print("secondsPerEpoch", times, "s per epoch", results, call)
  }
}
