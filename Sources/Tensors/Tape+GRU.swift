extension Tape {
  /// A gated recurrent unit over each sequence, from a state of zeros and without biases:
  ///
  ///     r = σ(g_r + U_r·h)    z = σ(g_z + U_z·h)    n = tanh(g_n + r∘(U_n·h))    h′ = (1 − z)∘n + z∘h
  ///
  /// Source: Cho et al., EMNLP 2014, eq. 5 to 8. Deviates as PyTorch's `GRU` does: the reset gate is applied after
  /// the product with U_n, so that one product serves all three.
  ///
  /// - Parameters:
  ///   - gates: g, `[tokens, 3·h]`: the input's part of the reset gate, the update gate and the candidate.
  ///   - recurrent: name of the parameter U, `[3·h, h]`, in the same order.
  ///   - layout: where the sequences lie.
  /// - Returns: h′ of every token, `[tokens, h]`.
  public func gru(_ gates: Var<S>, recurrent: String, layout: RaggedLayout) -> Var<S> {
    let weight = parameter(recurrent)
    let (tokens, width) = (layout.tokens, weight.columns)
    precondition(
      weight.rows == 3 * width && gates.columns == 3 * width && gates.rows == tokens,
      "gru: gates are \(gates.rows)×\(gates.columns) and '\(recurrent)' is \(weight.rows)×\(weight.columns).")
    let groups = RecurrentGroups(layout)

    // For each token: r, z, n and U_n·h.
    var cells = Matrix<S>(rows: 0, columns: 0)
    let states = Matrix<S>(rows: tokens, columns: width) { out in
      cells = Matrix(rows: tokens, columns: 4 * width) { cells in
        let packed = Packed(weight.value, transposed: true)
        gates.value.withPointer { gates in
          groups.forEach { group in
            group.withBuffers(widths: width, 3 * width) { (state, product: UnsafeMutablePointer<S>) in
              for step in 0..<group.longest {
                let active = group.active(at: step)
                packed.multiplyRows(state, rows: active, bias: nil, accumulate: false, into: product)
                for member in 0..<active {
                  let token = group.firstTokens[member] + step
                  gruCell(
                    width, gates + token * 3 * width, product + member * 3 * width, state + member * width,
                    cell: cells + token * 4 * width)
                  copyElements(width, from: state + member * width, to: out + token * width)
                }
              }
            }
          }
        }
      }
    }
    return record(states, from: [gates, weight]) { [cells] tape, gradient in
      let before = states.shiftedDown(layout)
      var dGates = Matrix<S>(rows: 0, columns: 0)
      let dProduct = Matrix<S>(rows: tokens, columns: 3 * width) { dProduct in
        dGates = Matrix(rows: tokens, columns: 3 * width) { dGates in
          let packed = Packed(weight.value, transposed: false)
          gradient.withPointer { gradient in
            before.withPointer { before in
              cells.withPointer { cells in
                groups.forEach { group in
                  group.withBuffers(widths: width, 3 * width) { (carry, step: UnsafeMutablePointer<S>) in
                    for time in (0..<group.longest).reversed() {
                      let active = group.active(at: time)
                      for member in 0..<active {
                        let token = group.firstTokens[member] + time
                        gruCellBackward(
                          width, gradient + token * width, before: before + token * width,
                          cell: cells + token * 4 * width, carry: carry + member * width,
                          dGates: dGates + token * 3 * width, dProduct: step + member * 3 * width)
                        copyElements(
                          3 * width, from: step + member * 3 * width, to: dProduct + token * 3 * width)
                      }
                      packed.multiplyRows(step, rows: active, bias: nil, accumulate: true, into: carry)
                    }
                  }
                }
              }
            }
          }
        }
      }
      tape.contribute(to: weight) { addTransposedProduct(dProduct, before, accumulate: $1, into: $0) }
      tape.contribute(to: gates, &dGates)
    }
  }
}

/// The sequences in groups of like length: a group takes its steps together on one thread.
private struct RecurrentGroups {
  private let layout: RaggedLayout
  private let longestFirst: [Int]

