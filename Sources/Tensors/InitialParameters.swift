/// Collects the first values of parameters; each matrix is drawn from a stream of its own.
public struct InitialParameters<S: Scalar> {
  /// Draws one number.
  public typealias Draw = (inout RandomStream) -> Double

  /// What was collected so far, in that order.
  public private(set) var parameters: ParameterSet<S>
  private let stream: RandomStream

  /// A collection whose draws derive from `stream`; further ones after those of `parameters`.
  public init(_ parameters: ParameterSet<S> = ParameterSet(), stream: RandomStream) {
    self.parameters = parameters
    self.stream = stream
  }

  /// A matrix of independent draws.
  public mutating func draw(_ name: String, _ rows: Int, _ columns: Int, _ value: Draw) {
    var stream = stream.keyed(UInt32(parameters.names.count))
    parameters[name] = Matrix(
      rows: rows, columns: columns, values: (0..<rows * columns).map { _ in S(value(&stream)) })
  }

  /// A row of one value.
  public mutating func fill(_ name: String, _ columns: Int, with value: S) {
    parameters[name] = Matrix(rows: 1, columns: columns, values: [S](repeating: value, count: columns))
  }

  /// A linear layer: `.weight` [to, from] of draws and `.bias` [1, to] of zeros.
  public mutating func linear(_ name: String, _ from: Int, to: Int, _ value: Draw) {
    draw(name + ".weight", to, from, value)
    fill(name + ".bias", to, with: 0)
  }

  /// A layer normalisation: gains 1 in `.weight` and biases 0 in `.bias`.
  public mutating func layerNorm(_ name: String, _ width: Int) {
    fill(name + ".weight", width, with: 1)
    fill(name + ".bias", width, with: 0)
  }
}

/// Draws that keep the variance of a linear layer's outputs and gradients.
///
/// Source: Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural networks",
/// AISTATS 2010, eq. 12 and 16.
public enum Xavier {
  /// N(0, 2/(rows + columns)).
  public static func normal(_ rows: Int, _ columns: Int) -> (inout RandomStream) -> Double {
    let deviation = (2 / Double(rows + columns)).squareRoot()
    return { deviation * $0.normal() }
  }

  /// Uniform between ±√(6/(rows + columns)).
  public static func uniform(_ rows: Int, _ columns: Int) -> (inout RandomStream) -> Double {
    let bound = (6 / Double(rows + columns)).squareRoot()
    return { bound * (2 * $0.uniform() - 1) }
  }
}
