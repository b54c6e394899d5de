extension Matrix {
  /// A·B.
  ///
  /// - Parameter other: `[columns, n]`.
  /// - Returns: `[rows, n]`.
  public func times(_ other: Matrix) -> Matrix {
    precondition(
      columns == other.rows,
      "times: a is \(rows)×\(columns) but b is \(other.rows)×\(other.columns); the inner sizes must agree.")
    return Packed(other, transposed: false).multiplied(by: self, bias: nil)
  }

  /// A·Bᵀ: all dot products of the rows of A with the rows of B.
  ///
  /// - Parameter other: `[n, columns]`.
  /// - Returns: `[rows, n]`.
  public func timesTransposed(_ other: Matrix) -> Matrix {
    precondition(
      columns == other.columns,
      "timesTransposed: a is \(rows)×\(columns) but b is \(other.rows)×\(other.columns); "
        + "the column counts must agree.")
    return Packed(other, transposed: true).multiplied(by: self, bias: nil)
  }

  /// Aᵀ·B.
  ///
  /// - Parameter other: `[rows, n]`.
  /// - Returns: `[columns, n]`.
  public func transposedTimes(_ other: Matrix) -> Matrix {
    precondition(
      rows == other.rows,
      "transposedTimes: a is \(rows)×\(columns) but b is \(other.rows)×\(other.columns); "
        + "the row counts must agree.")
    return Matrix(rows: columns, columns: other.columns) { c in
      addTransposedProduct(self, other, accumulate: false, into: c)
    }
  }

  /// The Euclidean length of each row.
  public func rowNorms() -> [S] {
    Matrix(rows: rows, columns: 1) { out in
      withPointer { x in
        Parallel.chunks(rows, grain: rowGrain(columns)) { range in
          let start = x + range.lowerBound * columns
          S.Kernels.rowDots(
            rows: range.count, columns: columns, start, start, into: out + range.lowerBound)
        }
      }
    }.values.map { $0.squareRoot() }
  }

  /// Rows divided by their lengths; a zero row stays zero.
  public func rowsNormalized() -> Matrix {
    let inverse = rowNorms().map { $0 > 0 ? 1 / $0 : 0 }
    return Matrix(rows: rows, columns: columns) { y in
      withPointer { x in
        inverse.withUnsafeBufferPointer { inverse in
          guard let inverse = inverse.baseAddress else { return }
          S.Kernels.scaleRows(rows: rows, columns: columns, x, by: inverse, into: y)
        }
      }
    }
  }

  /// Sum of the squares of the elements.
  public var squaredNorm: Double { withPointer { S.Kernels.dot(count, $0, $0) } }

  /// y += alpha·x, in place.
  public mutating func add(_ other: Matrix, times alpha: S = 1) {
    precondition(rows == other.rows && columns == other.columns, "add: the shapes differ.")
    let n = count
    withMutablePointer { y in
      other.withPointer { x in
        elementChunks(n) { S.Kernels.axpy($0.count, alpha, x + $0.lowerBound, y + $0.lowerBound) }
      }
    }
  }
}
