import Beckon
import Synchronization

// What an encoder, an embedding source and an intent model must keep.
extension Conformance {
  static func train(
    _ encoder: some Encoder, _ context: TrainingContext, _ exempt: Set<Check>, _ found: inout Findings
  ) throws {
    let items = context.split.dataset.itemCount
    let odd: [(name: String, check: Check, history: UserHistory)] = [
      ("an empty history", .emptyHistory, UserHistory(user: 0, past: [])),
      ("every item met", .longestHistory, UserHistory(user: 1, past: (0..<Int32(items)).map { $0 }[...])),
      ("an unseen item", .unseenItem, UserHistory(user: 1, past: [2], clicked: [Int32(items) - 1])),
      ("clicks alone", .finite, UserHistory(user: 1, past: [], clicked: [4])),
    ]
    let histories = context.split.histories + odd.map(\.history)
    var kept: (any Encoder)?
    let states = try found.steady("states", isSame: { $0.isSameBytes($1) }) {
      var copy: any Encoder = encoder
      try copy.train(context)
      kept = copy
      return try copy.encode(histories)
    }
    guard let first = kept else { return }
    guard states.rows == histories.count else {
      found.add(.shape, "\(states.rows) states for \(histories.count) histories")
      return
    }
    found.add(
      .finite, "a state is not finite",
      unless: context.split.histories.indices.allSatisfy { states.row($0).allSatisfy { $0.isFinite } })
    for (row, one) in odd.enumerated() {
      found.add(
        one.check, "\(one.name): the state is not finite",
        unless: states.row(context.split.histories.count + row).allSatisfy { $0.isFinite })
    }
    let preferences = first.preferences(of: states)
    found.add(
      .shape, "preferences are \(preferences.rows)×\(preferences.columns), not \(histories.count)×\(items)",
      unless: preferences.rows == histories.count && preferences.columns == items)
    found.add(.finite, "a preference is not finite", unless: preferences.allFinite)
    found.add(
      .shape, "\(first.itemVectors.rows) item vectors for \(items) items",
      unless: first.itemVectors.rows == items)
    for (row, history) in histories.enumerated() {
      let alone = try first.encode([history])
      guard alone.rows != 1 || !areClose(alone.row(0), states.row(row)) else { continue }
      found.add(.neighbours, "the state of history \(row) depends on the others in the batch")
      break
    }
    let points = try first.intentPoints(Array(histories.prefix(3)))
    found.add(
      .shape, "intent points are not finite, one a history", unless: points.rows == 3 && points.allFinite)
    var restored = encoder
    restored.parameters = first.parameters
    found.add(
      .restore, "its parameters do not restore it", unless: try restored.encode(histories).isSameBytes(states)
    )
    guard let trainable = encoder as? any TrainableEncoder else { return }
    try resume(trainable, context, &found)
    if !exempt.contains(.gradient) {
      // Loose enough for any loss: a wrong derivative is wrong by more, and the author's own test may be stricter.
      for mistake in try gradientMistakes(
        of: trainable, tolerance: 1e-3, rankingMetric: context.rankingMetric)
      {
        found.add(.gradient, "the derivative of its loss is wrong: \(mistake)")
      }
    }
  }

  /// Trains once without a pause, and once in a copy that is told what was kept after the first epoch.
  private static func resume(
    _ encoder: some TrainableEncoder, _ context: TrainingContext, _ found: inout Findings
  ) throws {
    let states = Mutex<[TrainingState]>([])
    var whole = encoder
    try whole.train(
      context.keeping(.init(kept: { nil }, keep: { state in states.withLock { $0.append(state) } })))
    guard let first = states.withLock({ $0.first }) else { return }
    let written = (tensors: first.tensors, numbers: try first.numbers())
    var resumed = encoder
    try resumed.train(
      context.keeping(
        .init(kept: { try TrainingState(tensors: written.tensors, numbers: written.numbers) }, keep: { _ in })
      ))
    found.add(
      .resumption, "a training that was stopped after its first epoch ends with other values",
      unless: resumed.parameters.names == whole.parameters.names
        && whole.parameters.names.allSatisfy { resumed.parameters[$0].isSameBytes(whole.parameters[$0]) })
  }

