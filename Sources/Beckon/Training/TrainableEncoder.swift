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
  /// Called once before the first epoch that this process makes: for what all epochs need of the data. After a stop
  /// `parameters` are those that were kept, so nothing made here may depend on them.
  mutating func beginTraining(_ samples: [TrainingSample], _ context: TrainingContext) throws
  /// Called before each epoch, from 1: for steps that are not gradient steps, such as clustering. What it makes may
  /// depend on the parameters, the epoch, the context and what `beginTraining` made, and on nothing from earlier epochs:
  /// a training that was stopped goes on in another process.
  mutating func beginEpoch(_ epoch: Int, _ samples: [TrainingSample], _ context: TrainingContext) throws
  /// The loss of a batch, 1 × 1.
  func loss<S: Scalar>(_ tape: Tape<S>, _ batch: TrainingBatch) throws -> Var<S>
  /// What is done with the learned values before they are used; nothing unless the encoder says otherwise.
  func finished(_ parameters: ParameterSet<Float>) -> ParameterSet<Float>
}

extension TrainableEncoder {
  /// None.
  public func refusal(ofExtraTensors names: [String]) -> String? { nil }
  /// Whether any step is made: no file replaces training, and there are epochs.
  public var isTrained: Bool { weightsPath.isEmpty && training.epochs > 0 }
  /// The users' whole training sequences.
  public func samples(_ split: Split, seed: UInt64) throws -> [TrainingSample] { .wholeSequences(of: split) }
  /// Nothing.
  public mutating func beginTraining(_ samples: [TrainingSample], _ context: TrainingContext) throws {}
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
      parameters = try trained(from: initialParameters(context), context)
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
}
