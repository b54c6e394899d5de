import Beckon

extension ICSRecEncoder {
  struct Configuration: TransformerSettings {
    /// Width of a hidden vector.
    var hiddenSize = 64
    /// Transformer layers.
    var layers = 2
    /// Attention heads; they divide `hiddenSize`.
    var heads = 2
    /// Width inside the feed-forward layers.
    var innerSize = 256
    /// Newest items that are looked at.
    var maximumLength = 50
    /// Share of hidden values and attention weights dropped in training.
    var dropout = 0.5
    /// Clusters of segments, K; at most the number of segments.
    var intentCount = 256
    /// Weight λ of the coarse contrast, between segments that lead to the same item.
    var coarseWeight = 0.3
    /// Weight β of the fine contrast, between a segment and its cluster.
    var fineWeight = 0.1
    /// τ of both contrasts.
    var temperature = 1.0
    /// Which of the other segments that lead to the same item is contrasted with.
    var partner = SameTargetPartners.Choice.last
    /// Whether samples of the same item, or of the same cluster, are left out of each other's negatives.
    var masksFalseNegatives = true
    /// A safetensors file that replaces training.
    var weights = ""
    /// How it is trained.
    var training = TrainingSettings()
  }

  static let defaults = Configuration()

  static let presets: [String: Configuration] = {
    func preset(_ lambda: Double, intents: Int, dropout: Double, stepsPerEpoch: Int) -> Configuration {
      var configuration = Configuration()
      configuration.coarseWeight = lambda
      configuration.intentCount = intents
      configuration.dropout = dropout
      // Published: evaluated after every epoch, with a patience of forty.
      configuration.training.earlyStopping.everySteps = stepsPerEpoch
      configuration.training.earlyStopping.patienceSteps = 40 * stepsPerEpoch
      return configuration
    }
    // Steps of 256 segments: Beauty counted, the others from the published numbers of users and events (every event
    // but three a user ends a segment).
    return [
      "beauty": preset(0.3, intents: 256, dropout: 0.5, stepsPerEpoch: 514),
      "sports": preset(0.3, intents: 256, dropout: 0.5, stepsPerEpoch: 741),
      "toys": preset(0.2, intents: 1024, dropout: 0.5, stepsPerEpoch: 428),
      "ml-1m": preset(0.1, intents: 512, dropout: 0.1, stepsPerEpoch: 3834),
    ]
  }()

  static func check(_ configuration: Configuration, _ checks: inout Checks) {
    configuration.check(&checks)
    checks.positive("intentCount", configuration.intentCount)
    checks.atLeast("coarseWeight", configuration.coarseWeight, 0)
    checks.atLeast("fineWeight", configuration.fineWeight, 0)
    checks.positive("temperature", configuration.temperature)
  }
}
