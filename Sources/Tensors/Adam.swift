import Foundation

/// Adam, in the form of `torch.optim.Adam`: bias-corrected moments, `epsilon` added after the corrected root,
/// weight decay as an L2 term in the gradient.
///
/// Source: Kingma & Ba, "Adam", ICLR'15, algorithm 1.
public struct Adam<S: Scalar>: Sendable {
  /// Step length.
  public var learningRate: Double
  /// Decay of the running mean of the gradient.
  public var beta1: Double
  /// Decay of the running mean of its square.
  public var beta2: Double
  /// Added to the root.
  public var epsilon: Double
  /// Times the parameter, added to the gradient.
  public var weightDecay: Double
  /// What it remembers from step to step.
  public var moments = Moments()

  /// Running means.
  public struct Moments: Sendable {
    /// Steps made so far.
    public var steps = 0
    /// Of the gradient, for every parameter that had one.
    public var first = ParameterSet<S>()
    /// Of its square.
    public var second = ParameterSet<S>()

    /// Before the first step.
    public init() {}

    /// As they were.
    public init(steps: Int, first: ParameterSet<S>, second: ParameterSet<S>) {
      self.steps = steps
      self.first = first
      self.second = second
    }
  }

  /// An optimiser without history.
  public init(
    learningRate: Double = 1e-3, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8,
    weightDecay: Double = 0
  ) {
    self.learningRate = learningRate
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.weightDecay = weightDecay
  }

  /// One step, for every parameter that has a gradient.
  public mutating func step(_ parameters: inout ParameterSet<S>, _ gradients: ParameterSet<S>) {
    moments.steps += 1
    let steps = Double(moments.steps)
    let step = AdamStep(
      beta1: beta1, beta2: beta2, stepSize: learningRate / (1 - pow(beta1, steps)),
      rootCorrection: 1 / (1 - pow(beta2, steps)).squareRoot(), epsilon: epsilon,
      weightDecay: weightDecay)
    for name in parameters.names where gradients.contains(name) {
      let gradient = gradients[name]
      if !moments.first.contains(name) {
        moments.first[name] = Matrix(rows: gradient.rows, columns: gradient.columns)
        moments.second[name] = Matrix(rows: gradient.rows, columns: gradient.columns)
      }
      precondition(parameters[name].count == gradient.count, "Adam: the gradient of '\(name)' does not fit.")
      gradient.withPointer { g in
        parameters[name].withMutablePointer { p in
          moments.first[name].withMutablePointer { m in
            moments.second[name].withMutablePointer { v in
              elementChunks(gradient.count) {
                let at = $0.lowerBound
                S.Kernels.adam($0.count, p + at, g + at, first: m + at, second: v + at, step)
              }
            }
          }
        }
      }
    }
  }
}
