import Beckon

/// Self-attentive sequential recommendation.
struct SASRecEncoder: TransformerEncoder {
  static let about = About(
    "sasrec", "Causal self-attention over the user's items; the last hidden vector is the state.",
    source: """
      Kang and McAuley, ICDM 2018, in the S3Rec family's form: post-norm, learned positions, GELU, tied item \
      table, binary cross-entropy at every position with one negative. The 2018 form, which is pre-norm in the query \
      alone and scales item embeddings by √d, is `sasrec-original`.
      """)

  struct Configuration: TransformerSettings, NextItemSettings {
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
    /// How a next item is told from a negative.
    var loss = NextItemLoss.bce
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

  static func check(_ configuration: Configuration, _ checks: inout Checks) { configuration.check(&checks) }
}
