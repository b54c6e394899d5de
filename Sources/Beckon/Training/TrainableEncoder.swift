/// How an encoder is trained: the keys of `training` in a spec.
public struct TrainingSettings: Codable, Equatable, Sendable {
  /// Most passes over the users.
  public var epochs = 300
  /// Users a step; the last batch of an epoch may be smaller.
  public var batchSize = 256
  /// Adam's step size.
  public var learningRate = 0.001
  /// Adam's decay of the second moment.
  public var beta2 = 0.999
  /// L2 penalty, added to the gradient.
  public var weightDecay = 0.0
  /// Steps without a better validation value after which the step size is halved, again and again; 0 never.
  public var halveAfterSteps = 0
  /// When to stop before the last epoch.
  public var earlyStopping = EarlyStopping()

  /// Patience in steps: an epoch of few steps must not stop on the popularity plateau.
  public struct EarlyStopping: Codable, Equatable, Sendable {
    /// Ranking metric on the validation part; an empty text trains all epochs and keeps the last state.
    public var metric = "ndcg@20"
    /// Steps between two evaluations.
    public var everySteps = 40
    /// Steps without a better value before training stops.
    public var patienceSteps = 800
    /// The defaults.
    public init() {}
  }

  /// The defaults.
  public init() {}

  /// Reports values out of range, under the key `training`.
  public func check(_ checks: inout Checks) {
    checks.atLeast("training.epochs", epochs, 0)
    checks.positive("training.batchSize", batchSize)
    checks.positive("training.learningRate", learningRate)
    checks.range("training.beta2", beta2, 0..<1)
    checks.atLeast("training.weightDecay", weightDecay, 0)
    checks.atLeast("training.halveAfterSteps", halveAfterSteps, 0)
    checks.positive("training.earlyStopping.everySteps", earlyStopping.everySteps)
    checks.positive("training.earlyStopping.patienceSteps", earlyStopping.patienceSteps)
    if !earlyStopping.metric.isEmpty {
      checks.rankingMetric("training.earlyStopping.metric", earlyStopping.metric)
    }
  }
}

/// Some samples of one training step.
public struct TrainingBatch: Sendable {
  /// The samples, in the order of the batch.
  public let samples: [TrainingSample]
  /// Where each stands in the list that `TrainableEncoder.samples` made.
  public let indices: [Int]
  /// The users' whole sequences, held-out items included: only to keep these from being drawn as negatives.
  public let wholeSequences: [ArraySlice<Int32>]
  /// Step, from 1, over all epochs.
  public let step: Int
  /// Experiment seed.
  public let seed: UInt64
  /// Number of items.
  public let itemCount: Int

  /// A batch.
  public init(
    _ indices: [Int], of samples: [TrainingSample], split: Split, step: Int, seed: UInt64
  ) {
    self.indices = indices
    self.samples = indices.map { samples[$0] }
    wholeSequences = self.samples.map { split.dataset.sequences[Int($0.user)][...] }
    itemCount = split.dataset.itemCount
    self.step = step
    self.seed = seed
  }

  /// Samples in the batch.
  public var count: Int { samples.count }

  /// A stream for one sample of this step.
  public func stream(_ purpose: Purpose, _ sample: TrainingSample) -> RandomStream {
    RandomStream(seed: seed, purpose: purpose, UInt32(truncatingIfNeeded: step), sample.key)
  }

  /// Several changed views of each sample without its last item: one token batch a view.
  ///
  /// - Parameters:
  ///   - count: views of a sample.
  ///   - length: slots of a window.
  ///   - keepingPads: makes a token of every slot of a window.
  ///   - view: makes one view; `nil` stands for a pad.
  public func views(
    _ count: Int, length: Int, keepingPads: Bool,
    _ view: (ArraySlice<Int32>, inout RandomStream) -> [Int32?]
  ) -> [TokenBatch] {
    (0..<count).map { number in
      let sequences = samples.map { sample in
        var stream = stream(.augmentation, sample).keyed(UInt32(number))
        return view(sample.items.dropLast(), &stream)
      }
      return TokenBatch(sequences, length: length, keepingPads: keepingPads)
    }
  }
}

