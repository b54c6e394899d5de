import Beckon

/// Intent contrastive learning with subsequences: segments that lead to one item share an intent.
struct ICSRecEncoder: TransformerEncoder {
  static let about = About(
    "icsrec",
    "A self-attentive encoder trained on segments, drawn together by their next item and by clusters.",
    source: """
      Qin et al., "Intent Contrastive Learning with Cross Subsequences for Sequential Recommendation", WSDM 2024: \
      dynamic segmentation, softmax cross-entropy at the last position, coarse (same next item) and fine (same \
      cluster) intent contrast with false-negative masks. As in the released code each segment is encoded anew for \
      the contrasts. Presets are the released settings by dataset; the GRU encoder of the paper's table is not here.
      """)

  static let extraRows = 2
  let configuration: Configuration
  private(set) var items = ItemRows()
  var parameters = ParameterSet<Float>() {
    didSet { items = ItemRows(parameters, extraRows: Self.extraRows) }
  }
  /// All segments, among which partners are found.
  private var segments: [TrainingSample] = []
  private var partners = SameTargetPartners([])
  /// Intents of this epoch.
  private var intents = IntentCentroids(Matrix(rows: 0, columns: 0))

  init(configuration: Configuration) { self.configuration = configuration }

  /// Every intent needs a segment of its own to begin with.
  func verify(_ split: Split) throws {
    guard configuration.fineWeight > 0, isTrained else { return }
    try IntentCentroids.verify(configuration.intentCount, of: samples(split, seed: 0).count, "segments")
  }

  /// Dynamic segmentation: every prefix, of a long one the newest items. (ICSRec §4.1)
  func samples(_ split: Split, seed: UInt64) throws -> [TrainingSample] {
    .prefixes(of: split, shortest: 2, window: configuration.maximumLength + 1)
  }

  /// Finds who may be whose partner.
  mutating func beginTraining(_ samples: [TrainingSample], _ context: TrainingContext) throws {
    segments = samples
    partners = SameTargetPartners(samples)
  }

  /// Clusters the segments.
  mutating func beginEpoch(_ epoch: Int, _ samples: [TrainingSample], _ context: TrainingContext) throws {
    guard configuration.fineWeight > 0 else { return }
    let encoder = self
    let points = try samples.map { UserHistory(user: $0.user, past: $0.items.dropLast()) }.rowsInBlocks {
      try encoder.encode($0)
    }
    intents = try IntentCentroids(
      of: points, count: configuration.intentCount, unit: "segments", epoch: epoch, seed: context.seed)
  }

  func loss<S: Scalar>(_ tape: Tape<S>, _ batch: TrainingBatch) throws -> Var<S> {
    let network = network(itemCount: batch.itemCount)
    func lastHidden(_ samples: [TrainingSample]) -> Var<S> {
      let tokens = inputTokens(samples, keepingPads: false)
      return network.lastHidden(
        tape, items: tokens.items, positions: tokens.positions, layout: tokens.layout)
    }
    var terms: [(Double, Var<S>)] = [(1, lastItemLoss(tape, hidden: lastHidden(batch.samples), batch))]
    guard configuration.coarseWeight > 0 || configuration.fineWeight > 0 else { return terms[0].1 }

    // The same segments again, with dropout of their own: three passes in all, as released.
    let views = [lastHidden(batch.samples), lastHidden(partners(of: batch))]
    func contrast(_ a: Var<S>, _ b: Var<S>, _ groups: [Int32]) -> Var<S> {
      tape.contrastive(
        a, b, temperature: configuration.temperature,
        excluding: configuration.masksFalseNegatives ? groups : nil)
    }
    if configuration.coarseWeight > 0 {
      terms.append((configuration.coarseWeight, contrast(views[0], views[1], batch.samples.map(\.target))))
    }
    if configuration.fineWeight > 0 {
      for view in views {
        let own = intents.nearest(to: view.value)
        terms.append((configuration.fineWeight, contrast(view, tape.constant(own.directions), own.intents)))
      }
    }
    return tape.sum(terms)
  }

  private func partners(of batch: TrainingBatch) -> [TrainingSample] {
    zip(batch.indices, batch.samples).map { index, sample in
      var stream = batch.stream(Purpose("partner"), sample)
      return segments[partners.partner(of: index, in: segments, configuration.partner, stream: &stream)]
    }
  }
}
