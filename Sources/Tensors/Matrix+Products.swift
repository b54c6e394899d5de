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

/// B of a product A·B, rearranged once and shared by the threads.
struct Packed<S: Scalar> {
  let depth: Int
  let columns: Int
  private let storage: Matrix<S>

  /// - Parameter transposed: B is `matrix` transposed.
  init(_ matrix: Matrix<S>, transposed: Bool) {
    let depth = transposed ? matrix.columns : matrix.rows
    let columns = transposed ? matrix.rows : matrix.columns
    self.depth = depth
    self.columns = columns
    storage = Matrix(rows: 1, columns: S.Kernels.packedCount(columns: columns, depth: depth)) { packed in
      matrix.withPointer {
        S.Kernels.pack(
          columns: columns, depth: depth, $0, stride: matrix.columns, transposed: transposed, into: packed)
      }
    }
  }

  /// A·B + bias.
  func multiplied(by a: Matrix<S>, bias: Matrix<S>?) -> Matrix<S> {
    Matrix(rows: a.rows, columns: columns) { c in
      a.withPointer { multiply($0, rows: a.rows, bias: bias, accumulate: false, into: c) }
    }
  }

  /// C = A·B + bias, or C += A·B.
  func multiply(
    _ a: UnsafePointer<S>, rows: Int, bias: Matrix<S>?, accumulate: Bool, into c: UnsafeMutablePointer<S>
  ) {
    func run(_ bias: UnsafePointer<S>?) {
      storage.withPointer { packed in
        Parallel.chunks(rows, grain: productGrain(depth * columns)) { range in
          S.Kernels.product(
            rows: range.count, columns: columns, depth: depth, a + range.lowerBound * depth, stride: depth,
            packed: packed, bias: bias, accumulate: accumulate, into: c + range.lowerBound * columns,
            stride: columns)
        }
      }
    }
    if let bias { bias.withPointer(run) } else { run(nil) }
  }
}

/// C (+)= Aᵀ·B, cut into blocks of C's rows.
func addTransposedProduct<S: Scalar>(
  _ a: Matrix<S>, _ b: Matrix<S>, accumulate: Bool, into c: UnsafeMutablePointer<S>
) {
  a.withPointer { a0 in
    b.withPointer { b0 in
      addTransposedProduct(
        a0, columns: a.columns, b0, columns: b.columns, depth: a.rows, accumulate: accumulate, into: c)
    }
  }
}

/// As above, with a [depth, m] and b [depth, n].
func addTransposedProduct<S: Scalar>(
  _ a: UnsafePointer<S>, columns m: Int, _ b: UnsafePointer<S>, columns n: Int, depth: Int,
  accumulate: Bool, into c: UnsafeMutablePointer<S>
) {
  // A chunk reads all of the shorter side, so the longer side is cut; in few chunks, of whole tiles.
  if m >= n {
    Parallel.chunks(m, grain: transposedGrain(m)) { range in
      S.Kernels.transposedProduct(
        rows: range.count, columns: n, depth: depth, a + range.lowerBound, stride: m, b, stride: n,
        accumulate: accumulate, into: c + range.lowerBound * n, stride: n)
    }
  } else {
    Parallel.chunks(n, grain: transposedGrain(n)) { range in
      S.Kernels.transposedProduct(
        rows: m, columns: range.count, depth: depth, a, stride: m, b + range.lowerBound, stride: n,
        accumulate: accumulate, into: c + range.lowerBound, stride: n)
    }
  }
}

private func transposedGrain(_ n: Int) -> Int { n <= 64 ? 32 : n <= 1024 ? (n / 2 + 31) / 32 * 32 : 256 }

/// Rows per chunk of a product, so that a chunk is worth handing to a thread; a multiple of the tile heights.
private func productGrain(_ costOfRow: Int) -> Int {
  max(24, min(384, (1 << 20) / max(1, costOfRow) / 24 * 24))
}

/// Rows per chunk of a cheap operation on rows.
func rowGrain(_ columns: Int) -> Int { max(1, 16384 / max(1, columns)) }

/// Chunks of a cheap operation on elements.
func elementChunks(_ n: Int, _ body: (Range<Int>) -> Void) { Parallel.chunks(n, grain: 16384, body) }
