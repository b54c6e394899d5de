import Beckon
import Datasets
import Hashing

/// Makes systems out of resolved variants; trained pieces are made once and shared.
final class Assembly {
  private let registry: Registry
  private let locations: DataLocations
  private let identities: IdentityMaker
  private let progress: ProgressReporter
  /// Is told what a person should know, such as of a damaged file.
  private let note: @Sendable (String) -> Void
  private var splits: [String: (split: Split, identity: String)] = [:]
  private let pieces: TrainedPieces
  private let twins = TwinMemory()

  init(
    registry: Registry, locations: DataLocations, store: PieceStore, progress: ProgressReporter,
    note: @escaping @Sendable (String) -> Void = { _ in }
  ) {
    self.note = note
    self.registry = registry
    self.locations = locations
    self.progress = progress
    pieces = TrainedPieces(
      registry: registry, locations: locations, store: store, progress: progress, note: note)
    identities = IdentityMaker(registry: registry, locations: locations)
  }

  /// The data of a variant, read once.
  func split(of variant: ResolvedVariant) throws -> (split: Split, identity: String) {
    let made = [.dataset, .filters, .split].flatMap { variant.parts[$0] ?? [] }
    let key = made.map(\.effective.canonical).joined(separator: "\n")
    if let known = splits[key] { return known }
    guard let source = variant.component(.dataset) as? any DatasetSource,
      let splitter = variant.component(.split) as? any Splitter
    else { throw RegistryError.wrongKind(kind: .dataset, identifier: variant.name) }
    if let terms = source.terms, terms.file(locations) == nil {
      note("\(terms.folder): \(DatasetStatistics.Licence(terms, locations).sentence).")
    }
    let filters = (variant.parts[.filters] ?? []).compactMap { $0.component as? any Filter }
    progress.report(.began("reading the data"))
    let split = try DataPipeline.load(
      source: source, filters: filters, splitter: splitter, locations: locations)
    let identity = try identities.identity(
      of: variant.parts[.split] ?? [], context: ["data", split.dataset.fingerprint])
    splits[key] = (split, identity)
    return (split, identity)
  }

  /// Lets go of trained pieces; they are on disk.
  func forgetTrained() {
    pieces.forget()
    twins.removeAll()
  }

  /// Identities of everything that a cell is made of.
  struct CellPlan {
    let identity: String
    let data: String
    let embeddings: String?
    let encoder: String?
    let matcher: String?
    let intents: String?

    /// The pieces that it needs, in the order in which they are made.
    var pieces: [(kind: String, identity: String)] {
      let all = [
        ("embeddings", embeddings), ("encoder", encoder), ("encoder", matcher), ("intents", intents),
      ]
      var seen: Set<String> = []
      return all.compactMap { kind, identity in identity.map { (kind, $0) } }.filter {
        seen.insert($0.1).inserted
      }
    }
  }

  /// The plan of a variant with a seed; nothing is trained.
  func plan(_ variant: ResolvedVariant, seed: UInt64) throws -> CellPlan {
    let data = try split(of: variant).identity
    let base = [data, String(seed)]
    if let selector = variant.component(.targetSelector) as? any TargetSelector {
      try named(.targetSelector) { try selector.verify(split(of: variant).split.dataset, locations) }
    }
    if let intents = variant.component(.intents) as? any IntentModel {
      try named(.intents) { try intents.verify(split(of: variant).split) }
    }
    let embeddings = try variant.parts[.embeddings].map {
      try identities.identity(of: $0, context: ["embeddings"] + base)
    }
    func encoder(_ slot: Slot) throws -> String? {
      guard let made = variant.parts[slot]?.first, let encoder = made.component as? any Encoder else {
        return nil
      }
      let split = try split(of: variant).split
      try named(slot) { try encoder.verify(split) }
      if let trainable = encoder as? any TrainableEncoder {
        // A file of weights that does not fit is known before anything is trained.
        _ = try named(slot) { try trainable.loadedWeights(pieces.context(variant, split, nil, seed)) }
      }
      let start = encoder.needsEmbeddings ? embeddings ?? "" : ""
      return try identities.identity(
        of: [made], context: ["encoder", variant.masking.rawValue, start] + base)
    }
    let own = try encoder(.encoder)
    let matcher = try encoder(.matcher)
    let intents = try variant.parts[.intents].map {
      try identities.identity(of: $0, context: ["intents", own ?? ""] + base)
    }
    let rest: [Slot] = [
      .dynamics, .clickModel, .targetSelector, .scorer, .twin, .arousal, .guards, .metrics, .task,
    ]
    let identity = try identities.identity(
      of: rest.flatMap { variant.parts[$0] ?? [] },
      context: ["cell", variant.masking.rawValue, embeddings ?? "", own ?? "", matcher ?? "", intents ?? ""]
        + base)
    return CellPlan(
      identity: identity, data: data, embeddings: embeddings, encoder: own, matcher: matcher, intents: intents
    )
  }

