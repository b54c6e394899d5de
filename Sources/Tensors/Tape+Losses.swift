// Losses, each 1×1; the loss of no rows at all is 0.
extension Tape {
  /// Mean over rows of −ln σ(h·E_p) − ln(1 − σ(h·E_n)).
  ///
  /// Computed as softplus(−h·E_p) + softplus(h·E_n), exact for large scores. Differs from the published SASRec,
  /// S3Rec and ICLRec code, which adds 1e-24 inside the logarithms to survive a saturated sigmoid.
  ///
  /// - Parameters:
  ///   - hidden: h, `[rows, d]`.
  ///   - table: name of the parameter E, `[items, d]`.
  ///   - positives: p of each row.
  ///   - negatives: n of each row.
  public func binaryCrossEntropy(
    hidden: Var<S>, table: String, positives: [Int32], negatives: [Int32]
  ) -> Var<S> {
    let items = parameter(table)
    let positive = gatherDots(hidden, items, positives)
    let negative = gatherDots(hidden, items, negatives)
    let losses = scaled(positive, by: -1).activated(.softplus).adding(negative.activated(.softplus))
    let n = Double(max(1, hidden.rows))
    return record(mean(losses), from: [hidden, items]) { tape, gradient in
      let share = Double(gradient.values[0]) / n
      // d softplus(−s) = −σ(−s), d softplus(s) = σ(s).
      let onPositive = scaled(scaled(positive, by: -1).activated(.sigmoid), by: -share)
      let onNegative = scaled(negative.activated(.sigmoid), by: share)
      tape.backwardOfDots(hidden, items, [(positives, onPositive), (negatives, onNegative)])
    }
  }

  /// Mean over rows of −ln σ(h·E_p − h·E_n): Bayesian personalised ranking. Parameters as in
  /// `binaryCrossEntropy`.
  ///
  /// Source: Rendle et al., "BPR", UAI'09, section 4.1 without the regulariser.
  public func pairwiseRanking(
    hidden: Var<S>, table: String, positives: [Int32], negatives: [Int32]
  ) -> Var<S> {
    let items = parameter(table)
    var behind = gatherDots(hidden, items, negatives)
    behind.add(gatherDots(hidden, items, positives), times: -1)
    let n = Double(max(1, hidden.rows))
    return record(mean(behind.activated(.softplus)), from: [hidden, items]) { [behind] tape, gradient in
      let onNegative = scaled(behind.activated(.sigmoid), by: Double(gradient.values[0]) / n)
      let onPositive = scaled(onNegative, by: -1)
      tape.backwardOfDots(hidden, items, [(positives, onPositive), (negatives, onNegative)])
    }
  }

  /// Softmax cross-entropy, mean over rows: ln Σ_j e^{x_j} − x_label.
  ///
  /// - Parameters:
  ///   - logits: `[rows, classes]`; −∞ excludes a class.
  ///   - labels: one class per row.
  public func crossEntropy(logits: Var<S>, labels: [Int32]) -> Var<S> {
    precondition(labels.count == logits.rows, "crossEntropy: \(logits.rows) rows, \(labels.count) labels.")
    precondition(
      labels.allSatisfy { $0 >= 0 && $0 < Int32(logits.columns) }, "crossEntropy: a label is out of range.")
    var work = logits.value
    let losses = work.takeCrossEntropy(labels, gradientScale: training ? 1 / Double(max(1, logits.rows)) : 0)
    return record(mean(losses), from: [logits]) { [work] tape, gradient in
      var result = scaled(work, by: Double(gradient.values[0]))
      tape.contribute(to: logits, &result)
    }
  }