  /// Derivatives of a trainable encoder's loss that disagree with differences, for one batch of a world of seven items.
  ///
  /// A bias of attention keys (`…key.bias`) moves all logits of a softmax alike, so its derivative is 0 but for rounding:
  /// it is left out.
  ///
  /// - Parameters:
  ///   - encoder: untrained.
  ///   - samples: what the batch holds; the encoder's own samples if nil.
  ///   - step: of the differences.
  ///   - tolerance: largest relative error that passes.
  ///   - rankingMetric: finds a metric by a name such as `ndcg@20`.
  /// - Throws: what the encoder throws.
  public static func gradientMistakes<E: TrainableEncoder>(
    of encoder: E, samples: ((Split) -> [TrainingSample])? = nil, step: Double = 1e-5,
    tolerance: Double = 1e-6,
    rankingMetric: @escaping @Sendable (String) throws -> (metric: any RankingMetric, cutoff: Int)
  ) throws -> [GradientCheck.Mistake] {
    let sequences: [[Int32]] = [[0, 1, 2, 3, 4, 5], [6, 2, 0, 5], [3, 4, 1, 6, 0, 2, 5]]
    let items = Matrix<Float>(rows: 7, columns: 4, values: (0..<28).map { Float($0 % 5) - 2 })
    let world = try ToyWorld(sequences: sequences, users: items.selectingRows([0, 1, 2]), items: items)
    let context = TrainingContext(
      split: world.split, seed: 1, masking: .exclude, embeddings: world.tables,
      locations: DataLocations(folders: []), rankingMetric: rankingMetric, progress: ProgressReporter())
    let parameters = try spread(encoder.initialParameters(context))
    let samples = try samples?(world.split) ?? encoder.samples(world.split, seed: 1)
    let batch = TrainingBatch(Array(samples.indices), of: samples, split: world.split, step: 3, seed: 1)
    var prepared = encoder
    prepared.parameters = parameters.mapScalars(to: Float.self)
    try prepared.beginTraining(samples, context)
    try prepared.beginEpoch(1, samples, context)
    let ready = prepared
    let failure = Mutex<(any Error)?>(nil)
    let keyBiases = Set(parameters.names.filter { $0.hasSuffix("key.bias") })
    let found = GradientCheck(step: step, tolerance: tolerance, floor: 1e-2).mistakes(
      parameters: parameters, constants: keyBiases
    ) {
      tape, _ in
      do { return try ready.loss(tape, batch) } catch {
        failure.withLock { $0 = error }
        return tape.constant(Matrix(rows: 1, columns: 1))
      }
    }
    if let error = failure.withLock({ $0 }) { throw error }
    return found
  }

  /// Weights far from their small start, so that no part of the network is nearly linear.
  private static func spread(_ parameters: ParameterSet<Float>) -> ParameterSet<Double> {
    var result = ParameterSet<Double>()
    for (word, name) in parameters.names.enumerated() {
      var stream = RandomStream(seed: 4, purpose: Purpose("spread"), UInt32(word))
      var matrix = parameters[name].mapScalars(to: Double.self)
      for index in matrix.values.indices { matrix.values[index] += 0.4 * stream.normal() }
      result[name] = matrix
    }
    return result
  }

  static func embed(_ source: some EmbeddingSource, _ context: TrainingContext, _ found: inout Findings)
    throws
  {
    let tables = try found.steady(
      "tables", isSame: { $0.users.isSameBytes($1.users) && $0.items.isSameBytes($1.items) }
    ) { try source.tables(context) }
    let dataset = context.split.dataset
    for (name, table, rows) in [
      ("users", tables.users, dataset.userCount), ("items", tables.items, dataset.itemCount),
    ] {
      found.add(.shape, "\(name): \(table.rows) rows, not \(rows)", unless: table.rows == rows)
      found.add(.finite, "\(name): a number is not finite", unless: table.allFinite)
      found.add(
        .bounds, "\(name): a row's length is not 1",
        unless: table.rowNorms().allSatisfy { abs($0 - 1) < 1e-4 })
    }
  }

  static func intend(_ model: some IntentModel, in world: ToyWorld, _ found: inout Findings) throws {
    guard let encoder = world.model.encoder else { return }
    let centroids = try found.steady("centroids", isSame: { $0.isSameBytes($1) }) {
      try model.centroids(encoder: encoder, split: world.split, seed: 3)
    }
    found.add(
      .shape, "centroids are \(centroids.rows)×\(centroids.columns)",
      unless: centroids.rows > 0 && centroids.columns == encoder.itemVectors.columns)
    found.add(.finite, "a centroid is not finite", unless: centroids.allFinite)
  }
}
