import Beckon

/// Users and items as normal distributions, compared by their Wasserstein distance.
struct MSteinEncoder: TrainableEncoder {
  static let about = About(
    "mstein",
    "Stochastic self-attention with a Wasserstein contrast between views; near items are preferred.",
    source: """
      Fan et al., WWW 2023 (mutual Wasserstein discrepancy minimisation), on the stochastic self-attention of Fan et \
      al., WWW 2022, after the released code. Preset `official` keeps its means at layer 0 and contrasts pads too. \
      Neighbours are those of item-based filtering throughout: from epoch 160 on the released code takes them \
      from live embeddings, with constants that wipe out single precision. The log of the loss is computed stably \
      instead of with 1e-24 added. A preference is −W₂; the released ITMPRec loop shows the farthest item, which \
      is the scorer `preference` with `direction` `farthest`.
      """,
    examples: [
      Example("W₂ between (m = (1, 0), c = (4, 1)) and (m = (0, 2), c = (1, 9))", expected: [10]) {
        let tape = Tape<Double>(parameters: ParameterSet(), training: false, stream: .unused)
        func point(_ mean: [Double], _ covariance: [Double]) -> Var<Double> {
          tape.points(
            Gaussians(mean: tape.constant(Matrix([mean])), covariance: tape.constant(Matrix([covariance]))))
        }
        return tape.squaredDistances(point([1, 0], [4, 1]), point([0, 2], [1, 9])).value.values
      }
    ])

  static let extraRows = 2
  let configuration: Configuration
  var parameters = ParameterSet<Float>() { didSet { items = ItemDistributions(parameters) } }
  /// By item, the one that views insert beside it or put in its place.
  private var similarItems: [Int32] = []
  private var items = ItemDistributions(ParameterSet())

  init(configuration: Configuration) { self.configuration = configuration }

  var window: Int? { configuration.maximumLength }
  var training: TrainingSettings { configuration.training }
  var weightsPath: String { configuration.weights }
  var itemVectors: Matrix<Float> { items.means }
  var prefersByDotProduct: Bool { false }

  func refusal(ofExtraTensors names: [String]) -> String? {
    refusalOfDeeperModel(names, layers: configuration.layers) { StochasticTransformer.layerName($0) + "." }
  }

  func network(itemCount: Int) -> StochasticTransformer {
    StochasticTransformer(
      items: itemCount + Self.extraRows, hiddenSize: configuration.hiddenSize, layers: configuration.layers,
      heads: configuration.heads, innerSize: configuration.innerSize,
      maximumLength: configuration.maximumLength, dropout: configuration.dropout,
      attentionDropout: configuration.attentionDropout, updatesMeans: configuration.meanStream == .fixed)
  }

  func initialParameters(_ context: TrainingContext) throws -> ParameterSet<Float> {
    network(itemCount: context.split.dataset.itemCount)
      .initialParameters(stream: RandomStream(seed: context.seed, purpose: .initialization))
  }

  /// States [mean | √covariance], `[user, 2·d]`.
  func encode(_ histories: [UserHistory]) throws -> Matrix<Float> {
    let tokens = TokenBatch(histories, length: configuration.maximumLength)
    let tape = Tape<Float>(parameters: parameters, training: false, stream: .unused)
    return tape.points(network(itemCount: items.means.rows)(tape, tokens, lastOnly: true)).value
  }

  func preferences(of states: Matrix<Float>) -> Matrix<Float> { items.negativeDistances(to: states) }

  /// The means.
  func vectors(of states: Matrix<Float>) -> Matrix<Float> {
    let d = states.columns / 2
    return Matrix(
      rows: states.rows, columns: d, values: (0..<states.rows).flatMap { states.row($0).prefix(d) })
  }

  mutating func beginTraining(_ samples: [TrainingSample], _ context: TrainingContext) throws {
    if configuration.contrastWeight > 0 { similarItems = mostSimilarItems(context.split) }
  }