  /// Softmax cross-entropy of h·Eᵀ + b against all rows of a table, mean over rows.
  ///
  /// Works in blocks of rows and derives each block at once, so `[rows, items]` is never stored.
  ///
  /// - Parameters:
  ///   - hidden: h, `[rows, d]`.
  ///   - table: name of the parameter E, `[items, d]`.
  ///   - bias: name of the parameter b, `[1, items]`, or nil.
  ///   - labels: an item per row.
  public func crossEntropy(
    hidden: Var<S>, table: String, bias: String? = nil, labels: [Int32]
  ) -> Var<S> {
    let items = parameter(table)
    let shift = bias.map { parameter($0) }
    precondition(
      shift.map { $0.value.count == items.rows } ?? true, "crossEntropy: the bias does not fit the table.")
    checkRows(labels, of: items, "crossEntropy")
    precondition(labels.count == hidden.rows, "crossEntropy: \(hidden.rows) rows, \(labels.count) labels.")
    let (rows, d, n) = (hidden.rows, hidden.columns, Double(max(1, hidden.rows)))
    let scores = Packed(items.value, transposed: true)
    let back = training ? Packed(items.value, transposed: false) : nil
    var losses = Matrix<S>(rows: rows, columns: 1)
    var dItems = Matrix<S>(rows: training ? items.rows : 0, columns: d)
    var dShift = Matrix<S>(rows: 1, columns: training ? items.rows : 0)
    let dHidden = Matrix<S>(rows: training ? rows : 0, columns: d) { dHidden in
      for start in stride(from: 0, to: rows, by: 256) {
        let count = min(256, rows - start)
        let block = Matrix(
          rows: count, columns: d, values: Array(hidden.value.values[start * d..<(start + count) * d]))
        var logits = scores.multiplied(by: block, bias: shift?.value)
        let part = logits.takeCrossEntropy(
          Array(labels[start..<start + count]), gradientScale: training ? 1 / n : 0)
        losses.values.replaceSubrange(start..<start + count, with: part.values)
        guard let back else { continue }
        logits.withPointer {
          back.multiply($0, rows: count, bias: nil, accumulate: false, into: dHidden + start * d)
        }
        dItems.withMutablePointer { addTransposedProduct(logits, block, accumulate: true, into: $0) }
        if shift != nil { dShift.withMutablePointer { addColumnSums(of: logits, to: $0) } }
      }
    }
    let inputs = [hidden, items] + (shift.map { [$0] } ?? [])
    return record(mean(losses), from: inputs) { [dItems, dShift] tape, gradient in
      for (input, share) in zip(inputs, [dHidden, dItems, dShift]) {
        var share = share
        if gradient.values[0] != 1 { share = scaled(share, by: Double(gradient.values[0])) }
        tape.contribute(to: input, &share)
      }
    }
  }

  // Helpers.

  private func gatherDots(_ hidden: Var<S>, _ items: Var<S>, _ index: [Int32]) -> Matrix<S> {
    checkRows(index, of: items, "loss")
    precondition(index.count == hidden.rows, "loss: \(hidden.rows) rows but \(index.count) items.")
    let d = hidden.columns
    return Matrix(rows: index.count, columns: 1) { out in
      hidden.value.withPointer { h in
        items.value.withPointer { table in
          index.withUnsafeBufferPointer { index in
            guard let first = index.baseAddress else { return }
            Parallel.chunks(index.count, grain: rowGrain(d)) {
              let at = $0.lowerBound
              S.Kernels.gatherDots(
                rows: $0.count, columns: d, h + at * d, table: table, first + at, into: out + at)
            }
          }
        }
      }
    }
  }

  /// From the gradients of scores h·E_i to those of h and E.
  private func backwardOfDots(
    _ hidden: Var<S>, _ items: Var<S>, _ scores: [(index: [Int32], gradient: Matrix<S>)]
  ) {
    let d = hidden.columns
    contributeAdding(to: hidden) { out in
      items.value.withPointer { table in
        for (index, gradient) in scores {
          gradient.withPointer { g in
            index.withUnsafeBufferPointer { index in
              guard let first = index.baseAddress else { return }
              Parallel.chunks(index.count, grain: rowGrain(d)) {
                let at = $0.lowerBound
                S.Kernels.gatherAdd(
                  rows: $0.count, columns: d, g + at, table: table, first + at, to: out + at * d)
              }
            }
          }
        }
      }
    }
    for (index, gradient) in scores { scatter(hidden.value, gradient, index, to: items) }
  }

  func mean(_ losses: Matrix<S>) -> Matrix<S> {
    let total = losses.withPointer { S.Kernels.sum(losses.count, $0) }
    return Matrix(rows: 1, columns: 1, values: [S(total / Double(max(1, losses.count)))])
  }
}

extension Matrix {
  fileprivate func adding(_ other: Matrix) -> Matrix {
    var result = self
    result.add(other)
    return result
  }

  /// The loss of each row `[rows, 1]`; the logits become their gradient, unless `gradientScale` is 0.
  mutating func takeCrossEntropy(_ labels: [Int32], gradientScale: Double) -> Matrix {
    let (rows, columns) = (rows, columns)
    return Matrix(rows: rows, columns: 1) { losses in
      withMutablePointer { x in
        labels.withUnsafeBufferPointer { labels in
          guard let labels = labels.baseAddress else { return }
          Parallel.chunks(rows, grain: rowGrain(columns)) {
            let at = $0.lowerBound
            S.Kernels.crossEntropyRows(
              rows: $0.count, columns: columns, x + at * columns, labels: labels + at,
              gradientScale: gradientScale, losses: losses + at)
          }
        }
      }
    }
  }
}
