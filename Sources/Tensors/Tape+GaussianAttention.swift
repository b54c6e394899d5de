extension Tape {
  /// Causal attention between normal distributions, head by head: A = softmax(−W₂(q, k)/√(d/heads)) with the
  /// squared 2-Wasserstein distance W₂; means A·m and covariances (A∘A)·c of the values.
  ///
  /// A row sees the keys (`RaggedLayout.isKey`) among the rows up to itself. A row that has none looks at all
  /// rows of its sequence alike: published code adds −2³² to every one of its scores, and what they were is lost
  /// in the rounding of single precision.
  ///
  /// Source: Fan et al., "Sequential Recommendation via Stochastic Self-Attention", WWW 2022, in the
  /// form of the released code.
  ///
  /// - Parameters:
  ///   - query: `[tokens, d]`; `[sequences, d]` if `lastOnly`. Head h has the columns h·d/heads ..< (h + 1)·d/heads.
  ///   - key: `[tokens, d]`.
  ///   - value: `[tokens, d]`.
  ///   - layout: where the sequences lie.
  ///   - heads: a divisor of d.
  ///   - dropout: rate of dropout of A, in training.
  ///   - lastOnly: whether the queries are the last row of each sequence.
  /// - Returns: as many rows as `query`; zeros for an empty sequence.
  public func gaussianAttention(
    query: Gaussians<S>, key: Gaussians<S>, value: Gaussians<S>, layout: RaggedLayout, heads: Int,
    dropout: Double = 0, lastOnly: Bool = false
  ) -> Gaussians<S> {
    let (queries, width) = (query.mean.rows, query.mean.columns)
    precondition(width % heads == 0, "gaussianAttention: \(heads) heads do not divide the width \(width).")
    precondition(
      queries == (lastOnly ? layout.sequences : layout.tokens) && key.mean.rows == layout.tokens
        && value.mean.rows == layout.tokens && key.mean.columns == width && value.mean.columns == width,
      "gaussianAttention: the shapes do not fit the layout.")
    let job = GaussianAttentionJob(
      query: (query.mean, squareRoot(query.covariance)), key: (key.mean, squareRoot(key.covariance)),
      value: value, layout: layout, heads: heads, lastOnly: lastOnly, dropout: nextDropout(rate: dropout))

    var kept = [Matrix<S>](repeating: Matrix(rows: 0, columns: 0), count: layout.sequences * heads)
    // The means, and below them the covariances.
    let contexts = Matrix<S>(rows: 2 * queries, columns: width) { out in
      fillWithZeros(out, 2 * queries * width)
      kept.withUnsafeMutableBufferPointer { kept in
        job.forEachHead { head in
          let weights = job.weights(head)
          if training { kept[head.number] = weights }
          let (means, covariances) = job.contexts(weights, head)
          means.copy(to: out, stride: width, row: head.queries.lowerBound, column: head.columns.lowerBound)
          covariances.copy(
            to: out, stride: width, row: queries + head.queries.lowerBound, column: head.columns.lowerBound)
        }
      }
    }
    let output = record(contexts, from: job.inputs) { [kept] tape, gradient in
      // The gradients of the inputs, below one another.
      let starts = job.inputs.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.rows) }
      let all = Matrix<S>(rows: starts[starts.count - 1], columns: width) { out in
        fillWithZeros(out, starts[starts.count - 1] * width)
        job.forEachHead { head in
          for (input, part) in job.gradients(gradient, kept[head.number], head).enumerated() {
            let rows = input < 2 ? head.queries : head.keys
            part.copy(
              to: out, stride: width, row: starts[input] + rows.lowerBound, column: head.columns.lowerBound)
          }
        }
      }
      for (input, start) in Swift.zip(job.inputs, starts) {
        let values = all.values[start * width..<(start + input.rows) * width]
        var part = Matrix(rows: input.rows, columns: width, values: Array(values))
        tape.contribute(to: input, &part)
      }
    }
    return Gaussians(
      mean: rows(output, Array(0..<queries)), covariance: rows(output, Array(queries..<2 * queries)))
  }
}

