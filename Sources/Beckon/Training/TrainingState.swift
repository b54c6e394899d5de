/// Where a training stands after an epoch: all it needs to go on as if it had never stopped.
///
/// What is random in a training is drawn from streams that seed, epoch and step name, so there is no generator's state.
public struct TrainingState: Sendable {
  /// Epochs made.
  public internal(set) var epoch = 0
  /// Steps made.
  public internal(set) var step = 0
  /// What it took so far, in all processes.
  public internal(set) var seconds = 0.0
  /// The model's values.
  public internal(set) var values: ParameterSet<Float>
  var adam: Adam<Float>
  var lastLoss = Double.nan
  /// The newest validation value.
  var latest: Double?
  var best: Best?
  /// The newest of the best step and the last halving of the step size.
  var patientSince = 0
  var isOver = false

  /// The best validation value so far.
  struct Best {
    var step: Int
    var value: Double
    var values: ParameterSet<Float>
  }

  /// Before the first step.
  init(values: ParameterSet<Float>, _ settings: TrainingSettings) {
    self.values = values
    adam = Adam(
      learningRate: settings.learningRate, beta2: settings.beta2, weightDecay: settings.weightDecay)
  }

  // As tensors and numbers, for a file.

  private struct Numbers: Codable {
    var epoch, step: Int
    var seconds: Double
    var learningRate, beta1, beta2, epsilon, weightDecay: Double
    var adamSteps: Int
    var lastLoss, latest, bestValue: Double?
    var bestStep, patientSince: Int
    var isOver: Bool
  }

  /// All values, moments among them; names are `values/…`, `first/…`, `second/…` and `best/…`.
  public var tensors: ParameterSet<Float> {
    let parts = [
      ("values", values), ("first", adam.moments.first), ("second", adam.moments.second),
      ("best", best?.values ?? ParameterSet()),
    ]
    return ParameterSet(parts.flatMap { part, set in set.names.map { ("\(part)/\($0)", set[$0]) } })
  }

  /// All numbers, as JSON; the key `seconds` is among them.
  ///
  /// - Throws: what Foundation's encoder throws.
  public func numbers() throws -> String {
    let numbers = Numbers(
      epoch: epoch, step: step, seconds: seconds, learningRate: adam.learningRate, beta1: adam.beta1,
      beta2: adam.beta2, epsilon: adam.epsilon, weightDecay: adam.weightDecay, adamSteps: adam.moments.steps,
      lastLoss: lastLoss.isFinite ? lastLoss : nil, latest: latest.flatMap { $0.isFinite ? $0 : nil },
      bestValue: best?.value,
      bestStep: best?.step ?? 0, patientSince: patientSince, isOver: isOver)
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    return String(decoding: try encoder.encode(numbers), as: UTF8.self)
  }

  /// A state that was written as `tensors` and `numbers`.
  ///
  /// - Throws: what Foundation's decoder throws.
  public init(tensors: ParameterSet<Float>, numbers: String) throws {
    let numbers = try JSONDecoder().decode(Numbers.self, from: Data(numbers.utf8))
    func part(_ name: String) -> ParameterSet<Float> {
      let prefix = name + "/"
      return ParameterSet(
        tensors.names.filter { $0.hasPrefix(prefix) }.map {
          (String($0.dropFirst(prefix.count)), tensors[$0])
        })
    }
    values = part("values")
    adam = Adam(
      learningRate: numbers.learningRate, beta1: numbers.beta1, beta2: numbers.beta2,
      epsilon: numbers.epsilon, weightDecay: numbers.weightDecay)
    adam.moments = .init(steps: numbers.adamSteps, first: part("first"), second: part("second"))
    (epoch, step, seconds) = (numbers.epoch, numbers.step, numbers.seconds)
    lastLoss = numbers.lastLoss ?? .nan
    latest = numbers.latest
    best = numbers.bestValue.map { Best(step: numbers.bestStep, value: $0, values: part("best")) }
    patientSince = numbers.patientSince
    isOver = numbers.isOver
  }
}

/// Keeps where a long training stands, so that one that was stopped goes on from there.
public struct TrainingKeeper: Sendable {
  /// What was kept of this training; nil if it begins. Throws what reading throws.
  public let kept: @Sendable () throws -> TrainingState?
  /// Is offered the state after every epoch, and may decline. What it throws ends the training.
  public let keep: @Sendable (TrainingState) throws -> Void

  /// A keeper.
  public init(
    kept: @escaping @Sendable () throws -> TrainingState?,
    keep: @escaping @Sendable (TrainingState) throws -> Void
  ) {
    self.kept = kept
    self.keep = keep
  }
}
