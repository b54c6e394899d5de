import Beckon

/// Intent contrastive learning: users of one intent are drawn together.
struct ICLRecEncoder: TransformerEncoder {
  static let about = About(
    "iclrec", "A self-attentive encoder trained with intent and sequence contrast.",
    source: """
      Chen et al., WWW 2022: next-item loss, intent contrast (eq. 13 there) and sequence contrast (eq. 5 there); \
      ITMPRec eq. 2 to 4. Presets: `official` is the released ICLRec (one layer, 256 intents, means over pads), \
      `itmprec` the ITMPRec study (item table from the simulator's embeddings, no sequence contrast). Deviates \
      from the released code in the log of the loss, which is computed stably instead of with 1e-24 added.
      """)

  static let extraRows = 2
  let configuration: Configuration
  private(set) var items = ItemRows()
  var parameters = ParameterSet<Float>() {
    didSet { items = ItemRows(parameters, extraRows: Self.extraRows) }
  }
  /// Intents of this epoch.
  private var intents = IntentCentroids(Matrix(rows: 0, columns: 0))

  init(configuration: Configuration) { self.configuration = configuration }

  var needsEmbeddings: Bool { configuration.initialItems == .embeddings && configuration.weights.isEmpty }

  private var contrasts: Bool { configuration.intentWeight > 0 || configuration.sequenceWeight > 0 }

  /// Every intent needs a user of its own to begin with.
  func verify(_ split: Split) throws {
    guard configuration.intentWeight > 0, isTrained else { return }
    try IntentCentroids.verify(configuration.intentCount, of: samples(split, seed: 0).count, "users")
  }

  func initialParameters(_ context: TrainingContext) throws -> ParameterSet<Float> {
    let network = network(itemCount: context.split.dataset.itemCount)
    var parameters: ParameterSet<Float> = network.initialParameters(
      stream: RandomStream(seed: context.seed, purpose: .initialization))
    guard needsEmbeddings else { return parameters }
    // A row that will be read as item i starts as item i, whatever training takes it for.
    try parameters[PostNormTransformer.itemTable].startFromEmbeddings(
      context, firstRow: configuration.itemRows == .aligned ? 1 : 2)
    return parameters
  }

  func finished(_ parameters: ParameterSet<Float>) -> ParameterSet<Float> {
    guard configuration.itemRows == .offByOne else { return parameters }
    var shifted = parameters
    var table = parameters[PostNormTransformer.itemTable]
    // Row 0 stays; the row after the last item moves down with the others and stands for the last item.
    table.values.removeSubrange(table.columns..<2 * table.columns)
    table.values += table.values.suffix(table.columns)
    shifted[PostNormTransformer.itemTable] = table
    return shifted
  }

  /// The clustering step: k-means of the users' mean vectors. (ICLRec §4.2, the E-step)
  mutating func beginEpoch(_ epoch: Int, _ samples: [TrainingSample], _ context: TrainingContext) throws {
    guard configuration.intentWeight > 0 else { return }
    let histories = samples.map { UserHistory(user: $0.user, past: $0.items.dropLast()) }
    intents = try IntentCentroids(
      of: intentPoints(histories), count: configuration.intentCount, unit: "users", epoch: epoch,
      seed: context.seed)
  }

  func intentPoints(_ histories: [UserHistory]) throws -> Matrix<Float> {
    let network = network
    return try histories.rowsInBlocks { part in
      let tokens = TokenBatch(
        part.map { $0.latest(configuration.maximumLength).map { Optional($0) } },
        length: configuration.maximumLength, keepingPads: configuration.pooling == .all)
      let tape = readingTape
      let hidden = network(tape, items: tokens.items, positions: tokens.positions, layout: tokens.layout)
      return tape.segmentMean(hidden, tokens.offsets).value
    }
  }

  func loss<S: Scalar>(_ tape: Tape<S>, _ batch: TrainingBatch) throws -> Var<S> {
    let network = network(itemCount: batch.itemCount)
    let keepsPads = configuration.pooling == .all && configuration.intentWeight > 0
    let (tokens, next) = batch.nextItems(length: configuration.maximumLength, keepingPads: keepsPads)
    let hidden = network(tape, items: tokens.items, positions: tokens.positions, layout: tokens.layout)
    let real = keepsPads ? tape.rows(hidden, tokens.keyRows) : hidden
    var terms: [(Double, Var<S>)] = [(1, nextItemLoss(tape, hidden: real, next: next, batch))]
    guard contrasts else { return terms[0].1 }

    let length = configuration.maximumLength
    let views = batch.views(2, length: length, keepingPads: configuration.pooling == .all) {
      configuration.augmentation.view(of: $0, stream: &$1)
    }
    let encoded = views.map {
      network(tape, items: $0.items, positions: $0.positions, layout: $0.layout)
    }
    let means = zip(views, encoded).map { tape.segmentMean($1, $0.offsets) }
    var groups: [Int32]?
    if configuration.intentWeight > 0 {
      let own = intents.nearest(to: tape.segmentMean(hidden, tokens.offsets).value)
      let directions = tape.constant(own.directions)
      groups = configuration.deNoise ? own.intents : nil
      for mean in means {
        let term =
          configuration.contrast == .symmetric
          ? tape.contrastive(mean, directions, temperature: configuration.temperature, excluding: groups)
          : tape.contrastiveOneWay(mean, directions, temperature: configuration.temperature)
        terms.append((configuration.intentWeight / 2, term))
      }
    }
    if configuration.sequenceWeight > 0 {
      // With its pads a view is a whole window, and windows are compared slot by slot, as published. Without them
      // a longer view would have the larger products whoever it belongs to, so the means are compared instead.
      let sides =
        configuration.pooling == .all
        ? zip(views, encoded).map { tape.padded($1, layout: $0.layout, length: length) } : means
      let term = tape.contrastive(
        sides[0], sides[1], temperature: configuration.temperature, excluding: groups)
      terms.append((configuration.sequenceWeight, term))
    }
    return tape.sum(terms)
  }
}
