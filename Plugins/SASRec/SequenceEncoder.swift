import Beckon

/// A network over packed sequences of rows of an item table.
protocol SequenceNetwork: Sendable {
  /// Values before the first step; each matrix has its own stream.
  func initialParameters<S: Scalar>(stream: RandomStream) -> ParameterSet<S>
  /// The hidden vector of every token, `[tokens, d]`.
  func callAsFunction<S: Scalar>(
    _ tape: Tape<S>, items: [Int32], positions: [Int32], layout: RaggedLayout
  ) -> Var<S>
  /// The hidden vector of the last token of each sequence, `[sequences, d]`.
  func lastHidden<S: Scalar>(
    _ tape: Tape<S>, items: [Int32], positions: [Int32], layout: RaggedLayout
  ) -> Var<S>
}

/// Keys that encoders of sequences share.
protocol SequenceSettings: Codable, Equatable, Sendable {
  var maximumLength: Int { get }
  var dropout: Double { get }
  var weights: String { get }
  var training: TrainingSettings { get }
}

extension SequenceSettings {
  func checkSequenceKeys(_ checks: inout Checks) {
    checks.range("maximumLength", maximumLength, 1...4096)
    checks.range("dropout", dropout, 0..<1)
    checks.file("weights", weights)
    training.check(&checks)
  }
}

/// An encoder whose states are the last hidden vectors of a network, and whose preferences are dot products of
/// these with the item table that the network reads.
protocol SequenceEncoder: TrainableEncoder where Configuration: SequenceSettings {
  associatedtype Network: SequenceNetwork
  var configuration: Configuration { get }
  /// Rows of the item table that are not items: the pad row 0, and in some models a mask row at the end.
  static var extraRows: Int { get }
  /// The items of `parameters`.
  var items: ItemRows { get }
  func network(itemCount: Int) -> Network
}

/// What is got ready once from parameters: the rows of the item table that are items, also laid out for products with
/// many states, and the network's weights.
struct ItemRows: Sendable {
  let vectors: Matrix<Float>
  let packed: PackedRows<Float>
  let weights = PackedWeights<Float>()

  /// The rows from 1 on, except the last `extraRows − 1`; none before there are parameters.
  init(_ parameters: ParameterSet<Float> = ParameterSet(), extraRows: Int = 1) {
    let name = PostNormTransformer.itemTable
    vectors =
      parameters.contains(name)
      ? parameters[name].items(extraRows: extraRows) : Matrix(rows: 0, columns: 0)
    packed = PackedRows(vectors)
  }
}

extension Matrix {
  /// The rows of an item table that are items: those from 1 on, except the last `extraRows − 1`.
  func items(extraRows: Int) -> Matrix {
    let count = rows - extraRows
    return Matrix(rows: count, columns: columns, values: Array(values[columns..<(count + 1) * columns]))
  }
}

extension SequenceEncoder {
  var training: TrainingSettings { configuration.training }
  var weightsPath: String { configuration.weights }
  var window: Int? { configuration.maximumLength }

  /// The network for the parameters at hand.
  var network: Network {
    network(itemCount: parameters[PostNormTransformer.itemTable].rows - Self.extraRows)
  }

  func initialParameters(_ context: TrainingContext) throws -> ParameterSet<Float> {
    network(itemCount: context.split.dataset.itemCount)
      .initialParameters(stream: RandomStream(seed: context.seed, purpose: .initialization))
  }

  var itemVectors: Matrix<Float> { items.vectors }

  func preferences(of states: Matrix<Float>) -> Matrix<Float> { items.packed.products(with: states) }

  /// A tape over the parameters as they are, which records nothing.
  var readingTape: Tape<Float> {
    Tape(parameters: parameters, training: false, stream: .unused, packed: items.weights)
  }

  func encode(_ histories: [UserHistory]) throws -> Matrix<Float> {
    let tokens = TokenBatch(histories, length: configuration.maximumLength)
    let tape = readingTape
    return network.lastHidden(tape, items: tokens.items, positions: tokens.positions, layout: tokens.layout)
      .value
  }

  /// Samples without their last items.
  func inputTokens(_ samples: [TrainingSample], keepingPads: Bool) -> TokenBatch {
    TokenBatch(inputsOf: samples, length: configuration.maximumLength, keepingPads: keepingPads)
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

/// Why a file of weights is not a model's, by the names of the tensors that the model lacks: a deeper model's file
/// has all the tensors of a shallower one and must not pass for it.
///
/// - Parameters:
///   - layers: layers of the model.
///   - layerName: what the names of a layer's tensors begin with.
func refusalOfDeeperModel(_ names: [String], layers: Int, layerName: (Int) -> String) -> String? {
  var depth = layers
  while names.contains(where: { $0.hasPrefix(layerName(depth)) }) { depth += 1 }
  return depth == layers
    ? nil : "the file has \(depth) layers and encoder.layers is \(layers); set encoder.layers to \(depth)."
}

extension RandomStream {
  /// For a tape that draws nothing.
  static let unused = RandomStream(seed: 0, purpose: .dropout)
}