/// One sequence under one head.
private struct GaussianHead {
  let number: Int
  let sequence: Int
  let head: Int
  /// Rows of the queries and of keys and values.
  let queries: Range<Int>, keys: Range<Int>
  let columns: Range<Int>
}

/// The (sequence, head) pairs of one attention, each worked out with small dense matrices.
private struct GaussianAttentionJob<S: Scalar> {
  let query: (mean: Var<S>, root: Var<S>)
  let key: (mean: Var<S>, root: Var<S>)
  let value: Gaussians<S>
  let layout: RaggedLayout
  let heads: Int
  let lastOnly: Bool
  let dropout: DropoutBits
  /// 0 on and below the diagonal, −∞ above it, for the longest sequence.
  private let causal: Matrix<S>

  init(
    query: (Var<S>, Var<S>), key: (Var<S>, Var<S>), value: Gaussians<S>, layout: RaggedLayout, heads: Int,
    lastOnly: Bool, dropout: DropoutBits
  ) {
    (self.query, self.key, self.value) = (query, key, value)
    (self.layout, self.heads, self.lastOnly, self.dropout) = (layout, heads, lastOnly, dropout)
    let longest = (0..<layout.sequences).reduce(0) { max($0, layout.length(of: $1)) }
    causal = Matrix(
      rows: longest, columns: longest,
      values: (0..<longest).flatMap { row in (0..<longest).map { $0 > row ? -S.infinity : 0 } })
  }

  var inputs: [Var<S>] { [query.mean, query.root, key.mean, key.root, value.mean, value.covariance] }

  /// Factor on the squared distances.
  private var scale: Double { 1 / (Double(query.mean.columns) / Double(heads)).squareRoot() }

  func forEachHead(_ body: (GaussianHead) -> Void) {
    let width = query.mean.columns / heads
    Parallel.chunks(layout.sequences, grain: 4) { range in
      for s in range where layout.length(of: s) > 0 {
        for head in 0..<heads {
          body(
            GaussianHead(
              number: s * heads + head, sequence: s, head: head,
              queries: lastOnly ? s..<s + 1 : layout.rows(of: s), keys: layout.rows(of: s),
              columns: head * width..<(head + 1) * width))
        }
      }
    }
  }

  /// A before dropout, `[queries, keys]`.
  ///
  /// ‖q‖² is the same for all keys and cancels: what counts is (2·q·k − ‖k‖²)/√(d/heads).
  func weights(_ head: GaussianHead) -> Matrix<S> {
    let (queries, keys) = points(head)
    var scores = Packed(keys, transposed: true).multiplied(
      by: scaled(queries, by: 2 * scale), bias: scaled(keys.squaredRowNorms(), by: -scale))
    let first = lastOnly ? head.keys.count - 1 : 0
    scores.add(causal.block(first..<head.keys.count, 0..<head.keys.count))
    if !layout.isKey.isEmpty {
      for (column, row) in head.keys.enumerated() where !layout.isKey[row] {
        for query in 0..<scores.rows { scores[query, column] = -.infinity }
      }
      scores.clearRows(blind(head))
    }
    return scores.rowsSoftmaxed()
  }

  /// The contexts of means and of covariances, `[queries, d/heads]`.
  func contexts(_ weights: Matrix<S>, _ head: GaussianHead) -> (means: Matrix<S>, covariances: Matrix<S>) {
    let dropped = dropping(weights, head)
    let squares = elementwise(dropped, dropped, S.Kernels.multiply)
    return (
      dropped.times(value.mean.value.block(head.keys, head.columns)),
      squares.times(value.covariance.value.block(head.keys, head.columns))
    )
  }

