// Operations with parameters.
extension Tape {
  /// Rows of a parameter table.
  ///
  /// - Parameters:
  ///   - table: name of a parameter `[n, d]`.
  ///   - rows: row numbers in 0 ..< n.
  ///   - frozenRow: a row that receives no gradient from this look-up (PyTorch's `padding_idx`).
  /// - Returns: `[rows, d]`.
  public func gather(_ table: String, _ rows: [Int32], frozenRow: Int? = nil) -> Var<S> {
    let source = parameter(table)
    checkRows(rows, of: source, "gather")
    let d = source.columns
    let value = Matrix<S>(rows: rows.count, columns: d) { y in
      source.value.withPointer { x in
        Parallel.chunks(rows.count, grain: rowGrain(d)) {
          for r in $0 { copyElements(d, from: x + Int(rows[r]) * d, to: y + r * d) }
        }
      }
    }
    return record(value, from: [source]) { tape, gradient in
      tape.scatter(gradient, nil, rows, frozenRow: frozenRow, to: source)
    }
  }

  /// y = x·Wᵀ + b with PyTorch's layout.
  ///
  /// - Parameters:
  ///   - x: `[rows, in]`.
  ///   - weight: name of a parameter `[out, in]`.
  ///   - bias: name of a parameter `[1, out]`, or nil.
  /// - Returns: `[rows, out]`.
  public func linear(_ x: Var<S>, weight: String, bias: String? = nil) -> Var<S> {
    linear(x, weight: parameter(weight), bias: bias.map { parameter($0) }, packed: packed(weight))
  }

  /// a·b, or a·bᵀ.
  ///
  /// - Parameters:
  ///   - a: `[m, k]`.
  ///   - b: `[k, n]`; `[n, k]` if `transposeB`.
  ///   - transposeB: whether b stands transposed.
  /// - Returns: `[m, n]`.
  public func matmul(_ a: Var<S>, _ b: Var<S>, transposeB: Bool = false) -> Var<S> {
    if transposeB { return linear(a, weight: b, bias: nil) }
    return record(a.value.times(b.value), from: [a, b]) { tape, gradient in
      if a.slot != nil {
        let packed = Packed(b.value, transposed: true)
        gradient.withPointer { g in
          tape.contribute(to: a) {
            packed.multiply(g, rows: a.rows, bias: nil, accumulate: $1, into: $0)
          }
        }
      }
      tape.contribute(to: b) { addTransposedProduct(a.value, gradient, accumulate: $1, into: $0) }
    }
  }

  func linear(_ x: Var<S>, weight: Var<S>, bias: Var<S>?, packed: Packed<S>? = nil) -> Var<S> {
    precondition(
      x.columns == weight.columns,
      "linear: x is \(x.rows)×\(x.columns) but the weight is \(weight.rows)×\(weight.columns); "
        + "their columns must agree.")
    precondition(bias.map { $0.value.count == weight.rows } ?? true, "linear: the bias does not fit.")
    let packed = packed ?? Packed(weight.value, transposed: true)
    let value = packed.multiplied(by: x.value, bias: bias?.value)
    return record(value, from: [x, weight] + (bias.map { [$0] } ?? [])) { tape, gradient in
      if let bias { tape.contributeColumnSums(of: gradient, to: bias) }
      tape.contribute(to: weight) { addTransposedProduct(gradient, x.value, accumulate: $1, into: $0) }
      if x.slot != nil {
        let packed = Packed(weight.value, transposed: false)
        gradient.withPointer { g in
          tape.contribute(to: x) { packed.multiply(g, rows: x.rows, bias: nil, accumulate: $1, into: $0) }
        }
      }
    }
  }

