// Operations element by element. Shapes of inputs and output are equal.
extension Tape {
  /// a + b.
  public func add(_ a: Var<S>, _ b: Var<S>) -> Var<S> {
    record(combine(a, b, "add", S.Kernels.add), from: [a, b]) { tape, gradient in
      if b.slot != nil {
        var copy = gradient
        tape.contribute(to: b, &copy)
      }
      tape.contribute(to: a, &gradient)
    }
  }

  /// a − b.
  public func subtract(_ a: Var<S>, _ b: Var<S>) -> Var<S> {
    record(combine(a, b, "subtract", S.Kernels.subtract), from: [a, b]) { tape, gradient in
      if b.slot != nil {
        var negative = scaled(gradient, by: -1)
        tape.contribute(to: b, &negative)
      }
      tape.contribute(to: a, &gradient)
    }
  }

  /// a·b, element by element.
  public func multiply(_ a: Var<S>, _ b: Var<S>) -> Var<S> {
    record(combine(a, b, "multiply", S.Kernels.multiply), from: [a, b]) { tape, gradient in
      for (target, factor) in [(a, b), (b, a)] where target.slot != nil {
        var product = elementwise(gradient, factor.value, S.Kernels.multiply)
        tape.contribute(to: target, &product)
      }
    }
  }

  /// x·factor.
  public func scale(_ x: Var<S>, by factor: Double) -> Var<S> {
    record(scaled(x.value, by: factor), from: [x]) { tape, gradient in
      var product = scaled(gradient, by: factor)
      tape.contribute(to: x, &product)
    }
  }

  /// Σ weightᵢ·termᵢ, typically of 1×1 losses.
  public func sum(_ terms: [(weight: Double, term: Var<S>)]) -> Var<S> {
    guard let first = terms.first else { return constant(Matrix(rows: 1, columns: 1)) }
    var total = scaled(first.term.value, by: first.weight)
    for (weight, term) in terms.dropFirst() { total.add(term.value, times: S(weight)) }
    return record(total, from: terms.map(\.term)) { tape, gradient in
      for (weight, term) in terms where term.slot != nil {
        var product = scaled(gradient, by: weight)
        tape.contribute(to: term, &product)
      }
    }
  }

  /// Mean of all elements, 1×1; 0 if there are none.
  public func mean(_ x: Var<S>) -> Var<S> {
    let n = Double(max(1, x.value.count))
    let total = x.value.withPointer { S.Kernels.sum(x.value.count, $0) }
    return record(Matrix(rows: 1, columns: 1, values: [S(total / n)]), from: [x]) { tape, gradient in
      let share = gradient.values[0] / S(n)
      var spread = Matrix<S>(rows: x.rows, columns: x.columns) {
        $0.initialize(repeating: share, count: x.value.count)
      }
      tape.contribute(to: x, &spread)
    }
  }

  /// x·Φ(x), Φ the normal distribution in its exact erf form.
  public func gelu(_ x: Var<S>) -> Var<S> { activate(.gelu, x) }
  /// max(x, 0).
  public func relu(_ x: Var<S>) -> Var<S> { activate(.relu, x) }
  /// x where positive, eˣ − 1 elsewhere.
  public func elu(_ x: Var<S>) -> Var<S> { activate(.elu, x) }
  /// 1 / (1 + e⁻ˣ).
  public func sigmoid(_ x: Var<S>) -> Var<S> { activate(.sigmoid, x) }
  /// The hyperbolic tangent.
  public func tanh(_ x: Var<S>) -> Var<S> { activate(.tanh, x) }
  /// ln(1 + eˣ).
  public func softplus(_ x: Var<S>) -> Var<S> { activate(.softplus, x) }
  /// eˣ.
  public func exponential(_ x: Var<S>) -> Var<S> { activate(.exponential, x) }

  /// f(x).
  public func activate(_ kind: Activation, _ x: Var<S>) -> Var<S> {
    record(x.value.activated(kind), from: [x]) { tape, gradient in
      x.value.withPointer { x in
        let n = gradient.count
        gradient.withMutablePointer { g in
          elementChunks(n) {
            let at = $0.lowerBound
            S.Kernels.activateBackward(kind, $0.count, x + at, g + at, into: g + at)
          }
        }
      }
      tape.contribute(to: x, &gradient)
    }
  }

  /// √x; 0 gets no gradient. x must not be negative.
  public func squareRoot(_ x: Var<S>) -> Var<S> {
    record(x.value.roots(inverse: false), from: [x]) { tape, gradient in
      let slope = scaled(x.value.roots(inverse: true), by: 0.5)
      var product = elementwise(gradient, slope, S.Kernels.multiply)
      tape.contribute(to: x, &product)
    }
  }

