extension TrainableEncoder {
  /// Adam over shuffled batches, from where an earlier process stopped if the context knows of one.
  ///
  /// - Returns: the values with the best validation metric, or the last ones if nothing stops the training.
  /// - Throws: `TrainingError`, and what the encoder, the metric and the keeper throw.
  mutating func trained(
    from initial: ParameterSet<Float>, _ context: TrainingContext
  ) throws -> ParameterSet<Float> {
    let samples = try samples(context.split, seed: context.seed)
    guard !samples.isEmpty else {
      throw TrainingError.nothingToLearn(
        reason: "no user has two training items, so there is no next item to learn.")
    }
    let settings = training
    let stopping = settings.earlyStopping
    let stopper = try stopping.metric.isEmpty ? nil : Stopper(stopping, context)
    var state = try context.keeper?.kept() ?? TrainingState(values: initial, settings)
    if state.epoch > 0 { context.progress.report(.began("going on after epoch \(state.epoch)")) }
    // `parameters` follow the state only where the encoder itself is asked, since setting them may derive other tables.
    parameters = state.values
    try beginTraining(samples, context)
    let start = Date().addingTimeInterval(-state.seconds)

    while state.epoch < settings.epochs, !state.isOver {
      state.epoch += 1
      parameters = state.values
      try beginEpoch(state.epoch, samples, context)
      let loss = try makeEpoch(&state, samples, stopper, context)
      state.seconds = Date().timeIntervalSince(start)
      context.progress.report(
        .epoch(
          state.epoch, of: settings.epochs, loss: loss, validation: stopper?.latest(state),
          seconds: state.seconds))
      try context.keeper?.keep(state)
    }
    parameters = state.values
    if state.step > 0, state.step % stopping.everySteps != 0 {
      try stopper?.evaluate(self, context, &state)
    }
    return state.best?.values ?? state.values
  }

  /// One pass over the samples, or what is left of the training.
  ///
  /// - Returns: mean loss.
  private mutating func makeEpoch(
    _ state: inout TrainingState, _ samples: [TrainingSample], _ stopper: Stopper?, _ context: TrainingContext
  ) throws -> Double {
    let settings = training
    var order = Array(samples.indices)
    var shuffle = RandomStream(seed: context.seed, purpose: .shuffle, UInt32(state.epoch))
    shuffle.shuffle(&order)
    var total = 0.0
    var batches = 0
    for first in stride(from: 0, to: order.count, by: settings.batchSize) where !state.isOver {
      state.step += 1
      let batch = TrainingBatch(
        Array(order[first..<min(order.count, first + settings.batchSize)]), of: samples,
        split: context.split, step: state.step, seed: context.seed)
      let value = try takeStep(batch, &state.values, &state.adam)
      if value.isFinite { state.lastLoss = value }
      guard value.isFinite, state.values.allFinite else {
        throw TrainingError.notFinite(
          epoch: state.epoch, step: state.step, learningRate: settings.learningRate, lastLoss: state.lastLoss)
      }
      total += value
      batches += 1
      if let stopper, state.step % settings.earlyStopping.everySteps == 0 {
        parameters = state.values
        try stopper.evaluate(self, context, &state)
        stopper.decide(&state, halvingAfter: settings.halveAfterSteps)
      }
    }
    return total / Double(max(1, batches))
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

/// Measures the validation part, and decides when training has gone on long enough.
private struct Stopper {
  let name: String
  let metric: any RankingMetric
  let cutoff: Int
  let patience: Int

  init(_ settings: TrainingSettings.EarlyStopping, _ context: TrainingContext) throws {
    name = settings.metric
    (metric, cutoff) = try context.rankingMetric(settings.metric)
    patience = settings.patienceSteps
  }

  /// Measures an encoder whose parameters are those of the state.
  func evaluate(_ encoder: some Encoder, _ context: TrainingContext, _ state: inout TrainingState) throws {
    let ranked = try NextItemRanking.rankings(
      of: context.split.validation, itemCount: context.split.dataset.itemCount, masking: context.masking
    ) { queries in
      let states = try encoder.encode(queries.map { UserHistory(user: $0.user, past: $0.history) })
      return encoder.preferences(of: states)
    }
    let values = try metric.values(ranked.map(\.answers), cutoff: cutoff)
    let value = values.reduce(0, +) / Double(max(1, values.count))
    state.latest = value
    if value > state.best?.value ?? -.infinity {
      state.best = .init(step: state.step, value: value, values: encoder.parameters)
      state.patientSince = state.step
    }
  }

  func decide(_ state: inout TrainingState, halvingAfter steps: Int) {
    state.isOver = state.step - (state.best?.step ?? 0) >= patience
    if steps > 0, state.step - state.patientSince >= steps {
      state.patientSince = state.step
      state.adam.learningRate /= 2
    }
  }

  func latest(_ state: TrainingState) -> (name: String, value: Double, best: Double)? {
    guard let latest = state.latest, let best = state.best else { return nil }
    return (name, latest, best.value)
  }
}
