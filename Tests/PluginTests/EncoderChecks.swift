import Beckon
import BeckonCLI
import BeckonTesting
import Synchronization
import Testing

@testable import BundledPlugins

/// Trainable encoders on worlds small enough to differentiate by hand or to learn by heart.
enum EncoderChecks {
  /// Derivatives of the loss of one batch that disagree with differences.
  ///
  /// - Parameters:
  ///   - samples: what the batch holds; the encoder's own samples if nil.
  ///   - step: of the differences.
  static func gradientMistakes<Encoder: TrainableEncoder>(
    _ encoder: Encoder, samples: ((Split) -> [TrainingSample])? = nil, step: Double = 1e-5
  ) throws -> [GradientCheck.Mistake] {
    let registry = try StandardRegistry.make()
    return try Conformance.gradientMistakes(
      of: encoder, samples: samples, step: step, rankingMetric: { try registry.rankingMetric(named: $0) })
  }

  /// Every item is followed by the next one round a circle: trivial for a sequence model, noise for popularity.
  static func circle(users: Int = 40, items: Int = 12, length: Int = 8) throws -> ToyWorld {
    let sequences = (0..<users).map { user in (0..<length).map { Int32((5 * user + $0) % items) } }
    let vectors = Matrix<Float>(
      rows: items, columns: 8, values: (0..<items * 8).map { Float(($0 * 7) % 5) - 2 })
    let owners = (0..<users).map { $0 % items }
    return try ToyWorld(sequences: sequences, users: vectors.selectingRows(owners), items: vectors)
  }

  /// The loss of a first batch of twenty samples round the circle, at the first parameters and without dropout's draws.
  static func firstLoss(_ untrained: some TrainableEncoder) throws -> Float {
    let world = try circle()
    var encoder = untrained
    let context = try ToyWorldContext.make(world)
    encoder.parameters = try encoder.initialParameters(context)
    let samples = try encoder.samples(world.split, seed: 1)
    try encoder.beginTraining(samples, context)
    try encoder.beginEpoch(1, samples, context)
    let batch = TrainingBatch(Array(0..<20), of: samples, split: world.split, step: 1, seed: 1)
    let tape = Tape<Float>(parameters: encoder.parameters, training: false, stream: .unused)
    return try encoder.loss(tape, batch).scalar
  }

  static func training(_ epochs: Int, rate: Double = 0.01) -> TrainingSettings {
    var training = TrainingSettings()
    training.epochs = epochs
    training.batchSize = 16
    training.learningRate = rate
    training.earlyStopping.metric = "ndcg@10"
    training.earlyStopping.everySteps = 10
    return training
  }

  private static func hits(
    _ world: ToyWorld, _ scores: @Sendable ([NextItemQuery]) throws -> Matrix<Float>
  ) throws -> Double {
    let ranks = try NextItemRanking.ranks(
      of: world.split.test, itemCount: world.split.dataset.itemCount, masking: .exclude, scores: scores)
    return Double(ranks.count { $0 == 0 }) / Double(ranks.count)
  }

  /// Trains round the circle and expects the loss to fall and the next item to be known.
  static func expectLearning(_ untrained: some TrainableEncoder) throws {
    let losses = Mutex([Double]())
    let world = try circle()
    let context = try world.context(
      registry: StandardRegistry.make(),
      progress: ProgressReporter { event in
        if case .epoch(_, of: _, let loss, validation: _, seconds: _) = event {
          losses.withLock { $0.append(loss) }
        }
      })
    var encoder = untrained
    try encoder.train(context)
    let seen = losses.withLock { $0 }
    let (first, last) = (try #require(seen.first), try #require(seen.last))
    #expect(last < 0.7 * first, "\(first) → \(last)")
    let trained = encoder
    let own = try hits(world) { queries in
      trained.preferences(
        of: try trained.encode(queries.map { UserHistory(user: $0.user, past: $0.history) }))
    }
    let counts = world.split.itemCounts.map { Float($0) }
    let popular = try hits(world) { queries in
      Matrix(rows: queries.count, columns: counts.count, values: queries.flatMap { _ in counts })
    }
    #expect(own >= 0.9 && own > popular + 0.3, "hit@1 \(own), popularity \(popular)")
  }
}
