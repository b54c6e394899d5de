import Beckon

/// Pieces of a study that are trained once and shared by its variants: kept in memory while they are wanted, on disk
/// from then on.
final class TrainedPieces {
  private let registry: Registry
  private let locations: DataLocations
  private let store: PieceStore
  private let progress: ProgressReporter
  private let note: @Sendable (String) -> Void
  private var encoders: [String: any Encoder] = [:]
  private var tables: [String: EmbeddingTables] = [:]
  private var intents: [String: Matrix<Float>] = [:]

  init(
    registry: Registry, locations: DataLocations, store: PieceStore, progress: ProgressReporter,
    note: @escaping @Sendable (String) -> Void
  ) {
    self.registry = registry
    self.locations = locations
    self.store = store
    self.progress = progress
    self.note = note
  }

  /// Lets go of them; they are on disk.
  func forget() {
    encoders = [:]
    tables = [:]
    intents = [:]
  }

  /// The file of a trained encoder, which is trained now if it is not there yet.
  func encoderFile(
    _ variant: ResolvedVariant, _ slot: Slot, _ identity: String, _ tables: EmbeddingTables?, _ split: Split,
    _ seed: UInt64
  ) throws -> URL {
    _ = try encoder(variant, slot, identity, tables, split, seed)
    return store.file("encoder", identity)
  }

  /// What a training may read.
  func context(
    _ variant: ResolvedVariant, _ split: Split, _ tables: EmbeddingTables?, _ seed: UInt64,
    keeper: TrainingKeeper? = nil
  ) -> TrainingContext {
    let registry = registry
    return TrainingContext(
      split: split, seed: seed, masking: variant.masking, embeddings: tables, locations: locations,
      rankingMetric: { try registry.rankingMetric(named: $0) }, progress: progress, keeper: keeper)
  }

  /// The simulator's vectors; nil where the variant has none.
  func embeddings(
    _ variant: ResolvedVariant, _ identity: String?, _ split: Split, _ seed: UInt64
  ) throws -> EmbeddingTables? {
    guard let identity, let source = variant.component(.embeddings) as? any EmbeddingSource
    else { return nil }
    if let known = tables[identity] { return known }
    let identifier = type(of: source).about.identifier
    let set = try piece("embeddings", identity, work: identifier, split) {
      progress.report(.began("embeddings \(identifier), seed \(seed)"))
      let made = try source.tables(context(variant, split, nil, seed))
      return ParameterSet([("users", made.users), ("items", made.items)])
    }
    let made = EmbeddingTables(normalizedUsers: set["users"], normalizedItems: set["items"])
    tables[identity] = made
    return made
  }

  /// A piece from the store, or made now. Another process that makes it is waited for.
  private func piece(
    _ kind: String, _ identity: String, work: String, _ split: Split, make: () throws -> ParameterSet<Float>
  ) throws -> ParameterSet<Float> {
    if let saved = try store.load(kind, identity, note: note) { return saved }
    if store.isBeingMade(kind, identity) {
      progress.report(.began("waiting for another process: \(kind) \(work)"))
    }
    let claim = try store.claim(kind, identity)
    defer { withExtendedLifetime(claim) {} }
    if let saved = try store.load(kind, identity, note: note) { return saved }
    let start = Date().addingTimeInterval(-store.earlierSeconds(kind, identity))
    let set = try make()
    try store.save(
      set, kind, identity, about: ["component": work],
      effort: Effort(of: "\(kind) \(work)", interactions: split.dataset.interactionCount, since: start))
    return set
  }

  /// The trained encoder of a slot; nil where the variant has none.
  func encoder(
    _ variant: ResolvedVariant, _ slot: Slot, _ identity: String?, _ tables: EmbeddingTables?, _ split: Split,
    _ seed: UInt64
  ) throws -> (any Encoder)? {
    guard let identity, var encoder = variant.component(slot) as? any Encoder else { return nil }
    if let known = encoders[identity] { return known }
    let identifier = type(of: encoder).about.identifier
    var trained = encoder
    let set = try piece("encoder", identity, work: identifier, split) {
      progress.report(.began("training \(identifier), seed \(seed)"))
      try trained.train(
        context(
          variant, split, encoder.needsEmbeddings ? tables : nil, seed,
          keeper: store.keeper("encoder", identity, note: note)))
      return trained.parameters
    }
    encoder.parameters = set
    guard encoder.itemVectors.rows == split.dataset.itemCount else {
      throw Problem(
        slot.place,
        "the encoder's table has \(encoder.itemVectors.rows) items and the data has \(split.dataset.itemCount)."
      )
    }
    encoders[identity] = encoder
    return encoder
  }

  /// The intents' centroids; no rows where the variant has none.
  func intents(
    _ variant: ResolvedVariant, _ identity: String?, _ encoder: (any Encoder)?, _ split: Split, _ seed: UInt64
  ) throws -> Matrix<Float> {
    guard let identity, let encoder,
      let model = variant.component(.intents) as? any IntentModel
    else { return Matrix(rows: 0, columns: 0) }
    if let known = intents[identity] { return known }
    let identifier = type(of: model).about.identifier
    let set = try piece("intents", identity, work: identifier, split) {
      ParameterSet([("centroids", try model.centroids(encoder: encoder, split: split, seed: seed))])
    }
    intents[identity] = set["centroids"]
    return set["centroids"]
  }
}