  /// The file of a variant's trained encoder; it is trained now if it is not there yet.
  ///
  /// - Throws: `Problem` if the variant has no encoder.
  func encoderFile(_ variant: ResolvedVariant, seed: UInt64) throws -> URL {
    let plan = try plan(variant, seed: seed)
    guard let identity = plan.encoder else {
      throw Problem(Slot.encoder.place, "the variant '\(variant.name)' has no encoder.")
    }
    let split = try split(of: variant).split
    let needsTables = (variant.component(.encoder) as? any Encoder)?.needsEmbeddings ?? false
    let tables = needsTables ? try pieces.embeddings(variant, plan.embeddings, split, seed) : nil
    return try pieces.encoderFile(variant, .encoder, identity, tables, split, seed)
  }

  /// Trains what is not there yet and puts the system together.
  func system(_ variant: ResolvedVariant, _ plan: CellPlan, seed: UInt64) throws -> System {
    if let clickModel = variant.component(.clickModel) as? any ClickModel {
      try named(.clickModel) { try clickModel.verify() }
    }
    let split = try split(of: variant).split
    let tables = try pieces.embeddings(variant, plan.embeddings, split, seed)
    let encoder = try pieces.encoder(variant, .encoder, plan.encoder, tables, split, seed)
    let centroids = try pieces.intents(variant, plan.intents, encoder, split, seed)
    let model = FittedModel(split: split, encoder: encoder, intents: centroids)
    let scorer = try scorer(variant, .scorer, model, seed)
    return System(
      seed: seed, masking: variant.masking, model: model, scorer: scorer,
      guards: try guards(variant, model, seed),
      metrics: (variant.parts[.metrics] ?? []).compactMap { $0.component as? any Metric },
      nudge: try tables.map { try nudgeParts(variant, plan, model, $0, seed) }, progress: progress)
  }

  private func nudgeParts(
    _ variant: ResolvedVariant, _ plan: CellPlan, _ model: FittedModel, _ tables: EmbeddingTables,
    _ seed: UInt64
  ) throws -> NudgeParts {
    guard let selector = variant.component(.targetSelector) as? any TargetSelector,
      let arousal = variant.component(.arousal) as? any ArousalPolicy,
      var dynamics = variant.component(.dynamics) as? any Dynamics,
      var clickModel = variant.component(.clickModel) as? any ClickModel
    else { throw RegistryError.wrongKind(kind: .targetSelector, identifier: variant.name) }
    let matching = try pieces.encoder(variant, .matcher, plan.matcher, tables, model.split, seed)
    let matcher =
      matching.map { FittedModel(split: model.split, encoder: $0, intents: model.intents) } ?? model
    let targets = try named(.targetSelector) {
      try selector.targets(SelectionContext(model: matcher, seed: seed, locations: locations))
    }
    let world = SimulatedWorld(
      catalogue: model.split.dataset.catalogue, items: tables.items, itemCounts: model.split.itemCounts,
      seed: seed, locations: locations)
    try named(.dynamics) { try dynamics.prepare(world) }
    try named(.clickModel) { try clickModel.prepare(world) }
    let isTwin = variant.effective(.scorer) == variant.effective(.twin)
    return NudgeParts(
      targets: targets, twin: isTwin ? nil : try scorer(variant, .twin, model, seed), twins: twins,
      twinIdentity: try twinIdentity(variant, plan, seed: seed), arousal: arousal, embeddings: tables,
      dynamics: dynamics, clickModel: clickModel, world: world)
  }

  /// Identity of all that a twin depends on: everything but the variant's own scorer and the metrics.
  private func twinIdentity(_ variant: ResolvedVariant, _ plan: CellPlan, seed: UInt64) throws -> String {
    let slots: [Slot] = [.dynamics, .clickModel, .targetSelector, .twin, .arousal, .guards, .task]
    return try identities.identity(
      of: slots.flatMap { variant.parts[$0] ?? [] },
      context: [
        "twin", plan.data, String(seed), variant.masking.rawValue, plan.embeddings ?? "", plan.encoder ?? "",
        plan.matcher ?? "", variant.needsIntentsWithoutScorer ? plan.intents ?? "" : "",
      ])
  }

  /// Puts a slot's place before a problem that does not know it.
  private func named<T>(_ slot: Slot, _ body: () throws -> T) throws -> T {
    do { return try body() } catch let problem as Problem where problem.place.isEmpty {
      throw Problem(slot.place, problem.fact)
    }
  }

  private func scorer(
    _ variant: ResolvedVariant, _ slot: Slot, _ model: FittedModel, _ seed: UInt64
  ) throws -> any Scorer {
    guard var scorer = variant.component(slot) as? any Scorer else {
      throw RegistryError.wrongKind(kind: .scorer, identifier: variant.name)
    }
    try scorer.fit(model.split, seed: seed)
    try scorer.attach(to: model)
    return scorer
  }

  private func guards(_ variant: ResolvedVariant, _ model: FittedModel, _ seed: UInt64) throws -> [any Guard]
  {
    try (variant.parts[.guards] ?? []).compactMap { made in
      guard var constraint = made.component as? any Guard else { return nil }
      try named(.guards) { try constraint.attach(to: model, seed: seed) }
      return constraint
    }
  }
}

extension ResolvedVariant {
  /// Whether anything but the scorer reads intents.
  fileprivate var needsIntentsWithoutScorer: Bool {
    parts.contains { slot, made in
      slot != .scorer && made.contains { ($0.component as? any Needing)?.needs.contains(.intents) ?? false }
    }
  }
}
