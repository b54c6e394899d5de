import Foundation

// The naive reference for operations on rows.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension DoubleKernels {
  public static func rowDots(rows: Int, columns: Int, _ a: Input, _ b: Input, into out: Output) {
    for r in 0..<rows { out[r] = dot(columns, a + r * columns, b + r * columns) }
  }
  public static func scaleRows(rows: Int, columns: Int, _ x: Input, by coefficients: Input, into y: Output) {
    for r in 0..<rows { scale(columns, coefficients[r], x + r * columns, into: y + r * columns) }
  }
  public static func addColumnSums(rows: Int, columns: Int, _ x: Input, stride: Int, to out: Output) {
    for r in 0..<rows {
      for j in 0..<columns { out[j] += x[r * stride + j] }
    }
  }
  public static func normalizeRowsBackward(
    rows: Int, columns: Int, _ y: Input, inverse: Input, _ dy: Input, into dx: Output
  ) {
    for r in 0..<rows {
      let along = dot(columns, y + r * columns, dy + r * columns)
      for i in r * columns..<(r + 1) * columns { dx[i] = (dy[i] - y[i] * along) * inverse[r] }
    }
  }

  public static func gatherDots(
    rows: Int, columns: Int, _ x: Input, table: Input, _ index: Index, into out: Output
  ) {
    for r in 0..<rows { out[r] = dot(columns, x + r * columns, table + Int(index[r]) * columns) }
  }
  public static func gatherAdd(
    rows: Int, columns: Int, _ coefficients: Input, table: Input, _ index: Index, to out: Output
  ) {
    for r in 0..<rows { axpy(columns, coefficients[r], table + Int(index[r]) * columns, out + r * columns) }
  }
  public static func scatterAdd(
    rows: Int, columns: Int, _ coefficients: Input?, _ x: Input, _ index: Index, range: Range<Int>,
    to table: Output
  ) {
    for r in 0..<rows where range.contains(Int(index[r])) {
      axpy(columns, coefficients.map { $0[r] } ?? 1, x + r * columns, table + Int(index[r]) * columns)
    }
  }

  public static func layerNorm(
    rows: Int, columns: Int, _ x: Input, residual: Input?, gain: Input, bias: Input, epsilon: Double,
    into y: Output, normalized: Output?, inverse: Output?
  ) {
    for r in 0..<rows {
      let start = r * columns
      let shifted = (start..<start + columns).map { i in x[i] + (residual.map { $0[i] } ?? 0) }
      let mean = shifted.reduce(0, +) / Double(columns)
      let variance = shifted.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(columns)
      let scale = 1 / (variance + epsilon).squareRoot()
      for j in 0..<columns {
        let hat = (shifted[j] - mean) * scale
        normalized?[start + j] = hat
        y[start + j] = gain[j] * hat + bias[j]
      }
      inverse?[r] = scale
    }
  }
  public static func layerNormBackward(
    rows: Int, columns: Int, normalized: Input, inverse: Input, gain: Input, _ dy: Input, into dx: Output,
    gainGradient: Output, biasGradient: Output
  ) {
    for r in 0..<rows {
      let hat = normalized + r * columns
      let dHat = (0..<columns).map { dy[r * columns + $0] * gain[$0] }
      for j in 0..<columns {
        gainGradient[j] += dy[r * columns + j] * hat[j]
        biasGradient[j] += dy[r * columns + j]
      }
      let mean = dHat.reduce(0, +) / Double(columns)
      let along = (0..<columns).reduce(0) { $0 + dHat[$1] * hat[$1] } / Double(columns)
      for j in 0..<columns { dx[r * columns + j] = (dHat[j] - mean - hat[j] * along) * inverse[r] }
    }
  }

  public static func softmaxRows(rows: Int, columns: Int, _ x: Output) {
    for r in 0..<rows {
      let row = UnsafeMutableBufferPointer(start: x + r * columns, count: columns)
      let top = row.max() ?? 0
      for j in row.indices { row[j] = exp(row[j] - top) }
      let sum = row.reduce(0, +)
      for j in row.indices { row[j] /= sum }
    }
  }
  public static func crossEntropyRows(
    rows: Int, columns: Int, _ x: Output, labels: Index, gradientScale: Double, losses: Output
  ) {
    for r in 0..<rows {
      let row = x + r * columns
      let answer = Int(labels[r])
      let top = (0..<columns).reduce(-Double.infinity) { max($0, row[$1]) }
      let sum = (0..<columns).reduce(0) { $0 + exp(row[$1] - top) }
      losses[r] = log(sum) + top - row[answer]
      guard gradientScale != 0 else { continue }
      for j in 0..<columns { row[j] = gradientScale * exp(row[j] - top) / sum }
      row[answer] -= gradientScale
    }
  }

  public static func attention(
    _ call: AttentionCall, stride: Int, query: Input, key: Input, value: Input, into out: Output,
    statistics: Output?
  ) {
    let width = call.headWidth
    for t in call.firstQuery..<call.tokens {
      let (r, seen) = (t - call.firstQuery, call.visible(to: t))
      let scores = seen.map { call.score(dot(width, query + r * stride, key + $0 * stride), of: $0) }
      let top = scores.max() ?? 0
      let sum = scores.reduce(0) { $0 + exp($1 - top) }
      let kept = call.keep(row: t)
      for c in 0..<width { out[r * stride + c] = 0 }
      for (k, score) in zip(seen, scores) {
        axpy(width, exp(score - top) / sum * kept[k], value + k * stride, out + r * stride)
      }
      statistics?[2 * r] = top
      statistics?[2 * r + 1] = 1 / sum
    }
  }
  public static func attentionBackward(
    _ call: AttentionCall, stride: Int, query: Input, key: Input, value: Input, statistics: Input,
    _ dOut: Input, dQuery: Output, dKey: Output, dValue: Output, dObjective: Output?
  ) {
    let width = call.headWidth
    dObjective?.pointee = 0
    for k in 0..<call.tokens {
      for c in 0..<width {
        dKey[k * stride + c] = 0
        dValue[k * stride + c] = 0
      }
    }
    for t in call.firstQuery..<call.tokens {
      let (r, seen) = (t - call.firstQuery, call.visible(to: t))
      let kept = call.keep(row: t)
      let (q, dy, dq) = (query + r * stride, dOut + r * stride, dQuery + r * stride)
      let weights = seen.map {
        exp(call.score(dot(width, q, key + $0 * stride), of: $0) - statistics[2 * r]) * statistics[2 * r + 1]
      }
      let dWeights = seen.map { kept[$0] * dot(width, dy, value + $0 * stride) }
      let along = zip(weights, dWeights).reduce(0) { $0 + $1.0 * $1.1 }
      for c in 0..<width { dq[c] = 0 }
      for (i, k) in seen.enumerated() {
        let dScore = weights[i] * (dWeights[i] - along)
        if k == 0 { dObjective?.pointee += dScore }
        axpy(width, dScore * call.scale, key + k * stride, dq)
        axpy(width, dScore * call.scale, q, dKey + k * stride)
        axpy(width, weights[i] * kept[k], dy, dValue + k * stride)
      }
    }
  }
}

extension AttentionCall {
  /// The logit of key k from its product with the query.
  fileprivate func score(_ product: Double, of k: Int) -> Double {
    scale * product + (k == 0 ? objective ?? 0 : 0)
  }

  /// The factor of each attention weight of row t: 0 where dropped.
  fileprivate func keep(row t: Int) -> [Double] {
    guard dropout.threshold > 0 else { return [Double](repeating: 1, count: tokens) }
    let blocks = (tokens + 7) / 8
    var mask = [UInt8](repeating: 0, count: 8 * blocks)
    mask.withUnsafeMutableBufferPointer {
      if let mask = $0.baseAddress { dropout.fill(8 * blocks, block: t * blocks, sequence, head, into: mask) }
    }
    return (0..<tokens).map { mask[$0] == 0 ? 0 : dropout.keepScale }
  }
}
