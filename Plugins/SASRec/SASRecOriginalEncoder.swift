import Beckon

/// Self-attentive sequential recommendation as it was published.
struct SASRecOriginalEncoder: SequenceEncoder {
  static let about = About(
    "sasrec-original",
    "SASRec of 2018: scaled item embeddings, a normalised query, a feed-forward layer of width d.",
    source: """
      Kang and McAuley, ICDM 2018, section III, with the residual from the normalised query and the last \
      normalisation of the released code. Presets: `ml-1m` and `beauty` (sparse data) are the authors' settings. \
      Pads are not computed, which amounts to a mask over them; the common PyTorch port has no such mask, so that \
      items attend to the zero vectors of the pads too. First weights are Xavier-normal as in that port, biases 0. \
      Users are shuffled, not drawn with replacement.
      """)

  struct Configuration: NextItemSettings {
    /// Width of a hidden vector, d.
    var hiddenSize = 50
    /// Blocks of attention and feed-forward layer.
    var layers = 2
    /// Attention heads; they divide `hiddenSize`.
    var heads = 1
    /// Newest items that are looked at.
    var maximumLength = 50
    /// Share of hidden values and attention weights dropped in training.
    var dropout = 0.5
    /// How a next item is told from the others.
    var loss = NextItemLoss.bce
    /// Where negatives come from.
    var negatives = NegativeSampler.Scope.outsideSequence
    /// A safetensors file that replaces training.
    var weights = ""
    /// How it is trained.
    var training = {
      var training = TrainingSettings()
      training.epochs = 200
      training.batchSize = 128
      training.beta2 = 0.98
      return training
    }()
  }

  static let defaults = Configuration()

  static let presets: [String: Configuration] = {
    var dense = Configuration()
    dense.maximumLength = 200
    dense.dropout = 0.2
    return ["ml-1m": dense, "beauty": Configuration()]
  }()

  static let extraRows = 1
  let configuration: Configuration
  private(set) var items = ItemRows()
  var parameters = ParameterSet<Float>() {
    didSet { items = ItemRows(parameters, extraRows: Self.extraRows) }
  }

  init(configuration: Configuration) { self.configuration = configuration }

  static func check(_ configuration: Configuration, _ checks: inout Checks) {
    checks.attention(
      hiddenSize: configuration.hiddenSize, layers: configuration.layers, heads: configuration.heads)
    configuration.checkSequenceKeys(&checks)
  }

  func network(itemCount: Int) -> QueryNormTransformer {
    QueryNormTransformer(
      items: itemCount + Self.extraRows, hiddenSize: configuration.hiddenSize, layers: configuration.layers,
      heads: configuration.heads, maximumLength: configuration.maximumLength, dropout: configuration.dropout)
  }

  func refusal(ofExtraTensors names: [String]) -> String? {
    refusalOfDeeperModel(names, layers: configuration.layers) { QueryNormTransformer.blockName($0) + "." }
  }
}