/// An encoder trained by gradient steps: the author writes the forward pass, the laboratory runs the loop.
public protocol TrainableEncoder: Encoder {
  /// The keys of `training`.
  var training: TrainingSettings { get }
  /// A file of weights that replaces training, or an empty text.
  var weightsPath: String { get }
  /// Why a file of weights is not this model's, by the names of the tensors that the model lacks; nil if they are
  /// no part of it, such as an optimiser's state.
  func refusal(ofExtraTensors names: [String]) -> String?
  /// Values before the first step.
  func initialParameters(_ context: TrainingContext) throws -> ParameterSet<Float>
  /// What one pass over the data consists of; the users' whole training sequences unless the encoder says otherwise.
  ///
  /// - Parameters:
  ///   - split: the data; only the training part may be read.
  ///   - seed: experiment seed, for samples that are drawn.
  func samples(_ split: Split, seed: UInt64) throws -> [TrainingSample]
  /// Called before each epoch, from 1: for steps that are not gradient steps, such as clustering.
  mutating func beginEpoch(_ epoch: Int, _ samples: [TrainingSample], _ context: TrainingContext) throws
  /// The loss of a batch, 1 × 1.
  func loss<S: Scalar>(_ tape: Tape<S>, _ batch: TrainingBatch) throws -> Var<S>
  /// What is done with the learned values before they are used; nothing unless the encoder says otherwise.
  func finished(_ parameters: ParameterSet<Float>) -> ParameterSet<Float>
}

extension TrainableEncoder {
  /// None.
  public func refusal(ofExtraTensors names: [String]) -> String? { nil }
  /// The users' whole training sequences.
  public func samples(_ split: Split, seed: UInt64) throws -> [TrainingSample] { .wholeSequences(of: split) }
  /// Nothing.
  public mutating func beginEpoch(_ epoch: Int, _ samples: [TrainingSample], _ context: TrainingContext)
    throws
  {}
  /// The values as they are.
  public func finished(_ parameters: ParameterSet<Float>) -> ParameterSet<Float> { parameters }

  /// Adam over shuffled batches; the state with the best validation value is kept.
  ///
  /// - Throws: `TrainingError`; `Problem` if weights do not fit.
  public mutating func train(_ context: TrainingContext) throws {
    if let loaded = try loadedWeights(context) {
      parameters = loaded
    } else {
      try fit(from: initialParameters(context), context)
      parameters = finished(parameters)
    }
  }

  /// The values of the file that replaces training; nil if there is none.
  ///
  /// - Throws: `Problem` if the file is missing, damaged or not this model's.
  public func loadedWeights(_ context: TrainingContext) throws -> ParameterSet<Float>? {
    guard !weightsPath.isEmpty else { return nil }
    let expected = try initialParameters(context)
    let path = try context.locations.find(weightsPath).path(percentEncoded: false)
    let loaded: ParameterSet<Float>
    let extra: [String]
    do {
      loaded = try Safetensors.read(path, like: expected)
      extra = try Safetensors.read(path).keys.filter { !expected.contains($0) }.sorted()
    } catch let error as SafetensorsError { throw Problem("", "\(error)") }
    if let refusal = refusal(ofExtraTensors: extra) { throw Problem("", "\(weightsPath): \(refusal)") }
    guard loaded.allFinite else { throw Problem("", "\(weightsPath): a weight is not a finite number.") }
    return loaded
  }

