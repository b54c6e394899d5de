import Beckon

/// Keys that every encoder on the post-norm transformer shares.
protocol TransformerSettings: SequenceSettings {
  var hiddenSize: Int { get }
  var layers: Int { get }
  var heads: Int { get }
  var innerSize: Int { get }
}

extension TransformerSettings {
  func check(_ checks: inout Checks) {
    checks.attention(hiddenSize: hiddenSize, layers: layers, heads: heads)
    checks.range("innerSize", innerSize, 1...32_768)
    checkSequenceKeys(&checks)
  }
}

extension Checks {
  /// The sizes of layers with several heads.
  mutating func attention(hiddenSize: Int, layers: Int, heads: Int) {
    range("hiddenSize", hiddenSize, 1...8192)
    range("layers", layers, 1...64)
    positive("heads", heads)
    require(
      heads > 0 && hiddenSize % heads == 0, "heads",
      "\(heads) heads do not divide hiddenSize (\(hiddenSize)) evenly.")
  }
}

/// An encoder whose states are the last hidden vectors of the post-norm transformer of the S3Rec family.
protocol TransformerEncoder: SequenceEncoder
where Configuration: TransformerSettings, Network == PostNormTransformer {
  /// How the parameters are named.
  static var naming: PostNormTransformer.Naming { get }
}

extension PostNormTransformer: SequenceNetwork {
  func callAsFunction<S: Scalar>(
    _ tape: Tape<S>, items: [Int32], positions: [Int32], layout: RaggedLayout
  ) -> Var<S> {
    self(tape, items: items, positions: positions, layout: layout, mixing: nil)
  }

  func lastHidden<S: Scalar>(
    _ tape: Tape<S>, items: [Int32], positions: [Int32], layout: RaggedLayout
  ) -> Var<S> {
    lastHidden(tape, items: items, positions: positions, layout: layout, mixing: nil)
  }
}

extension TransformerEncoder {
  static var naming: PostNormTransformer.Naming { .layers }

  func network(itemCount: Int) -> PostNormTransformer {
    PostNormTransformer(
      items: itemCount + Self.extraRows, hiddenSize: configuration.hiddenSize, layers: configuration.layers,
      heads: configuration.heads, innerSize: configuration.innerSize,
      maximumLength: configuration.maximumLength, dropout: configuration.dropout, naming: Self.naming)
  }

  func refusal(ofExtraTensors names: [String]) -> String? {
    let network = network(itemCount: 0)
    return refusalOfDeeperModel(names, layers: configuration.layers) { network.blockName($0) + "." }
  }
}
