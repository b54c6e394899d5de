import Beckon

/// An encoder whose states are the last hidden vectors of the post-norm transformer of the S3Rec family.
protocol TransformerEncoder: TrainableEncoder where Configuration: TransformerSettings {
  var configuration: Configuration { get }
  /// Rows of the item table that are not items: the pad row 0, and in some models a mask row at the end.
  static var extraRows: Int { get }
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
  var training: TrainingSettings { configuration.training }
  var weightsPath: String { configuration.weights }

  func network(itemCount: Int) -> PostNormTransformer {
    PostNormTransformer(
      items: itemCount + Self.extraRows, hiddenSize: configuration.hiddenSize, layers: configuration.layers,
      heads: configuration.heads, innerSize: configuration.innerSize,
      maximumLength: configuration.maximumLength,
      dropout: configuration.dropout)
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
      name.hasPrefix("item_encoder.layer.") ? Int(name.split(separator: ".")[2]) : nil
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

  /// The batch without its last items, and what follows each position.
  func nextItemTokens(_ batch: TrainingBatch, keepingPads: Bool) -> (tokens: TokenBatch, next: [Int32]) {
    let length = configuration.maximumLength
    let tokens = TokenBatch(
      batch.samples.map { $0.items.dropLast().map { Optional($0) } }, length: length, keepingPads: keepingPads
    )
    let next = batch.samples.flatMap { $0.items.dropFirst().suffix(length) }
    return (tokens, next)
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
