import Beckon

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
      BenchCommand.timedEpochs,
    ] + BenchCommand.studyOptions,
    run: run)

  private static func run(_ call: Call) throws {
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
    let (seconds, _, results) = try BenchCommand.epochs(of: spec, call, registry)
    try BenchCommand.print("secondsPerEpoch", seconds, "s per epoch", results, call)
  }
}
