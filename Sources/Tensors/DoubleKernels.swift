import Foundation

/// The naive reference: what every kernel computes, in the plainest loops, in double precision.
public enum DoubleKernels: ScalarKernels {
  /// 64-bit numbers.
  public typealias Element = Double
}

// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension DoubleKernels {
  public static func packedCount(columns: Int, depth: Int) -> Int { columns * depth }
  public static func pack(
    columns: Int, depth: Int, _ b: Input, stride: Int, transposed: Bool, into packed: Output
  ) {
    for k in 0..<depth {
      for j in 0..<columns { packed[k * columns + j] = transposed ? b[j * stride + k] : b[k * stride + j] }
    }
  }
  public static func product(
    rows: Int, columns: Int, depth: Int, _ a: Input, stride: Int, packed: Input, bias: Input?,
    accumulate: Bool, into c: Output, stride cStride: Int
  ) {
    for i in 0..<rows {
      for j in 0..<columns {
        var sum = accumulate ? c[i * cStride + j] : bias.map { $0[j] } ?? 0
        for k in 0..<depth { sum += a[i * stride + k] * packed[k * columns + j] }
        c[i * cStride + j] = sum
      }
    }
  }
  public static func transposedProduct(
    rows: Int, columns: Int, depth: Int, _ a: Input, stride: Int, _ b: Input, stride bStride: Int,
    accumulate: Bool, into c: Output, stride cStride: Int
  ) {
    for i in 0..<rows {
      for j in 0..<columns {
        var sum = accumulate ? c[i * cStride + j] : 0
        for k in 0..<depth { sum += a[k * stride + i] * b[k * bStride + j] }
        c[i * cStride + j] = sum
      }
    }
  }

  public static func activate(_ kind: Activation, _ n: Int, _ x: Input, into y: Output) {
    for i in 0..<n { y[i] = value(kind, x[i]) }
  }
  public static func activate(
    _ kind: Activation, _ n: Int, _ x: Input, into y: Output, slope: Output
  ) {
    for i in 0..<n { (y[i], slope[i]) = (value(kind, x[i]), Self.slope(kind, x[i])) }
  }
  public static func activateBackward(_ kind: Activation, _ n: Int, _ x: Input, _ dy: Input, into dx: Output)
  {
    for i in 0..<n { dx[i] = dy[i] * slope(kind, x[i]) }
  }
  private static func value(_ kind: Activation, _ x: Double) -> Double {
    switch kind {
    case .gelu: x * 0.5 * erfc(-x / 2.0.squareRoot())
    case .relu: max(x, 0)
    case .elu: x > 0 ? x : expm1(x)
    case .sigmoid: 1 / (1 + exp(-x))
    case .tanh: Foundation.tanh(x)
    case .softplus: max(x, 0) + log1p(exp(-abs(x)))
    case .exponential: exp(x)
    }
  }
  private static func slope(_ kind: Activation, _ x: Double) -> Double {
    switch kind {
    case .gelu: 0.5 * erfc(-x / 2.0.squareRoot()) + x * exp(-x * x / 2) / (2 * Double.pi).squareRoot()
    case .relu: x > 0 ? 1 : 0
    case .elu: x > 0 ? 1 : exp(x)
    case .sigmoid: value(.sigmoid, x) * (1 - value(.sigmoid, x))
    case .tanh: 1 - Foundation.tanh(x) * Foundation.tanh(x)
    case .softplus: value(.sigmoid, x)
    case .exponential: exp(x)
    }
  }

  public static func axpy(_ n: Int, _ alpha: Double, _ x: Input, _ y: Output) {
    for i in 0..<n { y[i] += alpha * x[i] }
  }
  public static func scale(_ n: Int, _ alpha: Double, _ x: Input, into y: Output) {
    for i in 0..<n { y[i] = alpha * x[i] }
  }
  public static func add(_ n: Int, _ x: Input, _ y: Input, into z: Output) {
    for i in 0..<n { z[i] = x[i] + y[i] }
  }
  public static func subtract(_ n: Int, _ x: Input, _ y: Input, into z: Output) {
    for i in 0..<n { z[i] = x[i] - y[i] }
  }
  public static func multiply(_ n: Int, _ x: Input, _ y: Input, into z: Output) {
    for i in 0..<n { z[i] = x[i] * y[i] }
  }
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
    var sum = 0.0
    for i in 0..<n { sum += x[i] }
    return sum
  }
  public static func dot(_ n: Int, _ x: Input, _ y: Input) -> Double {
    var sum = 0.0
    for i in 0..<n { sum += x[i] * y[i] }
    return sum
  }
  public static func applyMask(
    _ n: Int, _ x: Input, _ mask: UnsafePointer<UInt8>, scale: Double, into y: Output
  ) {
    for i in 0..<n { y[i] = mask[i] == 0 ? 0 : x[i] * scale }
  }
  public static func adam(
    _ n: Int, _ parameters: Output, _ gradients: Input, first: Output, second: Output, _ step: AdamStep
  ) {
    for i in 0..<n {
      let gradient = gradients[i] + step.weightDecay * parameters[i]
      first[i] = step.beta1 * first[i] + (1 - step.beta1) * gradient
      second[i] = step.beta2 * second[i] + (1 - step.beta2) * gradient * gradient
      let root = second[i].squareRoot() * step.rootCorrection + step.epsilon
      parameters[i] -= step.stepSize * first[i] / root
    }
  }
}
