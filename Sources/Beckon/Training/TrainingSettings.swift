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
