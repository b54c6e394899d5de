import Beckon

extension BSARecEncoder {
  struct Configuration: TransformerSettings {
    /// Width of a hidden vector.
    var hiddenSize = 64
    /// Blocks.
    var layers = 2
    /// Attention heads; they divide `hiddenSize`.
    var heads = 2
    /// Width inside the feed-forward layers.
    var innerSize = 256
    /// Newest items that are looked at, and places of the window that is filtered.
    var maximumLength = 50
    /// Share of hidden values and attention weights dropped in training.
    var dropout = 0.5
    /// Weight of the frequency filter; attention has the rest.
    var alpha = 0.7
    /// Where low frequencies end: the lowest ⌊c/2⌋ + 1 count as low, the mean included.
    var c = 5
    /// A safetensors file that replaces training.
    var weights = ""
    /// How it is trained.
    var training = TrainingSettings()

    /// Frequencies that the low-pass keeps.
    var keptFrequencies: Int { c / 2 + 1 }
  }

  static let defaults = Configuration()

  static let presets: [String: Configuration] = {
    func preset(_ alpha: Double, c: Int, heads: Int, rate: Double, stepsPerEpoch: Int) -> Configuration {
      var configuration = Configuration()
      configuration.alpha = alpha
      configuration.c = c
      configuration.heads = heads
      configuration.training.learningRate = rate
      configuration.training.epochs = 200
      // Published: evaluated after every epoch, with a patience of ten.
      configuration.training.earlyStopping.everySteps = stepsPerEpoch
      configuration.training.earlyStopping.patienceSteps = 10 * stepsPerEpoch
      return configuration
    }
    // Steps of 256 samples: Beauty counted, the others from the published numbers of users and events (every event
    // but two a user is a sample, 50 a user at most).
    return [
      "beauty": preset(0.7, c: 5, heads: 1, rate: 0.0005, stepsPerEpoch: 587),
      "sports": preset(0.3, c: 5, heads: 4, rate: 0.001, stepsPerEpoch: 880),
      "toys": preset(0.7, c: 3, heads: 1, rate: 0.001, stepsPerEpoch: 504),
      "yelp": preset(0.7, c: 3, heads: 4, rate: 0.001, stepsPerEpoch: 999),
      "lastfm": preset(0.9, c: 3, heads: 1, rate: 0.001, stepsPerEpoch: 150),
      "ml-1m": preset(0.3, c: 9, heads: 4, rate: 0.0005, stepsPerEpoch: 1150),
    ]
  }()

  static func check(_ configuration: Configuration, _ checks: inout Checks) {
    configuration.check(&checks)
    checks.range("alpha", configuration.alpha, 0...1)
    checks.atLeast("c", configuration.c, 0)
  }
}
