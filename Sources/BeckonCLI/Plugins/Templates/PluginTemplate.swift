import Beckon

/// What `beckon plugin new` writes for one kind: a component that works as it stands, to be changed.
///
/// `Draft` stands for the plugin's name, `draft-id` for its identifier.
struct PluginTemplate {
  /// What is typed behind `--kind`.
  let kind: String
  /// The registry's kind.
  let registered: Kind
  /// What the type's name ends in.
  let role: String
  /// The component's file.
  let component: String
  /// Whether its spec predicts the next item instead of guiding users.
  var isNextItem = false
  /// What of the spec is this kind's own: keys laid over those of `base`; null takes one away.
  let spec: String

  /// All kinds.
  static let all: [PluginTemplate] = data + recommender + world + evaluation

  /// A nudge in a small simulated world, which takes seconds.
  static let base = """
    {
      "dataset": { "type": "synthetic", "users": 120, "items": 80, "seed": 1 },
      "filters": [{ "type": "k-core", "users": 5, "items": 3 }],
      "task": { "type": "nudge", "rounds": 5, "cutoffs": [5] },
      "encoder": {
        "type": "sasrec", "hiddenSize": 16, "innerSize": 32, "layers": 1, "maximumLength": 20,
        "training": { "epochs": 10, "batchSize": 64, "learningRate": 0.01, "earlyStopping": { "metric": "" } }
      },
      "environment": { "embeddings": "world", "clickModel": { "type": "sigmoid", "slope": 10, "offset": 0.7 } },
      "targetSelector": { "type": "random", "count": 5 },
      "scorer": "ipg",
      "metrics": ["hr", "ioi", "ioi-over-twin"],
      "seeds": [1, 2]
    }
    """

  /// Laid over it: a prediction of the next item in the same world, which needs no encoder.
  static let nextItem = """
    {
      "task": { "type": "next-item", "cutoffs": [5, 10] },
      "encoder": null, "environment": null, "targetSelector": null, "metrics": null, "scorer": "popularity"
    }
    """
}
