import Tensors

/// Compares derivatives from a tape with central differences, in double precision.
///
/// ```swift
/// let mistakes = GradientCheck().mistakes(parameters: parameters, inputs: ["x": x]) { tape, inputs in
///   tape.gelu(tape.linear(inputs["x"], weight: "w", bias: "b"))
/// }
/// #expect(mistakes.isEmpty, "\(mistakes)")
/// ```
public struct GradientCheck: Sendable {
  /// Where a derivative is wrong.
  public struct Mistake: Sendable, CustomStringConvertible {
    /// The parameter or input.
    public var name: String
    /// The worst element, row-major.
    public var index: Int
    /// From the tape.
    public var derived: Double
    /// From differences.
    public var measured: Double
    /// |derived − measured| over the largest of |derived|, |measured| and `floor` times the largest derivative of that
    /// matrix; infinite if either is not finite.
    public var relativeError: Double

    /// One line.
    public var description: String {
      "\(name)[\(index)]: derived \(derived), measured \(measured), relative error \(relativeError)"
    }
  }

  /// The inputs of a function, by name.
  public struct Inputs {
    fileprivate let variables: [String: Var<Double>]

    /// The input of that name, which must have been given.
    public subscript(_ name: String) -> Var<Double> {
      guard let variable = variables[name] else { preconditionFailure("GradientCheck: no input '\(name)'.") }
      return variable
    }
  }

  /// Step of the differences for a value v: this times max(1, |v|).
  public var step: Double
  /// Largest relative error that passes.
  public var tolerance: Double
  /// Derivatives below this share of the matrix's largest one are compared with that share.
  public var floor: Double
  /// Seed of the random projection and of dropout.
  public var seed: UInt64

  /// A check with the usual settings.
  public init(step: Double = 1e-5, tolerance: Double = 1e-6, floor: Double = 1e-3, seed: UInt64 = 1) {
    self.step = step
    self.tolerance = tolerance
    self.floor = floor
    self.seed = seed
  }

  /// Every parameter and input whose derivative disagrees, with its worst element.
  ///
  /// The output of `function`, of any shape, is projected on fixed random weights to give a loss.
  ///
  /// - Parameters:
  ///   - parameters: the tape's parameters.
  ///   - inputs: further matrices to derive by.
  ///   - constants: names of parameters or inputs that are not derived by.
  ///   - function: what is checked; it must be a pure function of tape and inputs.
  /// - Complexity: two evaluations per scalar.
  public func mistakes(
    parameters: ParameterSet<Double> = ParameterSet(), inputs: KeyValuePairs<String, Matrix<Double>> = [:],
    constants: Set<String> = [], of function: (Tape<Double>, Inputs) -> Var<Double>
  ) -> [Mistake] {
    var inputs = inputs.map { (name: $0.key, value: $0.value) }
    let stream = RandomStream(seed: seed, purpose: .dropout)
    let (tape, variables, loss) = evaluate(parameters, inputs, stream, function)
    tape.backward(loss)

    var found: [Mistake] = []
    for i in inputs.indices where !constants.contains(inputs[i].name) {
      let derived = tape.gradient(of: variables[inputs[i].name])
      found += compare(inputs[i].name, derived, at: inputs[i].value) { changed in
        let original = inputs[i].value
        inputs[i].value = changed
        defer { inputs[i].value = original }
        return Double(evaluate(parameters, inputs, stream, function).loss.scalar)
      }
    }
    for name in parameters.names where !constants.contains(name) {
      found += compare(name, tape.gradients[name], at: parameters[name]) { changed in
        var moved = parameters
        moved[name] = changed
        return Double(evaluate(moved, inputs, stream, function).loss.scalar)
      }
    }
    return found
  }

  private func evaluate(
    _ parameters: ParameterSet<Double>, _ inputs: [(name: String, value: Matrix<Double>)],
    _ stream: RandomStream, _ function: (Tape<Double>, Inputs) -> Var<Double>
  ) -> (tape: Tape<Double>, inputs: Inputs, loss: Var<Double>) {
    let tape = Tape(parameters: parameters, training: true, stream: stream)
    let variables = Inputs(
      variables: Dictionary(uniqueKeysWithValues: inputs.map { ($0.name, tape.variable($0.value)) }))
    let output = function(tape, variables)
    var weights = RandomStream(seed: seed, purpose: Purpose("projection"))
    let projection = Matrix(
      rows: output.rows, columns: output.columns,
      values: (0..<output.value.count).map { _ in weights.normal() })
    let product = tape.multiply(output, tape.constant(projection))
    let loss = tape.scale(tape.mean(product), by: Double(max(1, product.value.count)))
    return (tape, variables, loss)
  }

  private func compare(
    _ name: String, _ derived: Matrix<Double>, at value: Matrix<Double>, loss: (Matrix<Double>) -> Double
  ) -> [Mistake] {
    var measured: [Double] = []
    for i in value.values.indices {
      let width = step * max(1, abs(value.values[i]))
      var changed = value
      changed.values[i] = value.values[i] + width
      let above = loss(changed)
      changed.values[i] = value.values[i] - width
      measured.append((above - loss(changed)) / (2 * width))
    }
    let largest = max(1e-8, measured.map(abs).max() ?? 0, derived.values.map(abs).max() ?? 0)
    let errors = zip(derived.values, measured).map {
      let error = abs($0 - $1) / max(abs($0), abs($1), floor * largest)
      // What is not a number compares with nothing, and must not hide behind what is.
      return error.isNaN ? .infinity : error
    }
    guard let worst = errors.indices.max(by: { errors[$0] < errors[$1] }), !(errors[worst] < tolerance) else {
      return []
    }
    return [
      Mistake(
        name: name, index: worst, derived: derived.values[worst], measured: measured[worst],
        relativeError: errors[worst])
    ]
  }
}
