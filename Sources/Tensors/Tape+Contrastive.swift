extension Tape {
  /// The contrastive loss of S3Rec's family ("NCE-2B"): each of the 2B rows of a and b must pick its partner out
  /// of the 2B − 1 other rows, by softmax cross-entropy over dot products.
  ///
  /// Logits [[S(a,b), S(a,a)], [S(b,b), S(b,a)]]/τ with −∞ on the diagonals of S(a,a) and S(b,b); the label of
  /// row r is r; mean over 2B rows.
  ///
  /// Source: Chen et al., "Intent Contrastive Learning", WWW'22, eq. 5–6, in the form of the released code.
  ///
  /// - Parameters:
  ///   - a: one view, `[B, m]`.
  ///   - b: the other view, `[B, m]`.
  ///   - temperature: τ > 0.
  ///   - groups: a group for each of the B samples; other samples of the same group are no negatives (logit −∞),
  ///     the partner stays. ICLRec's false-negative mitigation.
  public func contrastive(
    _ a: Var<S>, _ b: Var<S>, temperature: Double, excluding groups: [Int32]? = nil
  ) -> Var<S> {
    let count = a.rows
    precondition(b.rows == count && b.columns == a.columns, "contrastive: the views' shapes differ.")
    precondition(groups.map { $0.count == count } ?? true, "contrastive: a group for each sample is needed.")
    let both = Matrix(rows: 2 * count, columns: a.columns, values: a.value.values + b.value.values)
    var logits = scaled(both.timesTransposed(both), by: 1 / temperature)
    logits.withMutablePointer { logits in
      guard let groups else { return S.Kernels.excludeNegatives(count, groups: nil, in: logits) }
      groups.withUnsafeBufferPointer {
        S.Kernels.excludeNegatives(count, groups: $0.baseAddress, in: logits)
      }
    }
    let labels = (0..<2 * count).map { Int32(($0 + count) % (2 * count)) }
    let losses = logits.takeCrossEntropy(
      labels, gradientScale: training ? 1 / (temperature * Double(max(1, 2 * count))) : 0)
    return record(mean(losses), from: [a, b]) { [logits] tape, gradient in
      // Z = [a; b], logits = Z·Zᵀ: dZ = (G + Gᵀ)·Z.
      var onBoth = logits.times(both)
      onBoth.withMutablePointer { addTransposedProduct(logits, both, accumulate: true, into: $0) }
      onBoth = scaled(onBoth, by: Double(gradient.values[0]))
      let half = a.value.count
      var onA = Matrix(rows: count, columns: a.columns, values: Array(onBoth.values[..<half]))
      var onB = Matrix(rows: count, columns: a.columns, values: Array(onBoth.values[half...]))
      tape.contribute(to: a, &onA)
      tape.contribute(to: b, &onB)
    }
  }

  /// InfoNCE in one direction: row r of a must pick row r of b out of all rows of b; logits a·bᵀ/τ, mean over
  /// rows.
  ///
  /// - Parameters:
  ///   - a: `[B, m]`.
  ///   - b: `[B, m]`.
  ///   - temperature: τ > 0.
  public func contrastiveOneWay(_ a: Var<S>, _ b: Var<S>, temperature: Double) -> Var<S> {
    precondition(a.rows == b.rows, "contrastiveOneWay: the row counts differ.")
    let logits = scale(matmul(a, b, transposeB: true), by: 1 / temperature)
    return crossEntropy(logits: logits, labels: (0..<Int32(a.rows)).map { $0 })
  }
}
