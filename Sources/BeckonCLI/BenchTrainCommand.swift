import Beckon

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
    options: [BenchCommand.encoder, BenchCommand.timedEpochs] + BenchCommand.studyOptions, run: run)

  private static func run(_ call: Call) throws {
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
    let (seconds, preparation, results) = try BenchCommand.epochs(of: spec, call, registry)
    try BenchCommand.print(
      "secondsPerEpoch", seconds, "s per epoch", results, call,
      more: [("secondsBeforeTraining", .number(preparation))])
  }
}
