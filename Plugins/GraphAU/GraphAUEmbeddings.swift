import Beckon

/// Graph-based alignment and uniformity: free embeddings of users and items, drawn together along the graph.
struct GraphAUEmbeddings: EmbeddingSource {
  static let about = About(
    "graphau", "Embeddings by alignment over graph neighbourhoods and uniformity.",
    source: """
      Yang et al., CIKM 2023, eq. 6 to 9; the output is the free embedding, not the propagated one. ITMPRec's \
      settings are unpublished; the defaults are those of a public reproduction. Learns from each user's training \
      part alone, of which a share is held out to stop.
      """,
    examples: [
      Example("uniformity of (1, 0), (0, 1), (−1, 0)", expected: [-4.39635], tolerance: 1e-5) {
        let points = Matrix<Double>([[1, 0], [0, 1], [-1, 0]])
        return [GraphLoss.uniformity(of: points).loss]
      }
    ])

  struct Configuration: Codable, Equatable, Sendable {
    /// Width of a vector.
    var dimension = 64
    /// Terms of the alignment: 1 aligns neighbours, each further one reaches one propagation more.
    var layers = 2
    /// Weight of a term over the one before it.
    var base = 1.4
    /// Weight of uniformity, γ.
    var gamma = 0.4
    /// Only events rated above this are edges; without ratings all are.
    var ratingAbove = 3.0
    /// Share of each user's edges held out to stop the training.
    var validationShare = 0.2
    /// Most passes over the edges.
    var epochs = 200
    /// Edges a step.
    var batchSize = 2048
    /// Adam's step size.
    var learningRate = 0.1
    /// L2 penalty, added to the gradient.
    var weightDecay = 1e-6
    /// Epochs before stopping is considered.
    var warmUp = 10
    /// Epochs without a lower validation loss before training stops.
    var patience = 10
  }

  static let defaults = Configuration()
  let configuration: Configuration

  static func check(_ configuration: Configuration, _ checks: inout Checks) {
    checks.range("dimension", configuration.dimension, 1...8192)
    checks.range("layers", configuration.layers, 1...10)
    checks.positive("base", configuration.base)
    checks.atLeast("gamma", configuration.gamma, 0)
    checks.range("validationShare", configuration.validationShare, 0..<1)
    checks.atLeast("epochs", configuration.epochs, 1)
    checks.atLeast("batchSize", configuration.batchSize, 2)
    checks.positive("learningRate", configuration.learningRate)
    checks.atLeast("weightDecay", configuration.weightDecay, 0)
    checks.atLeast("warmUp", configuration.warmUp, 0)
    checks.positive("patience", configuration.patience)
  }

  func tables(_ context: TrainingContext) throws -> EmbeddingTables {
    let edges = Edges(context.split, ratingAbove: Float(configuration.ratingAbove))
    var (train, held) = edges.divided(share: configuration.validationShare, seed: context.seed)
    guard train.count > 1 else {
      throw TrainingError.nothingToLearn(
        reason:
          "fewer than two events are rated above \(configuration.ratingAbove), so 'graphau' has no graph.")
    }
    let graph = BipartiteGraph(train, users: edges.users, items: edges.items)
    let loss = GraphLoss(graph: graph, configuration: configuration)
    var parameters = initialParameters(edges, seed: context.seed)
    var adam = Adam<Float>(learningRate: configuration.learningRate, weightDecay: configuration.weightDecay)
    var best = (loss: Double.infinity, epoch: 0, parameters: parameters)
    var step = 0
    var lastLoss = Double.nan
    let start = Date()
    for epoch in 1...configuration.epochs {
      var shuffle = RandomStream(seed: context.seed, purpose: .shuffle, UInt32(epoch), 1)
      shuffle.shuffle(&train)
      var total = 0.0
      for batch in train.chunks(of: configuration.batchSize) where batch.count > 1 {
        step += 1
        let (value, gradients) = derived(loss, batch, parameters)
        adam.step(&parameters, gradients)
        if value.isFinite { lastLoss = value }
        guard value.isFinite, parameters.allFinite else {
          throw TrainingError.notFinite(
            epoch: epoch, step: step, learningRate: configuration.learningRate, lastLoss: lastLoss)
        }
        total += value * Double(batch.count)
      }
      let validation = held.count < 2 ? total / Double(train.count) : evaluate(loss, held, parameters)
      if validation < best.loss { best = (validation, epoch, parameters) }
      context.progress.report(
        .epoch(
          epoch, of: configuration.epochs, loss: total / Double(train.count),
          validation: ("loss", validation, best.loss), seconds: Date().timeIntervalSince(start)))
      if epoch > configuration.warmUp, epoch - best.epoch >= configuration.patience { break }
    }
    return EmbeddingTables(users: best.parameters["users"], items: best.parameters["items"])
  }

  /// The loss of a batch and its gradients. The tape, which holds the parameters too, is gone before they change.
  private func derived(
    _ loss: GraphLoss, _ batch: ArraySlice<Edge>, _ parameters: ParameterSet<Float>
  ) -> (loss: Double, gradients: ParameterSet<Float>) {
    let tape = Tape<Float>(
      parameters: parameters, training: true, stream: .init(seed: 0, purpose: .dropout))
    let value = loss(tape, batch)
    tape.backward(value)
    return (Double(value.scalar), tape.gradients)
  }

  private func initialParameters(_ edges: Edges, seed: UInt64) -> ParameterSet<Float> {
    var parameters = ParameterSet<Float>()
    for (index, (name, rows)) in [("users", edges.users), ("items", edges.items)].enumerated() {
      var stream = RandomStream(seed: seed, purpose: .initialization, UInt32(index), 1)
      let values = (0..<rows * configuration.dimension).map { _ in Float(stream.normal()) }
      parameters[name] = Matrix(rows: rows, columns: configuration.dimension, values: values)
    }
    return parameters
  }

  private func evaluate(_ loss: GraphLoss, _ held: [Edge], _ parameters: ParameterSet<Float>) -> Double {
    var total = 0.0
    var count = 0
    for batch in held.chunks(of: configuration.batchSize) where batch.count > 1 {
      let tape = Tape<Float>(
        parameters: parameters, training: false, stream: .init(seed: 0, purpose: .dropout))
      total += Double(loss(tape, batch).scalar) * Double(batch.count)
      count += batch.count
    }
    return total / Double(max(1, count))
  }
}

extension Array {
  fileprivate func chunks(of size: Int) -> [ArraySlice<Element>] {
    stride(from: 0, to: count, by: size).map { self[$0..<Swift.min(count, $0 + size)] }
  }
}
