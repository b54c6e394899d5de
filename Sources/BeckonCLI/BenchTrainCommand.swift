import Beckon
import Lab
import Synchronization

/// `beckon bench train`.
enum BenchTrainCommand {
  static let command = Command(
    name: "train", summary: "Seconds per epoch of training an encoder.",
    details: """
      Trains as a study does, in the study's own loop: batches of 256 users and the encoder's
      defaults unless --set encoder.… says otherwise; no evaluation in between. One epoch warms up;
      the result is the median of the epochs after it, each timed from the end of the one before.
      --json also says how long it took to read the data and to draw the first weights.
      """,
    options: [
      .init(name: "encoder", value: "ENCODER", help: "An identifier such as sasrec (the default)."),
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
        "name": "bench-train",
        "task": { "type": "next-item", "cutoffs": [10] },
        "metrics": ["ndcg"],
        "encoder": {
          "training": { "epochs": \(epochs + 1), "batchSize": 256, "earlyStopping": { "metric": "" } }
        }
      }
      """, at: ["encoder"], option: "encoder", fallback: "sasrec", call, registry)
    let begin = ContinuousClock.now
    let preparation = Mutex(0.0)
    let ends = Mutex<[Double]>([])
    let results = try BenchCommand.study(spec, call, registry) { event in
      guard case .progress(.epoch(let epoch, _, _, _, let seconds)) = event else { return }
      if epoch == 1 {
        preparation.withLock { $0 = (ContinuousClock.now - begin) / .seconds(1) - seconds }
      }
      ends.withLock { $0.append(seconds) }
    }
    let times = ends.withLock { ends in zip(ends.dropFirst(), ends).map { $0 - $1 } }
    guard !times.isEmpty else {
      throw RunFailure(description: "bench train: fewer than two epochs were trained, so none can be timed.")
    }
    try BenchCommand.print(
      "secondsPerEpoch", times, "s per epoch", results, call,
      more: [("secondsBeforeTraining", .number(preparation.withLock { $0 }))])
  }
}
