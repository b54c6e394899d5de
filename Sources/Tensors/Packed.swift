import Synchronization

/// B of a product A·B, rearranged once and shared by the threads.
struct Packed<S: Scalar>: Sendable {
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
    Parallel.chunks(rows, grain: productGrain(depth * columns)) { range in
      multiplyRows(
        a + range.lowerBound * depth, rows: range.count, bias: bias, accumulate: accumulate,
        into: c + range.lowerBound * columns)
    }
  }

  /// The same on the calling thread.
  func multiplyRows(
    _ a: UnsafePointer<S>, rows: Int, bias: Matrix<S>?, accumulate: Bool, into c: UnsafeMutablePointer<S>
  ) {
    func run(_ bias: UnsafePointer<S>?) {
      storage.withPointer {
        S.Kernels.product(
          rows: rows, columns: columns, depth: depth, a, stride: depth, packed: $0, bias: bias,
          accumulate: accumulate, into: c, stride: columns)
      }
    }
    if let bias { bias.withPointer(run) } else { run(nil) }
  }
}

/// Weights laid out for products, once for all tapes that read the same parameters outside training: a pass over a few
/// sequences would spend a tenth of its time on laying them out again.
public final class PackedWeights<S: Scalar>: Sendable {
  private let known = Mutex([String: Packed<S>]())

  /// None so far.
  public init() {}

  /// The weight of that name, `[out, in]`, transposed.
  func weight(_ name: String, of parameters: ParameterSet<S>) -> Packed<S> {
    if let found = known.withLock({ $0[name] }) { return found }
    let made = Packed(parameters[name], transposed: true)
    known.withLock { $0[name] = made }
    return made
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
func productGrain(_ costOfRow: Int) -> Int {
  max(24, min(384, (1 << 20) / max(1, costOfRow) / 24 * 24))
}

/// Rows per chunk of a cheap operation on rows.
func rowGrain(_ columns: Int) -> Int { max(1, 16384 / max(1, columns)) }

/// Chunks of a cheap operation on elements.
func elementChunks(_ n: Int, _ body: (Range<Int>) -> Void) { Parallel.chunks(n, grain: 16384, body) }