  init(_ layout: RaggedLayout) {
    self.layout = layout
    longestFirst = (0..<layout.sequences).sorted {
      (layout.length(of: $1), $0) < (layout.length(of: $0), $1)
    }
  }

  func forEach(_ body: (RecurrentGroup) -> Void) {
    Parallel.chunks(longestFirst.count, grain: 16) { range in
      let members = longestFirst[range]
      body(
        RecurrentGroup(
          firstTokens: members.map { layout.offsets[$0] }, lengths: members.map { layout.length(of: $0) }))
    }
  }
}

private struct RecurrentGroup {
  let firstTokens: [Int]
  /// Descending.
  let lengths: [Int]

  var longest: Int { lengths[0] }

  /// How many members have a token at this step: the first ones.
  func active(at step: Int) -> Int { lengths.prefix { $0 > step }.count }

  /// Two buffers with a row for each member, of zeros.
  func withBuffers<S: Scalar>(
    widths first: Int, _ second: Int, _ body: (UnsafeMutablePointer<S>, UnsafeMutablePointer<S>) -> Void
  ) {
    var one = Matrix<S>(rows: lengths.count, columns: first)
    var other = Matrix<S>(rows: lengths.count, columns: second)
    one.withMutablePointer { one in other.withMutablePointer { body(one, $0) } }
  }
}

/// One token: `state` becomes h′ and `cell` r, z, n, U_n·h.
private func gruCell<S: Scalar>(
  _ width: Int, _ gates: UnsafePointer<S>, _ product: UnsafePointer<S>, _ state: UnsafeMutablePointer<S>,
  cell: UnsafeMutablePointer<S>
) {
  let (update, candidate, kept) = (cell + width, cell + 2 * width, cell + 3 * width)
  S.Kernels.add(2 * width, gates, product, into: cell)
  S.Kernels.activate(.sigmoid, 2 * width, cell, into: cell)
  copyElements(width, from: product + 2 * width, to: kept)
  S.Kernels.multiply(width, cell, kept, into: candidate)
  S.Kernels.add(width, candidate, gates + 2 * width, into: candidate)
  S.Kernels.activate(.tanh, width, candidate, into: candidate)
  // h′ = n + z∘(h − n)
  S.Kernels.subtract(width, state, candidate, into: state)
  S.Kernels.multiply(width, state, update, into: state)
  S.Kernels.add(width, state, candidate, into: state)
}

/// From the gradient of h′, in two parts, to those of the gates and of U·h; `carry` becomes z∘ that gradient.
@specialized(where S == Float)
private func gruCellBackward<S: Scalar>(
  _ width: Int, _ gradient: UnsafePointer<S>, before: UnsafePointer<S>, cell: UnsafePointer<S>,
  carry: UnsafeMutablePointer<S>, dGates: UnsafeMutablePointer<S>, dProduct: UnsafeMutablePointer<S>
) {
  for i in 0..<width {
    let (reset, update, candidate) = (cell[i], cell[width + i], cell[2 * width + i])
    let total = gradient[i] + carry[i]
    let onCandidate = total * (1 - update) * (1 - candidate * candidate)
    let onReset = onCandidate * cell[3 * width + i] * reset * (1 - reset)
    let onUpdate = total * (before[i] - candidate) * update * (1 - update)
    dGates[i] = onReset
    dGates[width + i] = onUpdate
    dGates[2 * width + i] = onCandidate
    dProduct[i] = onReset
    dProduct[width + i] = onUpdate
    dProduct[2 * width + i] = onCandidate * reset
    carry[i] = total * update
  }
}

extension Matrix {
  /// Each row moved to the next token of its sequence; zeros at the first.
  fileprivate func shiftedDown(_ layout: RaggedLayout) -> Matrix {
    Matrix(rows: rows, columns: columns) { out in
      withPointer { x in
        for s in 0..<layout.sequences where layout.length(of: s) > 0 {
          let start = layout.offsets[s] * columns
          fillWithZeros(out + start, columns)
          copyElements((layout.length(of: s) - 1) * columns, from: x + start, to: out + start + columns)
        }
      }
    }
  }
}