  private mutating func fit(from initial: ParameterSet<Float>, _ context: TrainingContext) throws {
    let samples = try samples(context.split, seed: context.seed)
    guard !samples.isEmpty else {
      throw TrainingError.nothingToLearn(
        reason: "no user has two training items, so there is no next item to learn.")
    }
    let settings = training
    var adam = Adam<Float>(
      learningRate: settings.learningRate, beta2: settings.beta2, weightDecay: settings.weightDecay)
    let stopping = settings.earlyStopping
    var stopper = try stopping.metric.isEmpty ? nil : Stopper(stopping, context)
    var step = 0
    var lastLoss = Double.nan
    // The working copy: `parameters` follow it only where the encoder itself is asked, since setting them
    // may derive other tables.
    var values = initial
    parameters = values
    let start = Date()

    epochs: for epoch in stride(from: 1, through: settings.epochs, by: 1) {
      parameters = values
      try beginEpoch(epoch, samples, context)
      var order = Array(samples.indices)
      var shuffle = RandomStream(seed: context.seed, purpose: .shuffle, UInt32(epoch))
      shuffle.shuffle(&order)
      var total = 0.0
      var batches = 0
      var stop = false
      for first in stride(from: 0, to: order.count, by: settings.batchSize) {
        step += 1
        let batch = TrainingBatch(
          Array(order[first..<min(order.count, first + settings.batchSize)]), of: samples,
          split: context.split, step: step, seed: context.seed)
        let value = try takeStep(batch, &values, &adam)
        if value.isFinite { lastLoss = value }
        guard value.isFinite, values.allFinite else {
          throw TrainingError.notFinite(
            epoch: epoch, step: step, learningRate: settings.learningRate, lastLoss: lastLoss)
        }
        total += value
        batches += 1
        if step % stopping.everySteps == 0 {
          parameters = values
          try stopper?.evaluate(self, context, step: step)
          if stopper?.isOver(at: step) ?? false { stop = true }
          if stopper?.shouldHalve(at: step, after: settings.halveAfterSteps) ?? false {
            adam.learningRate /= 2
          }
        }
        if stop { break }
      }
      context.progress.report(
        .epoch(
          epoch, of: settings.epochs, loss: total / Double(max(1, batches)), validation: stopper?.latest,
          seconds: Date().timeIntervalSince(start)))
      if stop { break epochs }
    }
    parameters = values
    if step > 0, step % stopping.everySteps != 0 { try stopper?.evaluate(self, context, step: step) }
    if let best = stopper?.bestParameters { parameters = best }
  }

  private func takeStep(
    _ batch: TrainingBatch, _ values: inout ParameterSet<Float>, _ adam: inout Adam<Float>
  ) throws -> Double {
    let stream = RandomStream(seed: batch.seed, purpose: .dropout, UInt32(truncatingIfNeeded: batch.step))
    // The tape holds the values too: it must be gone before they change, or they would all be copied.
    func derived() throws -> (loss: Double, gradients: ParameterSet<Float>) {
      let tape = Tape<Float>(parameters: values, training: true, stream: stream)
      let loss = try loss(tape, batch)
      tape.backward(loss)
      return (Double(loss.value[0, 0]), tape.gradients)
    }
    let (value, gradients) = try derived()
    adam.step(&values, gradients)
    return value
  }
}

/// Remembers the best state seen so far.
private struct Stopper {
  let name: String
  let metric: any RankingMetric
  let cutoff: Int
  let patience: Int
  var bestStep = 0
  /// The newest of the best step and the last halving.
  private var patientSince = 0
  var bestParameters: ParameterSet<Float>?
  var latest: (name: String, value: Double, best: Double)?

  init(_ settings: TrainingSettings.EarlyStopping, _ context: TrainingContext) throws {
    name = settings.metric
    (metric, cutoff) = try context.rankingMetric(settings.metric)
    patience = settings.patienceSteps
  }

  mutating func evaluate(_ encoder: some Encoder, _ context: TrainingContext, step: Int) throws {
    let ranked = try NextItemRanking.rankings(
      of: context.split.validation, itemCount: context.split.dataset.itemCount, masking: context.masking
    ) { queries in
      let states = try encoder.encode(queries.map { UserHistory(user: $0.user, past: $0.history) })
      return encoder.preferences(of: states)
    }
    let values = try metric.values(ranked.map(\.answers), cutoff: cutoff)
    let value = values.reduce(0, +) / Double(max(1, values.count))
    if value > latest?.best ?? -.infinity {
      bestStep = step
      patientSince = step
      bestParameters = encoder.parameters
    }
    latest = (name, value, max(value, latest?.best ?? value))
  }

  func isOver(at step: Int) -> Bool { step - bestStep >= patience }

  mutating func shouldHalve(at step: Int, after steps: Int) -> Bool {
    guard steps > 0, step - patientSince >= steps else { return false }
    patientSince = step
    return true
  }
}
