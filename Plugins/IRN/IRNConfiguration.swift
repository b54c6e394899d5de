import Beckon

extension IRNEncoder {
  struct Configuration: Codable, Equatable, Sendable {
    /// Width of a hidden vector, d.
    var hiddenSize = 30
    /// Decoder layers.
    var layers = 6
    /// Attention heads; they divide `hiddenSize`.
    var heads = 6
    /// Width inside the feed-forward layers.
    var innerSize = 256
    /// Width of a user's vector, from which the impressionability is read.
    var userDimension = 10
    /// Slots of the window: the objective and the newest items before it.
    var maximumLength = 60
    /// Share of hidden values and attention weights dropped in training.
    var dropout = 0.05
    /// Added to the attention logits of the past and the present, w_h.
    var pastWeight = 0.05
    /// Factor of the impressionability in the attention logit of the objective, w_t.
    var targetWeight = 1.0
    /// Whether each layer also attends to a memory of zeros, as the released code's decoder does: it adds a learned
    /// constant and a normalisation.
    var crossAttentionOnZeros = false
    /// Where the item table starts.
    var initialItems = InitialItems.normal
    /// Items of the shortest stretch of a sequence that is trained on, its objective included.
    var shortestSegment = 20
    /// Items of the longest stretch.
    var longestSegment = 59
    /// Whether a roll-out reads the window as the released ITMPRec driver does, which never shows the objective.
    var legacy = false
    /// A safetensors file that replaces training.
    var weights = ""
    /// How it is trained; the published patience of 4 and 10 epochs is that of 25 steps an epoch.
    var training = {
      var training = TrainingSettings()
      training.batchSize = 128
      training.learningRate = 0.003
      training.beta2 = 0.98
      training.halveAfterSteps = 100
      training.earlyStopping.everySteps = 25
      training.earlyStopping.patienceSteps = 250
      return training
    }()
  }

  static let defaults = Configuration()

  static let presets: [String: Configuration] = {
    var study = Configuration()
    study.hiddenSize = 64
    study.layers = 2
    study.heads = 2
    study.maximumLength = 50
    study.initialItems = .embeddings
    study.crossAttentionOnZeros = true
    study.longestSegment = 49
    study.training.learningRate = 0.008
    return ["itmprec": study]
  }()

  static func check(_ configuration: Configuration, _ checks: inout Checks) {
    let (width, heads) = (configuration.hiddenSize, configuration.heads)
    checks.range("hiddenSize", width, 1...8192)
    checks.range("layers", configuration.layers, 1...64)
    checks.positive("heads", heads)
    checks.require(
      heads > 0 && width % heads == 0, "heads", "\(heads) heads do not divide hiddenSize (\(width)) evenly.")
    checks.range("innerSize", configuration.innerSize, 1...32_768)
    checks.range("userDimension", configuration.userDimension, 1...8192)
    checks.range("maximumLength", configuration.maximumLength, 2...4096)
    checks.range("dropout", configuration.dropout, 0..<1)
    for (key, weight) in [
      ("pastWeight", configuration.pastWeight), ("targetWeight", configuration.targetWeight),
    ] {
      checks.require(weight.isFinite, key, "\(weight) is not a finite number.")
    }
    checks.atLeast("shortestSegment", configuration.shortestSegment, 2)
    checks.atLeast("longestSegment", configuration.longestSegment, configuration.shortestSegment)
    checks.file("weights", configuration.weights)
    configuration.training.check(&checks)
  }
}
