import Beckon

/// Influential recommender network: the next item on the way to an objective that every position attends to.
struct IRNEncoder: TrainableEncoder {
  static let about = About(
    "irn",
    "A decoder that sees the target: preferences lead towards it as far as the user is impressionable.",
    source: """
      Zhu et al., "Influential Recommender System", ICDE 2023: personalised impressionability mask, next-item \
      cross-entropy over all items. Played as the paper plays it by scorer `path`; scorer `preference` plans anew \
      after each click. Without a target the objective's column is left out: a causal model. The released code \
      passes the personal factor in the place of w_h, so that r_u is not used as intended; here the equation is \
      followed. Deviates in stopping on a ranking metric of the validation part instead of the loss of held-out \
      segments, in Adam's epsilon (1e-8, published 1e-9) and in starting items at N(0, 1/d). Preset `itmprec`: what \
      the ITMPRec study's driver trains, `legacy` how it plays, in a task with `padding` right and with scorer \
      `path` of 10 steps and first items afterwards. As published, the objective's own row sees the whole stretch, and \
      every row sees the objective: from the second layer on training looks ahead. Stretches are cut from the training \
      part (the driver: from one item more).
      """,
    examples: [
      Example(
        "attention of equal logits to three items at w_h = 0.05 and an objective at w_t·r_u = 1",
        expected: [0.4629152, 0.1790283, 0.1790283, 0.1790283]
      ) {
        let tape = Tape<Double>(parameters: ParameterSet(), training: false, stream: .unused)
        let nothing = tape.constant(Matrix(rows: 4, columns: 4))
        let each = Matrix<Double>((0..<4).map { row in (0..<4).map { $0 == row ? 1 : 0 } })
        let weights = tape.attention(
          query: nothing, key: nothing, value: tape.constant(each), layout: RaggedLayout(lengths: [4]),
          heads: 1, objective: tape.constant(Matrix([[1 - 0.05]])))
        return Array(weights.value.row(3))
      }
    ])

  let configuration: Configuration
  let network: IRNNetwork
  private var output = PackedRows(Matrix<Float>(rows: 0, columns: 0))
  var parameters = ParameterSet<Float>() {
    didSet { output = PackedRows(itemVectors) }
  }

  init(configuration: Configuration) {
    self.configuration = configuration
    network = IRNNetwork(configuration)
  }

  var readsTarget: Bool { true }
  var window: Int? { configuration.maximumLength - 1 }
  var needsEmbeddings: Bool { configuration.initialItems == .embeddings && configuration.weights.isEmpty }
  var prefersByDotProduct: Bool { false }
  var training: TrainingSettings { configuration.training }
  var weightsPath: String { configuration.weights }

  /// Rows of the output layer, W_p.
  var itemVectors: Matrix<Float> {
    let name = IRNNetwork.output + ".weight"
    return parameters.contains(name) ? parameters[name] : Matrix(rows: 0, columns: 0)
  }

  /// The logits W_p·h + b_p.
  func preferences(of states: Matrix<Float>) -> Matrix<Float> {
    output.products(with: states, bias: parameters[IRNNetwork.output + ".bias"])
  }

  func refusal(ofExtraTensors names: [String]) -> String? {
    guard names.contains(where: { $0.hasPrefix("layers.") }) else { return nil }
    return "the file has tensors of more layers, or of crossAttentionOnZeros, than the spec asks for."
  }

  func initialParameters(_ context: TrainingContext) throws -> ParameterSet<Float> {
    let dataset = context.split.dataset
    var parameters = network.initialParameters(
      // `legacy` takes users 0 and 1, whoever plays.
      items: dataset.itemCount, users: max(dataset.userCount, configuration.legacy ? 2 : 1),
      stream: RandomStream(seed: context.seed, purpose: .initialization))
    if needsEmbeddings { try parameters[IRNNetwork.itemTable].startFromEmbeddings(context) }
    return parameters
  }

  func samples(_ split: Split, seed: UInt64) throws -> [TrainingSample] {
    .segments(
      of: split, lengths: configuration.shortestSegment...configuration.longestSegment, seed: seed)
  }

  func loss<S: Scalar>(_ tape: Tape<S>, _ batch: TrainingBatch) throws -> Var<S> {
    let tokens = IRNTokens(batch.samples, length: configuration.maximumLength)
    let hidden = network(tape, tokens, lastOnly: false)
    return tape.crossEntropy(
      hidden: tape.rows(hidden, tokens.itemRows), table: IRNNetwork.output + ".weight",
      bias: IRNNetwork.output + ".bias",
      labels: batch.samples.flatMap { $0.items.dropFirst().suffix(configuration.maximumLength - 1) })
  }

  func encode(_ histories: [UserHistory]) throws -> Matrix<Float> {
    let tokens = IRNTokens(histories, length: configuration.maximumLength, legacy: configuration.legacy)
    let tape = Tape<Float>(parameters: parameters, training: false, stream: .unused)
    return network(tape, tokens, lastOnly: true).value
  }
}
