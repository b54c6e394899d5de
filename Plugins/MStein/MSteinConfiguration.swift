import Beckon

extension MSteinEncoder {
  struct Configuration: SequenceSettings {
    /// Width of a mean and of a covariance.
    var hiddenSize = 64
    /// Layers of stochastic attention.
    var layers = 1
    /// Attention heads; they divide `hiddenSize`.
    var heads = 2
    /// Width inside the feed-forward layers.
    var innerSize = 256
    /// Newest items that are looked at.
    var maximumLength = 50
    /// Share of hidden values dropped in training.
    var dropout = 0.1
    /// Share of attention weights dropped in training.
    var attentionDropout = 0.0
    /// Which layers the means pass through.
    var meanStream = MeanStream.fixed
    /// Where negatives come from.
    var negatives = NegativeSampler.Scope.outsideSequence
    /// Weight of the loss that keeps a negative farther from the positive than the user is.
    var positiveNegativeWeight = 0.01
    /// Weight of the contrast between a user's two views.
    var contrastWeight = 0.005
    /// Temperature of the contrast, τ.
    var temperature = 1e-6
    /// Slots of a window that the contrast computes: with `real`, pads count as zeros.
    var pooling = Pooling.real
    /// Sizes of the augmentations of a view.
    var augmentation = InformedAugmentation()
    /// A safetensors file that replaces training.
    var weights = ""
    /// How it is trained. An epoch of Amazon Beauty is 22 steps.
    var training = {
      var training = TrainingSettings()
      training.epochs = 500
      training.batchSize = 1024
      training.earlyStopping.metric = "mrr@20"
      training.earlyStopping.everySteps = 22
      training.earlyStopping.patienceSteps = 2200
      return training
    }()
  }

  enum MeanStream: String, Choice {
    /// All of them, like the covariances.
    case fixed
    /// None: the released code of STOSA, MStein and ITMPRec gives the new means to a misspelt variable, so that only
    /// the covariances leave layer 0.
    case official
  }

  static let defaults = Configuration()

  static let presets: [String: Configuration] = {
    var official = Configuration()
    official.meanStream = .official
    official.pooling = .all
    return ["official": official]
  }()

  static func check(_ configuration: Configuration, _ checks: inout Checks) {
    checks.attention(
      hiddenSize: configuration.hiddenSize, layers: configuration.layers, heads: configuration.heads)
    checks.range("innerSize", configuration.innerSize, 1...32_768)
    checks.range("attentionDropout", configuration.attentionDropout, 0..<1)
    checks.atLeast("positiveNegativeWeight", configuration.positiveNegativeWeight, 0)
    checks.atLeast("contrastWeight", configuration.contrastWeight, 0)
    checks.positive("temperature", configuration.temperature)
    configuration.augmentation.check(&checks)
    configuration.checkSequenceKeys(&checks)
  }
}
