// Operations with constants or one factor per column, such as filters along time.
extension Tape {
  /// F·X for each window X: a fixed linear filter along time, or some of its rows.
  ///
  /// - Parameters:
  ///   - x: windows of N rows one after the other, `[windows·N, d]`.
  ///   - filter: F, `[m, N]`.
  /// - Returns: `[windows·m, d]`.
  public func filtered(_ x: Var<S>, by filter: Matrix<S>) -> Var<S> {
    let (m, n, d) = (filter.rows, filter.columns, x.columns)
    precondition(n > 0 && x.rows % n == 0, "filtered: \(x.rows) rows are no whole windows of \(n).")
    let windows = x.rows / n
    let transposed = Matrix(
      rows: n, columns: m, values: (0..<n).flatMap { column in (0..<m).map { filter[$0, column] } })
    let value = Matrix<S>(rows: windows * m, columns: d) { y in
      x.value.withPointer { multiplyWindows(windows, transposed, $0, columns: d, accumulate: false, into: y) }
    }
    return record(value, from: [x]) { tape, gradient in
      gradient.withPointer { g in
        tape.contribute(to: x) { multiplyWindows(windows, filter, g, columns: d, accumulate: $1, into: $0) }
      }
    }
  }

  /// Each column times its factor.
  ///
  /// - Parameters:
  ///   - x: `[rows, d]`.
  ///   - factors: `[1, d]`.
  public func scaleColumns(_ x: Var<S>, by factors: Var<S>) -> Var<S> {
    precondition(
      factors.rows == 1 && factors.columns == x.columns,
      "scaleColumns: x has \(x.columns) columns but the factors are \(factors.rows)×\(factors.columns).")
    return record(columnsScaled(x.value, by: factors.value), from: [x, factors]) { tape, gradient in
      if factors.slot != nil {
        var products = gradient
        products.withMutablePointer { p in
          x.value.withPointer { x in
            elementChunks(gradient.count) {
              let at = $0.lowerBound
              S.Kernels.multiply($0.count, p + at, x + at, into: p + at)
            }
          }
        }
        tape.contributeColumnSums(of: products, to: factors)
      }
      if x.slot != nil {
        var product = columnsScaled(gradient, by: factors.value)
        tape.contribute(to: x, &product)
      }
    }
  }
}

/// C (+)= Aᵀ·B for each window: B is [depth, columns], C is [m, columns], and A, [depth, m], is shared by all.
private func multiplyWindows<S: Scalar>(
  _ windows: Int, _ a: Matrix<S>, _ b: UnsafePointer<S>, columns: Int, accumulate: Bool,
  into c: UnsafeMutablePointer<S>
) {
  let (depth, m) = (a.rows, a.columns)
  a.withPointer { a in
    Parallel.chunks(windows, grain: 8) {
      for window in $0 {
        S.Kernels.transposedProduct(
          rows: m, columns: columns, depth: depth, a, stride: m, b + window * depth * columns,
          stride: columns, accumulate: accumulate, into: c + window * m * columns, stride: columns)
      }
    }
  }
}

private func columnsScaled<S: Scalar>(_ x: Matrix<S>, by factors: Matrix<S>) -> Matrix<S> {
  let d = x.columns
  return Matrix(rows: x.rows, columns: d) { y in
    x.withPointer { x0 in
      factors.withPointer { factors in
        Parallel.chunks(x.rows, grain: rowGrain(d)) {
          for r in $0 { S.Kernels.multiply(d, x0 + r * d, factors, into: y + r * d) }
        }
      }
    }
  }
}
