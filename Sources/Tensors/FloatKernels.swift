internal import CKernels

/// The C kernels, by the instruction set of the machine.
public enum FloatKernels: ScalarKernels {
  /// 32-bit numbers.
  public typealias Element = Float
}

// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension FloatKernels {
  public static func packedCount(columns: Int, depth: Int) -> Int { bk_packed_size(columns, depth) }
  public static func pack(
    columns: Int, depth: Int, _ b: Input, stride: Int, transposed: Bool, into packed: Output
  ) {
    bk_pack(columns, depth, b, stride, transposed ? 1 : 0, packed)
  }
  public static func product(
    rows: Int, columns: Int, depth: Int, _ a: Input, stride: Int, packed: Input, bias: Input?,
    accumulate: Bool, into c: Output, stride cStride: Int
  ) {
    bk_gemm(rows, columns, depth, a, stride, packed, bias, accumulate ? 1 : 0, c, cStride)
  }
  public static func transposedProduct(
    rows: Int, columns: Int, depth: Int, _ a: Input, stride: Int, _ b: Input, stride bStride: Int,
    accumulate: Bool, into c: Output, stride cStride: Int
  ) {
    bk_gemm_tn(rows, columns, depth, a, stride, b, bStride, accumulate ? 1 : 0, c, cStride)
  }

  public static func activate(_ kind: Activation, _ n: Int, _ x: Input, into y: Output) {
    bk_activate(kind.rawValue, n, x, y)
  }
  public static func activate(
    _ kind: Activation, _ n: Int, _ x: Input, into y: Output, slope: Output
  ) {
    bk_activate_with_slope(kind.rawValue, n, x, y, slope)
  }
  public static func activateBackward(_ kind: Activation, _ n: Int, _ x: Input, _ dy: Input, into dx: Output)
  {
    bk_activate_backward(kind.rawValue, n, x, dy, dx)
  }
  public static func axpy(_ n: Int, _ alpha: Float, _ x: Input, _ y: Output) { bk_axpy(n, alpha, x, y) }
  public static func scale(_ n: Int, _ alpha: Float, _ x: Input, into y: Output) { bk_scale(n, alpha, x, y) }
  public static func add(_ n: Int, _ x: Input, _ y: Input, into z: Output) { bk_add(n, x, y, z) }
  public static func subtract(_ n: Int, _ x: Input, _ y: Input, into z: Output) { bk_subtract(n, x, y, z) }
  public static func multiply(_ n: Int, _ x: Input, _ y: Input, into z: Output) { bk_multiply(n, x, y, z) }
  public static func roots(_ n: Int, _ x: Input, into y: Output, inverse: Bool) {
    for i in 0..<n { y[i] = !inverse ? x[i].squareRoot() : x[i] > 0 ? 1 / x[i].squareRoot() : 0 }
  }
  public static func excludeNegatives(_ count: Int, groups: Index?, in logits: Output) {
    for r in 0..<2 * count {
      let row = logits + r * 2 * count
      row[r] = -.infinity
      guard let groups else { continue }
      for c in 0..<2 * count where c % count != r % count && groups[c % count] == groups[r % count] {
        row[c] = -.infinity
      }
    }
  }
  public static func sum(_ n: Int, _ x: Input) -> Double {
    var result = 0.0
    bk_sum(n, x, &result)
    return result
  }
  public static func dot(_ n: Int, _ x: Input, _ y: Input) -> Double {
    var result = 0.0
    bk_dot(n, x, y, &result)
    return result
  }
  public static func applyMask(
    _ n: Int, _ x: Input, _ mask: UnsafePointer<UInt8>, scale: Double, into y: Output
  ) {
    bk_mask_apply(n, x, mask, Float(scale), y)
  }

  public static func rowDots(rows: Int, columns: Int, _ a: Input, _ b: Input, into out: Output) {
    bk_row_dots(rows, columns, a, b, out)
  }
  public static func scaleRows(rows: Int, columns: Int, _ x: Input, by coefficients: Input, into y: Output) {
    bk_scale_rows(rows, columns, x, coefficients, y)
  }
  public static func addColumnSums(rows: Int, columns: Int, _ x: Input, stride: Int, to out: Output) {
    bk_column_sums(rows, columns, x, stride, out)
  }
  public static func normalizeRowsBackward(
    rows: Int, columns: Int, _ y: Input, inverse: Input, _ dy: Input, into dx: Output
  ) {
    bk_normalize_rows_backward(rows, columns, y, inverse, dy, dx)
  }

  public static func gatherDots(
    rows: Int, columns: Int, _ x: Input, table: Input, _ index: Index, into out: Output
  ) {
    bk_gather_dots(rows, columns, x, table, index, out)
  }
  public static func gatherAdd(
    rows: Int, columns: Int, _ coefficients: Input, table: Input, _ index: Index, to out: Output
  ) {
    bk_gather_add(rows, columns, coefficients, table, index, out)
  }
  public static func scatterAdd(
    rows: Int, columns: Int, _ coefficients: Input?, _ x: Input, _ index: Index, range: Range<Int>,
    to table: Output
  ) {
    bk_scatter_add(rows, columns, coefficients, x, index, range.lowerBound, range.upperBound, table)
  }

  public static func layerNorm(
    rows: Int, columns: Int, _ x: Input, residual: Input?, gain: Input, bias: Input, epsilon: Double,
    into y: Output, normalized: Output?, inverse: Output?
  ) {
    bk_layer_norm(rows, columns, x, residual, gain, bias, Float(epsilon), y, normalized, inverse)
  }
  public static func layerNormBackward(
    rows: Int, columns: Int, normalized: Input, inverse: Input, gain: Input, _ dy: Input, into dx: Output,
    gainGradient: Output, biasGradient: Output
  ) {
    bk_layer_norm_backward(rows, columns, normalized, inverse, gain, dy, dx, gainGradient, biasGradient)
  }

  public static func softmaxRows(rows: Int, columns: Int, _ x: Output) { bk_softmax_rows(rows, columns, x) }
  public static func crossEntropyRows(
    rows: Int, columns: Int, _ x: Output, labels: Index, gradientScale: Double, losses: Output
  ) {
    bk_cross_entropy_rows(rows, columns, x, labels, Float(gradientScale), losses)
  }

  public static func adam(
    _ n: Int, _ parameters: Output, _ gradients: Input, first: Output, second: Output, _ step: AdamStep
  ) {
    bk_adam(
      n, parameters, gradients, first, second, Float(step.beta1), Float(step.beta2), Float(step.stepSize),
      Float(step.rootCorrection), Float(step.epsilon), Float(step.weightDecay))
  }

  public static func attention(
    _ call: AttentionCall, stride: Int, query: Input, key: Input, value: Input, into out: Output,
    statistics: Output?
  ) {
    withShape(of: call) { bk_attention($0, stride, query, key, value, out, statistics) }
  }
  public static func attentionBackward(
    _ call: AttentionCall, stride: Int, query: Input, key: Input, value: Input, statistics: Input,
    _ dOut: Input, dQuery: Output, dKey: Output, dValue: Output, dObjective: Output?
  ) {
    withShape(of: call) {
      bk_attention_backward(
        $0, stride, query, key, value, statistics, dOut, dQuery, dKey, dValue, dObjective)
    }
  }

  private static func withShape(of call: AttentionCall, _ body: (UnsafePointer<bk_attention_shape>) -> Void) {
    let firstKey = call.isKey.firstIndex(of: true).map { $0 - call.isKey.startIndex } ?? call.tokens
    call.isKey.withUnsafeBytes { isKey in
      var shape = bk_attention_shape(
        tokens: call.tokens, first_query: call.firstQuery, head_width: call.headWidth,
        is_key: call.isKey.isEmpty ? nil : isKey.assumingMemoryBound(to: UInt8.self).baseAddress,
        first_key: firstKey, objective: call.objective == nil ? 0 : 1,
        objective_bias: Float(call.objective ?? 0), scale: Float(call.scale),
        threshold: call.dropout.threshold,
        keep_scale: Float(call.dropout.keepScale), key: call.dropout.key, sequence: call.sequence,
        head: call.head)
      body(&shape)
    }
  }
}
