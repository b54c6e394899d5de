import Beckon

/// An encoder whose states are the last hidden vectors of the post-norm transformer of the S3Rec family.
protocol TransformerEncoder: TrainableEncoder where Configuration: TransformerSettings {
  var configuration: Configuration { get }
  /// Rows of the item table that are not items: the pad row 0, and in some models a mask row at the end.
  static var extraRows: Int { get }
  /// How the parameters are named.
  static var naming: PostNormTransformer.Naming { get }
  /// The items of `parameters`.
  var items: ItemRows { get }
}

/// The rows of the item table that are items, also laid out for products with many states.
struct ItemRows: Sendable {
  let vectors: Matrix<Float>
  let packed: PackedRows<Float>

  /// The rows from 1 on, except the last `extraRows − 1`; none before there are parameters.
  init(_ parameters: ParameterSet<Float> = ParameterSet(), extraRows: Int = 1) {
    if parameters.contains(PostNormTransformer.itemTable) {
      let table = parameters[PostNormTransformer.itemTable]
      let count = table.rows - extraRows
      vectors = Matrix(
        rows: count, columns: table.columns,
        values: Array(table.values[table.columns..<(count + 1) * table.columns]))
    } else {
      vectors = Matrix(rows: 0, columns: 0)
    }
    packed = PackedRows(vectors)
  }
}

extension TransformerEncoder {
  static var naming: PostNormTransformer.Naming { .layers }
  var training: TrainingSettings { configuration.training }
  var weightsPath: String { configuration.weights }

  func network(itemCount: Int) -> PostNormTransformer {
    PostNormTransformer(
      items: itemCount + Self.extraRows, hiddenSize: configuration.hiddenSize, layers: configuration.layers,
      heads: configuration.heads, innerSize: configuration.innerSize,
      maximumLength: configuration.maximumLength, dropout: configuration.dropout, naming: Self.naming)
  }

  /// The network for the parameters at hand.
  var network: PostNormTransformer {
    network(itemCount: parameters[PostNormTransformer.itemTable].rows - Self.extraRows)
  }

  func initialParameters(_ context: TrainingContext) throws -> ParameterSet<Float> {
    network(itemCount: context.split.dataset.itemCount)
      .initialParameters(stream: RandomStream(seed: context.seed, purpose: .initialization))
  }

  var itemVectors: Matrix<Float> { items.vectors }

  func preferences(of states: Matrix<Float>) -> Matrix<Float> { items.packed.products(with: states) }

  /// A deeper model's file has all the tensors of a shallower one: it must not pass for it.
  func refusal(ofExtraTensors names: [String]) -> String? {
    let deeper = names.compactMap { name in
      let parts = name.split(separator: ".")
      return parts.count > 2 && parts[0] == "item_encoder" ? Int(parts[2]) : nil
    }
    return deeper.max().map {
      "the file has \($0 + 1) layers and encoder.layers is \(configuration.layers); set encoder.layers to \($0 + 1)."
    }
  }

  func encode(_ histories: [UserHistory]) throws -> Matrix<Float> {
    let tokens = TokenBatch(histories, length: configuration.maximumLength)
    let tape = Tape<Float>(parameters: parameters, training: false, stream: .unused)
    return network.lastHidden(tape, items: tokens.items, positions: tokens.positions, layout: tokens.layout)
      .value
  }

  /// Samples without their last items.
  func inputTokens(_ samples: [TrainingSample], keepingPads: Bool) -> TokenBatch {
    TokenBatch(
      samples.map { $0.items.dropLast().map { Optional($0) } }, length: configuration.maximumLength,
      keepingPads: keepingPads)
  }

  /// Mean softmax cross-entropy of each sample's last item over all rows of the table.
  ///
  /// Pad and mask rows are classes too, as in the released code of BSARec and ICSRec.
  ///
  /// - Parameter hidden: `[samples, d]`.
  func lastItemLoss<S: Scalar>(_ tape: Tape<S>, hidden: Var<S>, _ batch: TrainingBatch) -> Var<S> {
    tape.crossEntropy(
      hidden: hidden, table: PostNormTransformer.itemTable, labels: batch.samples.map { $0.target + 1 })
  }
}

extension TransformerEncoder where Configuration: NextItemSettings {
  /// The batch without its last items, and what follows each position.
  func nextItemTokens(_ batch: TrainingBatch, keepingPads: Bool) -> (tokens: TokenBatch, next: [Int32]) {
    let next = batch.samples.flatMap { $0.items.dropFirst().suffix(configuration.maximumLength) }
    return (inputTokens(batch.samples, keepingPads: keepingPads), next)
  }

  /// Mean loss over all real positions, each against its next item and one negative. (S3Rec family)
  func nextItemLoss<S: Scalar>(
    _ tape: Tape<S>, hidden: Var<S>, next: [Int32], _ batch: TrainingBatch
  ) -> Var<S> {
    var sampler = NegativeSampler(itemCount: batch.itemCount)
    var negatives: [Int32] = []
    negatives.reserveCapacity(next.count)
    for (index, sample) in batch.samples.enumerated() {
      var stream = batch.stream(.negatives, sample)
      let count = min(sample.items.count - 1, configuration.maximumLength)
      let met = configuration.negatives == .outsideSequence ? batch.wholeSequences[index] : sample.items
      negatives += sampler.draw(count, outside: met, stream: &stream)
    }
    let (positives, others) = (next.map { $0 + 1 }, negatives.map { $0 + 1 })
    switch configuration.loss {
    case .bce:
      return tape.binaryCrossEntropy(
        hidden: hidden, table: PostNormTransformer.itemTable, positives: positives, negatives: others)
    case .bpr:
      return tape.pairwiseRanking(
        hidden: hidden, table: PostNormTransformer.itemTable, positives: positives, negatives: others)
    }
  }
}

extension RandomStream {
  /// For a tape that draws nothing.
  static let unused = RandomStream(seed: 0, purpose: .dropout)
}