  /// Layer normalisation of each row of x + residual: gain · (s − mean)/√(variance + epsilon) + bias, with the
  /// biased variance.
  ///
  /// - Parameters:
  ///   - x: `[rows, d]`.
  ///   - residual: `[rows, d]`, added first.
  ///   - weight: name of the gain, `[1, d]`.
  ///   - bias: name of the bias, `[1, d]`.
  ///   - epsilon: keeps the root from 0.
  /// - Returns: `[rows, d]`.
  public func layerNorm(
    _ x: Var<S>, residual: Var<S>? = nil, weight: String, bias: String, epsilon: Double
  ) -> Var<S> {
    let (gain, shift) = (parameter(weight), parameter(bias))
    let (rows, d) = (x.rows, x.columns)
    precondition(
      gain.value.count == d && shift.value.count == d, "layerNorm: gain and bias need \(d) elements.")
    precondition(
      residual.map { $0.rows == rows && $0.columns == d } ?? true, "layerNorm: the residual's shape differs.")
    let grain = rowGrain(d)
    var inverse = Matrix<S>(rows: training ? rows : 0, columns: 1)
    var normalized = Matrix<S>(rows: 0, columns: 0)
    typealias Output = UnsafeMutablePointer<S>
    func run(_ y: Output, _ hat: Output?, _ scales: Output?) {
      x.value.withPointer { x in
        gain.value.withPointer { gain in
          shift.value.withPointer { shift in
            func chunks(_ residual: UnsafePointer<S>?) {
              Parallel.chunks(rows, grain: grain) {
                let at = $0.lowerBound * d
                S.Kernels.layerNorm(
                  rows: $0.count, columns: d, x + at, residual: residual.map { $0 + at }, gain: gain,
                  bias: shift, epsilon: epsilon, into: y + at, normalized: hat.map { $0 + at },
                  inverse: scales.map { s in s + at / max(1, d) })
              }
            }
            if let residual { residual.value.withPointer(chunks) } else { chunks(nil) }
          }
        }
      }
    }
    let value = Matrix<S>(rows: rows, columns: d) { y in
      guard training else { return run(y, nil, nil) }
      normalized = Matrix(rows: rows, columns: d) { hat in
        inverse.withMutablePointer { run(y, hat, $0) }
      }
    }
    let (hats, scales) = (normalized, inverse)
    return record(value, from: [x, gain, shift] + (residual.map { [$0] } ?? [])) { tape, gradient in
      let chunks = (rows + grain - 1) / grain
      // Gains and biases: a partial sum per chunk, added up in order.
      var partial = Matrix<S>(rows: 2 * chunks, columns: d)
      partial.withMutablePointer { partial in
        gradient.withMutablePointer { g in
          hats.withPointer { hats in
            scales.withPointer { scales in
              gain.value.withPointer { gain in
                Parallel.chunks(rows, grain: grain) {
                  let at = $0.lowerBound * d
                  let sums = partial + $0.lowerBound / grain * d
                  S.Kernels.layerNormBackward(
                    rows: $0.count, columns: d, normalized: hats + at, inverse: scales + $0.lowerBound,
                    gain: gain, g + at, into: g + at, gainGradient: sums, biasGradient: sums + chunks * d)
                }
              }
            }
          }
        }
        for (part, target) in [gain, shift].enumerated() {
          tape.contributeAdding(to: target) {
            S.Kernels.addColumnSums(
              rows: chunks, columns: d, partial + part * chunks * d, stride: d, to: $0)
          }
        }
      }
      if let residual, residual.slot != nil {
        var copy = gradient
        tape.contribute(to: residual, &copy)
      }
      tape.contribute(to: x, &gradient)
    }
  }

  // Shared with other operations.

  /// The gradient of a bias that was added to each row.
  func contributeColumnSums(of gradient: Matrix<S>, to bias: Var<S>) {
    contributeAdding(to: bias) { addColumnSums(of: gradient, to: $0) }
  }

  func checkRows(_ rows: [Int32], of table: Var<S>, _ operation: String) {
    let limit = Int32(table.rows)
    precondition(
      rows.allSatisfy { $0 >= 0 && $0 < limit },
      "\(operation): a row number is outside the table's 0..<\(table.rows).")
  }

  /// table[index[r]] += coefficient[r]·x[r]. Threads share the table's rows, so each sum keeps the order of r.
  func scatter(
    _ x: Matrix<S>, _ coefficients: Matrix<S>?, _ index: [Int32], frozenRow: Int? = nil, to table: Var<S>
  ) {
    guard !index.isEmpty, table.slot != nil else { return }
    let d = x.columns
    contributeAdding(to: table) { out in
      index.withUnsafeBufferPointer { indexBuffer in
        guard let index = indexBuffer.baseAddress else { return }
        x.withPointer { x in
          func run(_ coefficients: UnsafePointer<S>?) {
            let rows = indexBuffer.count
            let grain = rows * d > 1 << 16 ? max(1, (table.rows + 7) / 8) : max(1, table.rows)
            Parallel.chunks(table.rows, grain: grain) { range in
              func add(_ range: Range<Int>) {
                S.Kernels.scatterAdd(rows: rows, columns: d, coefficients, x, index, range: range, to: out)
              }
              if let frozenRow, range.contains(frozenRow) {
                add(range.lowerBound..<frozenRow)
                add(frozenRow + 1..<range.upperBound)
              } else {
                add(range)
              }
            }
          }
          if let coefficients { coefficients.withPointer(run) } else { run(nil) }
        }
      }
    }
  }
}

/// out[j] += Σ_r x[r, j].
func addColumnSums<S: Scalar>(of x: Matrix<S>, to out: UnsafeMutablePointer<S>) {
  let (rows, columns) = (x.rows, x.columns)
  x.withPointer { x in
    // Cut by columns, so that each sum is over the rows in order; 64 floats are four vectors of AVX-512.
    Parallel.chunks(columns, grain: 64) {
      let at = $0.lowerBound
      S.Kernels.addColumnSums(rows: rows, columns: $0.count, x + at, stride: columns, to: out + at)
    }
  }
}