  /// 1/x where x is positive; 0 without gradient elsewhere.
  public func reciprocal(_ x: Var<S>) -> Var<S> {
    let root = x.value.roots(inverse: true)
    let value = elementwise(root, root, S.Kernels.multiply)
    return record(value, from: [x]) { tape, gradient in
      let slope = scaled(elementwise(value, value, S.Kernels.multiply), by: -1)
      var product = elementwise(gradient, slope, S.Kernels.multiply)
      tape.contribute(to: x, &product)
    }
  }

  /// Each element dropped with chance `rate`, the others scaled by 1/(1 − rate); the identity unless training.
  ///
  /// Which elements drop depends on the tape's stream, the number of dropping operations so far and the
  /// element's number: not on threads. See `DropoutBits` for the rounding of the rate.
  public func dropout(_ x: Var<S>, rate: Double) -> Var<S> {
    let bits = nextDropout(rate: rate)
    guard bits.threshold > 0 else { return x }
    let n = x.value.count
    let mask = [UInt8](unsafeUninitializedCapacity: n) { buffer, initialized in
      if let mask = buffer.baseAddress {
        elementChunks(n) { bits.fill($0.count, block: $0.lowerBound / 8, 0, 0, into: mask + $0.lowerBound) }
      }
      initialized = n
    }
    func apply(_ x: UnsafePointer<S>, _ y: UnsafeMutablePointer<S>) {
      mask.withUnsafeBufferPointer { mask in
        guard let mask = mask.baseAddress else { return }
        elementChunks(n) {
          let at = $0.lowerBound
          S.Kernels.applyMask($0.count, x + at, mask + at, scale: bits.keepScale, into: y + at)
        }
      }
    }
    let value = Matrix<S>(rows: x.rows, columns: x.columns) { y in x.value.withPointer { apply($0, y) } }
    return record(value, from: [x]) { tape, gradient in
      gradient.withMutablePointer { apply($0, $0) }
      tape.contribute(to: x, &gradient)
    }
  }

  private func combine(
    _ a: Var<S>, _ b: Var<S>, _ name: String,
    _ kernel: (Int, UnsafePointer<S>, UnsafePointer<S>, UnsafeMutablePointer<S>) -> Void
  ) -> Matrix<S> {
    precondition(
      a.rows == b.rows && a.columns == b.columns,
      "\(name): a is \(a.rows)×\(a.columns) but b is \(b.rows)×\(b.columns).")
    return elementwise(a.value, b.value, kernel)
  }
}

extension Matrix {
  /// f of every element.
  public func activated(_ kind: Activation) -> Matrix {
    Matrix(rows: rows, columns: columns) { y in
      withPointer { x in
        elementChunks(count) {
          S.Kernels.activate(kind, $0.count, x + $0.lowerBound, into: y + $0.lowerBound)
        }
      }
    }
  }

  /// √x of every element, or 1/√x with 0 for what is not positive.
  func roots(inverse: Bool) -> Matrix {
    Matrix(rows: rows, columns: columns) { y in
      withPointer { x in
        elementChunks(count) {
          S.Kernels.roots($0.count, x + $0.lowerBound, into: y + $0.lowerBound, inverse: inverse)
        }
      }
    }
  }

  /// The softmax of every row.
  public func rowsSoftmaxed() -> Matrix {
    var result = self
    let (rows, columns) = (rows, columns)
    result.withMutablePointer { x in
      Parallel.chunks(rows, grain: rowGrain(columns)) {
        S.Kernels.softmaxRows(rows: $0.count, columns: columns, x + $0.lowerBound * columns)
      }
    }
    return result
  }
}

func scaled<S: Scalar>(_ x: Matrix<S>, by factor: Double) -> Matrix<S> {
  Matrix(rows: x.rows, columns: x.columns) { y in
    x.withPointer { x0 in
      elementChunks(x.count) {
        S.Kernels.scale($0.count, S(factor), x0 + $0.lowerBound, into: y + $0.lowerBound)
      }
    }
  }
}

/// A kernel of two operands on whole matrices of one shape.
func elementwise<S: Scalar>(
  _ a: Matrix<S>, _ b: Matrix<S>,
  _ kernel: (Int, UnsafePointer<S>, UnsafePointer<S>, UnsafeMutablePointer<S>) -> Void
) -> Matrix<S> {
  Matrix(rows: a.rows, columns: a.columns) { z in
    a.withPointer { x in
      b.withPointer { y in
        elementChunks(a.count) {
          kernel($0.count, x + $0.lowerBound, y + $0.lowerBound, z + $0.lowerBound)
        }
      }
    }
  }
}