  /// The gradients of `inputs` for one head, from that of both contexts.
  func gradients(_ gradient: Matrix<S>, _ weights: Matrix<S>, _ head: GaussianHead) -> [Matrix<S>] {
    let dropped = dropping(weights, head)
    let squares = elementwise(dropped, dropped, S.Kernels.multiply)
    let below = head.queries.lowerBound + query.mean.rows..<head.queries.upperBound + query.mean.rows
    let onMeans = gradient.block(head.queries, head.columns)
    let onCovariances = gradient.block(below, head.columns)

    let throughSquares = onCovariances.timesTransposed(value.covariance.value.block(head.keys, head.columns))
    var onWeights = onMeans.timesTransposed(value.mean.value.block(head.keys, head.columns))
    onWeights.add(elementwise(dropped, throughSquares, S.Kernels.multiply), times: 2)
    onWeights = dropping(onWeights, head)
    // The softmax: A∘dA − A·(Σ A∘dA).
    var onScores = elementwise(weights, onWeights, S.Kernels.multiply)
    let along = onScores.times(.ones(weights.columns))
    onScores.add(weights.scaledRows(by: along), times: -1)
    onScores.clearRows(blind(head))
    onScores = scaled(onScores, by: 2 * scale)

    let (queries, keys) = points(head)
    let onQueries = onScores.times(keys)
    var onKeys = onScores.transposedTimes(queries)
    onKeys.add(keys.scaledRows(by: onScores.transposedTimes(.ones(queries.rows))), times: -1)
    let (left, right) = (0..<head.columns.count, head.columns.count..<2 * head.columns.count)
    return [
      onQueries.block(0..<onQueries.rows, left), onQueries.block(0..<onQueries.rows, right),
      onKeys.block(0..<onKeys.rows, left), onKeys.block(0..<onKeys.rows, right),
      dropped.transposedTimes(onMeans), squares.transposedTimes(onCovariances),
    ]
  }

  /// [mean | root] of the queries and of the keys.
  private func points(_ head: GaussianHead) -> (queries: Matrix<S>, keys: Matrix<S>) {
    func joined(_ parts: (mean: Var<S>, root: Var<S>), _ rows: Range<Int>) -> Matrix<S> {
      let width = head.columns.count
      return Matrix(rows: rows.count, columns: 2 * width) { out in
        for (part, column) in [(parts.mean, 0), (parts.root, width)] {
          part.value.block(rows, head.columns).copy(to: out, stride: 2 * width, row: 0, column: column)
        }
      }
    }
    return (joined(query, head.queries), joined(key, head.keys))
  }

  /// The query rows that see no key: those before the first one.
  private func blind(_ head: GaussianHead) -> Range<Int> {
    guard !layout.isKey.isEmpty else { return 0..<0 }
    let first = layout.isKey[head.keys].firstIndex(of: true).map { $0 - head.keys.lowerBound }
    return lastOnly ? 0..<(first == nil ? 1 : 0) : 0..<(first ?? head.keys.count)
  }

  private func dropping(_ x: Matrix<S>, _ head: GaussianHead) -> Matrix<S> {
    guard dropout.threshold > 0 else { return x }
    return Matrix(rows: x.rows, columns: x.columns) { y in
      withUnsafeTemporaryAllocation(of: UInt8.self, capacity: max(1, x.count)) { mask in
        guard let mask = mask.baseAddress else { return }
        dropout.fill(x.count, block: 0, UInt32(head.sequence), UInt32(head.head), into: mask)
        x.withPointer { S.Kernels.applyMask(x.count, $0, mask, scale: dropout.keepScale, into: y) }
      }
    }
  }
}

extension Matrix {
  /// A column of ones.
  fileprivate static func ones(_ rows: Int) -> Matrix {
    Matrix(rows: rows, columns: 1, values: [S](repeating: 1, count: rows))
  }

  /// A part of the matrix.
  fileprivate func block(_ rows: Range<Int>, _ columns: Range<Int>) -> Matrix {
    Matrix(rows: rows.count, columns: columns.count) { out in
      withPointer { x in
        for (r, row) in rows.enumerated() {
          copyElements(
            columns.count, from: x + row * self.columns + columns.lowerBound, to: out + r * columns.count)
        }
      }
    }
  }

  /// Writes the matrix into a larger one.
  fileprivate func copy(to target: UnsafeMutablePointer<S>, stride: Int, row: Int, column: Int) {
    withPointer { x in
      for r in 0..<rows {
        copyElements(columns, from: x + r * columns, to: target + (row + r) * stride + column)
      }
    }
  }

  fileprivate mutating func clearRows(_ rows: Range<Int>) {
    let columns = columns
    withMutablePointer { fillWithZeros($0 + rows.lowerBound * columns, rows.count * columns) }
  }
}
