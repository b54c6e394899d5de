import Beckon

/// A recurrent recommender.
struct GRU4RecEncoder: SequenceEncoder {
  static let about = About(
    "gru4rec",
    "A gated recurrent unit over the user's items; its last vector, brought to the width of an item, is the state.",
    source: """
      Hidasi et al., ICLR 2016, with the defaults of RecBole's GRU4Rec: one table for input and output items, a \
      linear layer from hidden to item width, no biases in the unit, dropout of the embeddings, softmax \
      cross-entropy, Adam. Deviates from the paper, which feeds one-hot items, has an output table of its own, \
      takes the other items of the mini-batch for negatives and trains with Adagrad. A loss at every position \
      stands for RecBole's expansion into prefixes.
      """)

  struct Configuration: NextItemSettings {
    /// Width of an item's vector and of a state.
    var embeddingSize = 64
    /// Width of the recurrent state.
    var hiddenSize = 128
    /// Recurrent layers.
    var layers = 1
    /// Newest items that are looked at.
    var maximumLength = 50
    /// Share of embedding values dropped in training.
    var dropout = 0.3
    /// How a next item is told from the others.
    var loss = NextItemLoss.crossEntropy
    /// Where negatives come from.
    var negatives = NegativeSampler.Scope.outsideSequence
    /// A safetensors file that replaces training.
    var weights = ""
    /// How it is trained.
    var training = TrainingSettings()
  }

  static let defaults = Configuration()
  static let extraRows = 1
  let configuration: Configuration
  private(set) var items = ItemRows()
  var parameters = ParameterSet<Float>() {
    didSet { items = ItemRows(parameters, extraRows: Self.extraRows) }
  }

  init(configuration: Configuration) { self.configuration = configuration }

  static func check(_ configuration: Configuration, _ checks: inout Checks) {
    checks.range("embeddingSize", configuration.embeddingSize, 1...8192)
    checks.range("hiddenSize", configuration.hiddenSize, 1...8192)
    checks.range("layers", configuration.layers, 1...64)
    configuration.checkSequenceKeys(&checks)
  }

  func network(itemCount: Int) -> RecurrentNetwork {
    RecurrentNetwork(
      items: itemCount + Self.extraRows, embeddingSize: configuration.embeddingSize,
      hiddenSize: configuration.hiddenSize, layers: configuration.layers, dropout: configuration.dropout)
  }

  func refusal(ofExtraTensors names: [String]) -> String? {
    refusalOfDeeperModel(names, layers: configuration.layers, layerName: RecurrentNetwork.inputWeights)
  }
}
