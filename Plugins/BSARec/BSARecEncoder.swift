import Beckon

/// Attention mixed with a filter that weighs high frequencies along time.
struct BSARecEncoder: TransformerEncoder {
  static let about = About(
    "bsarec", "Self-attention beside a frequency filter along the window; trained on every prefix.",
    source: """
      Shin et al., "An Attentive Inductive Bias for Sequential Recommendation beyond the Self-Attention", AAAI 2024: \
      each block is α·(frequency rescaler) + (1 − α)·(self-attention), softmax cross-entropy at the last position. \
      The filter is not causal and runs over pads, so windows keep theirs. Presets are the released settings by \
      dataset.
      """)

  static let extraRows = 1
  static let naming = PostNormTransformer.Naming.blocks
  let configuration: Configuration
  private(set) var items = ItemRows()
  var parameters = ParameterSet<Float>() {
    didSet { items = ItemRows(parameters, extraRows: Self.extraRows) }
  }

  init(configuration: Configuration) { self.configuration = configuration }

  /// The transformer's values; √β of each block is N(0, 1), as published.
  func initialParameters(_ context: TrainingContext) throws -> ParameterSet<Float> {
    let network = network(itemCount: context.split.dataset.itemCount)
    let stream = RandomStream(seed: context.seed, purpose: .initialization)
    var initial = InitialParameters<Float>(network.initialParameters(stream: stream), stream: stream)
    let d = configuration.hiddenSize
    for layer in 0..<configuration.layers {
      let filter = filterName(network, layer)
      initial.draw(filter + ".sqrt_beta", 1, d) { $0.normal() }
      initial.layerNorm(filter + ".LayerNorm", d)
    }
    return initial.parameters
  }

  /// Every prefix of the newest items; the first item is asked for after nothing but pads.
  func samples(_ split: Split, seed: UInt64) throws -> [TrainingSample] {
    let length = configuration.maximumLength
    return .prefixes(of: split, shortest: 1, window: length, newest: length)
  }

  func loss<S: Scalar>(_ tape: Tape<S>, _ batch: TrainingBatch) throws -> Var<S> {
    let tokens = inputTokens(batch.samples, keepingPads: true)
    let hidden = lastHidden(network(itemCount: batch.itemCount), tape, tokens)
    return lastItemLoss(tape, hidden: hidden, batch)
  }

  func encode(_ histories: [UserHistory]) throws -> Matrix<Float> {
    let tokens = TokenBatch(histories, length: configuration.maximumLength, keepingPads: true)
    return lastHidden(network, readingTape, tokens).value
  }

  private func lastHidden<S: Scalar>(_ network: PostNormTransformer, _ tape: Tape<S>, _ tokens: TokenBatch)
    -> Var<S>
  {
    network.lastHidden(
      tape, items: tokens.items, positions: tokens.positions, layout: tokens.layout,
      mixing: mixing(network, tape))
  }

  /// α·D + (1 − α)·attention, with D = LN(X + Dropout(low + β·(X − low))).
  ///
  /// With F = I − L that is low + β·(X − low) = X + (β − 1)·F·X: one product a block.
  func mixing<S: Scalar>(_ network: PostNormTransformer, _ tape: Tape<S>) -> PostNormTransformer.Mixing<S> {
    let length = configuration.maximumLength
    let all: Matrix<S> = LowPass.complement(length: length, kept: configuration.keptFrequencies)
    let last = all.selectingRows([length - 1])
    return { block in
      let filter = filterName(network, block.layer)
      let high = tape.filtered(block.input, by: block.lastOnly ? last : all)
      let root = tape.parameter(filter + ".sqrt_beta")
      let one = tape.constant(
        Matrix(rows: 1, columns: root.columns, values: [S](repeating: 1, count: root.columns)))
      let gain = tape.subtract(tape.multiply(root, root), one)
      let rescaled = tape.add(block.rows, tape.scaleColumns(high, by: gain))
      let filtered = tape.layerNorm(
        tape.dropout(rescaled, rate: network.dropout), residual: block.rows,
        weight: filter + ".LayerNorm.weight", bias: filter + ".LayerNorm.bias", epsilon: network.epsilon)
      return tape.sum([(configuration.alpha, filtered), (1 - configuration.alpha, block.output)])
    }
  }

  private func filterName(_ network: PostNormTransformer, _ layer: Int) -> String {
    network.blockName(layer) + ".layer.filter_layer"
  }
}
