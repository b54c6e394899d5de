/// Named matrices in a fixed order: the parameters of a model, or their gradients.
///
/// Biases and gains are 1×n. Names follow PyTorch (`item_encoder.layer.0.attention.query.weight`), so that
/// published checkpoints can be read.
public struct ParameterSet<S: Scalar>: Sendable, Equatable {
  /// The names in order of insertion.
  public private(set) var names: [String] = []
  private var matrices: [Matrix<S>] = []
  private var positions: [String: Int] = [:]

  /// Empty.
  public init() {}

  /// From names and matrices, in that order.
  public init(_ pairs: some Sequence<(String, Matrix<S>)>) {
    for (name, matrix) in pairs { self[name] = matrix }
  }

  /// The matrix of that name, which must exist. Assigning to a new name appends it.
  public subscript(_ name: String) -> Matrix<S> {
    get {
      guard let position = positions[name] else { unknown(name) }
      return matrices[position]
    }
    set {
      if let position = positions[name] {
        matrices[position] = newValue
      } else {
        positions[name] = names.count
        names.append(name)
        matrices.append(newValue)
      }
    }
    _modify {
      guard let position = positions[name] else { unknown(name) }
      yield &matrices[position]
    }
  }

  /// Whether there is a matrix of that name.
  public func contains(_ name: String) -> Bool { positions[name] != nil }

  /// Number of scalars.
  public var count: Int { matrices.reduce(0) { $0 + $1.count } }

  /// Sum of the squares of all scalars.
  public var squaredNorm: Double { matrices.reduce(0) { $0 + $1.squaredNorm } }

  /// Whether no scalar is infinite or NaN.
  public var allFinite: Bool { matrices.allSatisfy(\.allFinite) }

  /// The same parameters in another precision.
  public func mapScalars<T: Scalar>(to type: T.Type) -> ParameterSet<T> {
    ParameterSet<T>(zip(names, matrices.map { $0.mapScalars(to: type) }))
  }

  private func unknown(_ name: String) -> Never {
    preconditionFailure("ParameterSet: no parameter '\(name)'. Known: \(names.joined(separator: ", ")).")
  }
}