  func loss<S: Scalar>(_ tape: Tape<S>, _ batch: TrainingBatch) throws -> Var<S> {
    let network = network(itemCount: batch.itemCount)
    let length = configuration.maximumLength
    let (tokens, next) = batch.nextItems(length: length)
    let negatives = batch.negatives(length: length, configuration.negatives)
    var loss = rankingLoss(
      tape, network(tape, tokens), positives: network.itemGaussians(tape, next.map { $0 + 1 }),
      negatives: network.itemGaussians(tape, negatives.map { $0 + 1 }))
    if configuration.contrastWeight > 0 {
      let views = batch.views(2, length: length, keepingPads: configuration.pooling == .all) {
        configuration.augmentation.view(of: $0, similar: similarItems, stream: &$1)
      }
      let compared = views.map { windows(tape, network(tape, $0), $0.layout) }
      let contrast = tape.distanceContrast(compared[0], compared[1], temperature: configuration.temperature)
      loss = tape.sum([(1, loss), (configuration.contrastWeight, contrast)])
    }
    return loss
  }

  /// Mean of −ln σ(W₂(h, n) − W₂(h, p)), and of max(0, W₂(h, p) − W₂(p, n)) with its weight.
  func rankingLoss<S: Scalar>(
    _ tape: Tape<S>, _ hidden: Gaussians<S>, positives: Gaussians<S>, negatives: Gaussians<S>
  ) -> Var<S> {
    let (h, p, n) = (tape.points(hidden), tape.points(positives), tape.points(negatives))
    let near = tape.squaredDistances(h, p)
    let ranking = tape.mean(tape.softplus(tape.subtract(near, tape.squaredDistances(h, n))))
    let beyond = tape.relu(tape.subtract(near, tape.squaredDistances(p, n)))
    return tape.sum([(1, ranking), (configuration.positiveNegativeWeight, tape.mean(beyond))])
  }

  /// The points of whole windows, with the covariances made positive once more, `[sequences, 2·d·length]`.
  func windows<S: Scalar>(_ tape: Tape<S>, _ hidden: Gaussians<S>, _ layout: RaggedLayout) -> Var<S> {
    let again = Gaussians(mean: hidden.mean, covariance: tape.positive(hidden.covariance))
    return tape.padded(tape.points(again), layout: layout, length: configuration.maximumLength)
  }
}

/// The items as points whose squared distances to states are W₂.
private struct ItemDistributions: Sendable {
  /// `[item, d]`
  let means: Matrix<Float>
  /// Rows (2·z, −‖z‖², −1): their products with (h, 1, ‖h‖²) are −‖h − z‖².
  private let packed: PackedRows<Float>

  /// The items of the parameters; none before there are parameters.
  init(_ parameters: ParameterSet<Float>) {
    guard parameters.contains(StochasticTransformer.itemMeans) else {
      means = Matrix(rows: 0, columns: 0)
      packed = PackedRows(means)
      return
    }
    means = parameters[StochasticTransformer.itemMeans].items(extraRows: MSteinEncoder.extraRows)
    let covariances = parameters[StochasticTransformer.itemCovariances]
      .items(extraRows: MSteinEncoder.extraRows)
    let tape = Tape<Float>(parameters: ParameterSet(), training: false, stream: .unused)
    let points = tape.points(
      Gaussians(mean: tape.constant(means), covariance: tape.positive(tape.constant(covariances)))
    ).value
    packed = PackedRows(
      Matrix(
        rows: points.rows, columns: points.columns + 2,
        values: (0..<points.rows).flatMap { row in
          points.row(row).map { 2 * $0 } + [-points.row(row).reduce(0) { $0 + $1 * $1 }, -1]
        }))
  }

  func negativeDistances(to states: Matrix<Float>) -> Matrix<Float> {
    packed.products(
      with: Matrix(
        rows: states.rows, columns: states.columns + 2,
        values: (0..<states.rows).flatMap { row in
          states.row(row) + [1, states.row(row).reduce(0) { $0 + $1 * $1 }]
        }))
  }
}
