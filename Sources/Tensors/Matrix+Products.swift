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
    var norms = squaredRowNorms()
    norms.withMutablePointer { S.Kernels.roots(rows, $0, into: $0, inverse: false) }
    return norms.values
  }

  /// Rows divided by their lengths; a zero row stays zero.
  public func rowsNormalized() -> Matrix {
    scaledRows(by: inverseRowNorms())
  }

  /// 1/length of each row, 0 for a zero row: `[rows, 1]`.
  func inverseRowNorms() -> Matrix {
    var norms = squaredRowNorms()
    norms.withMutablePointer { S.Kernels.roots(rows, $0, into: $0, inverse: true) }
    return norms
  }

  /// Each row times its coefficient, of `[rows, 1]`.
  public func scaledRows(by coefficients: Matrix) -> Matrix {
    Matrix(rows: rows, columns: columns) { y in
      withPointer { x in
        coefficients.withPointer { factors in
          Parallel.chunks(rows, grain: rowGrain(columns)) {
            let at = $0.lowerBound * columns
            S.Kernels.scaleRows(
              rows: $0.count, columns: columns, x + at, by: factors + $0.lowerBound, into: y + at)
          }
        }
      }
    }
  }

  /// Each column times its coefficient.
  ///
  /// - Parameter coefficients: `[columns]`.
  public func scaledColumns(by coefficients: [S]) -> Matrix {
    precondition(
      coefficients.count == columns,
      "scaledColumns: \(coefficients.count) coefficients for \(columns) columns.")
    return Matrix(rows: rows, columns: columns) { y in
      withPointer { x in
        coefficients.withUnsafeBufferPointer { factors in
          guard let factors = factors.baseAddress else { return }
          Parallel.chunks(rows, grain: rowGrain(columns)) {
            for row in $0 {
              let at = row * columns
              S.Kernels.multiply(columns, x + at, factors, into: y + at)
            }
          }
        }
      }
    }
  }

  /// Sums of weighted rows: row r is Σ weight · row `index` over `lists[r]`, in the order of that list.
  ///
  /// The product of a sparse matrix, whose rows the lists are, with this one.
  ///
  /// - Parameter lists: `[n]`, each with indices of rows and their weights.
  /// - Returns: `[n, columns]`; zeros for an empty list.
  public func weightedSums(of lists: [[(index: Int32, weight: Float)]]) -> Matrix {
    Matrix(rows: lists.count, columns: columns) { y in
      fillWithZeros(y, lists.count * columns)
      withPointer { x in
        Parallel.chunks(lists.count, grain: rowGrain(columns)) {
          for r in $0 {
            for (index, weight) in lists[r] {
              precondition(index >= 0 && Int(index) < rows, "Matrix: there is no row \(index) among \(rows).")
              S.Kernels.axpy(columns, S(weight), x + Int(index) * columns, y + r * columns)
            }
          }
        }
      }
    }
  }

  /// The squared length of each row: `[rows, 1]`.
  func squaredRowNorms() -> Matrix {
    Matrix(rows: rows, columns: 1) { out in
      withPointer { x in
        Parallel.chunks(rows, grain: rowGrain(columns)) { range in
          let start = x + range.lowerBound * columns
          S.Kernels.rowDots(
            rows: range.count, columns: columns, start, start, into: out + range.lowerBound)
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

/// The rows of a table, laid out once for many products with it.
public struct PackedRows<S: Scalar>: Sendable {
  private let packed: Packed<S>

  /// Lays out a table, `[n, d]`.
  public init(_ table: Matrix<S>) { packed = Packed(table, transposed: true) }

  /// Lays out the columns of a matrix, `[d, n]`, as if they were the rows of a table: for products A·B.
  public init(columnsOf matrix: Matrix<S>) { packed = Packed(matrix, transposed: false) }

  /// All dot products of the rows of A with the rows of the table: the same bytes as `a.timesTransposed(table)`.
  ///
  /// - Parameters:
  ///   - a: `[rows, d]`.
  ///   - bias: `[1, n]`, added to each row.
  /// - Returns: `[rows, n]`.
  public func products(with a: Matrix<S>, bias: Matrix<S>? = nil) -> Matrix<S> {
    precondition(
      a.columns == packed.depth, "products: a has \(a.columns) columns and the table \(packed.depth).")
    return packed.multiplied(by: a, bias: bias)
  }
}
