/// The number type of a matrix, a parameter set and a tape.
///
/// `Float` computes with the C kernels, at the speed of the machine. `Double` computes with plain Swift loops:
/// they document what each kernel does, serve as the oracle of the tests, and give gradient checks their
/// precision. No other type conforms.
public protocol Scalar: BinaryFloatingPoint, SIMDScalar, Codable, Sendable {
  /// The loops over elements for this number type.
  associatedtype Kernels: ScalarKernels where Kernels.Element == Self
}

extension Float: Scalar {
  /// The C kernels.
  public typealias Kernels = FloatKernels
}

extension Double: Scalar {
  /// The naive reference.
  public typealias Kernels = DoubleKernels
}

/// A function of one variable, applied element by element.
public enum Activation: Int32, Sendable, CaseIterable {
  /// x·Φ(x) with the exact normal distribution Φ.
  case gelu
  /// max(x, 0).
  case relu
  /// x where positive, eˣ − 1 elsewhere.
  case elu
  /// 1 / (1 + e⁻ˣ).
  case sigmoid
  /// The hyperbolic tangent.
  case tanh
  /// ln(1 + eˣ), so that ln σ(x) = −softplus(−x).
  case softplus
  /// eˣ.
  case exponential
}

/// One (sequence, head) of causal attention.
///
/// Row t of the sequence sees the keys among the rows `0 ... t`; a row without any sees all rows, and so does an
/// objective, which is row 0.
public struct AttentionCall: Sendable {
  /// Rows of keys and values.
  public var tokens: Int
  /// The queries are the rows `firstQuery ..< tokens`.
  public var firstQuery: Int
  /// Columns of this head.
  public var headWidth: Int
  /// Which rows are keys; empty if all are.
  public var isKey: ArraySlice<Bool>
  /// Added to every row's scaled score of row 0; nil if row 0 is no objective.
  public var objective: Double?
  /// Factor on the scores.
  public var scale: Double
  /// Dropout of the attention weights.
  public var dropout: DropoutBits
  /// Counter words of the dropout.
  public var sequence: UInt32, head: UInt32

  /// The rows that row `t` sees, ascending.
  public func visible(to t: Int) -> [Int] {
    let end = objective != nil && t == 0 ? tokens : t + 1
    let keys = isKey.isEmpty ? Array(0..<end) : (0..<end).filter { isKey[isKey.startIndex + $0] }
    return keys.isEmpty ? Array(0..<tokens) : keys
  }
}

/// The loops over elements, for one number type.
///
/// Shapes are row-major and contiguous unless a stride (distance between rows, in elements) is given. Inputs and
/// outputs may coincide where the operation is element by element. Each row's result depends on that row's
/// inputs alone, so callers may cut rows into chunks as they please. Not meant to be called from outside the
/// module: `Matrix`, `Tape` and the optimisers are the interface.
public protocol ScalarKernels {
  /// The number type.
  associatedtype Element: Scalar
  /// Read-only elements.
  typealias Input = UnsafePointer<Element>
  /// Elements that are written.
  typealias Output = UnsafeMutablePointer<Element>
  /// Row numbers of a table.
  typealias Index = UnsafePointer<Int32>

  /// Elements that `pack` writes for a B of [depth, columns].
  static func packedCount(columns: Int, depth: Int) -> Int
  /// Rearranges B [depth, columns] (stored transposed if `transposed`) for `product`.
  static func pack(columns: Int, depth: Int, _ b: Input, stride: Int, transposed: Bool, into packed: Output)
  /// C [rows, columns] = A [rows, depth]·B + bias [columns], or C += A·B.
  static func product(
    rows: Int, columns: Int, depth: Int, _ a: Input, stride: Int, packed: Input, bias: Input?,
    accumulate: Bool, into c: Output, stride cStride: Int)
  /// C [rows, columns] = Aᵀ·B or C += Aᵀ·B, with A [depth, ≥ rows] and B [depth, columns].
  static func transposedProduct(
    rows: Int, columns: Int, depth: Int, _ a: Input, stride: Int, _ b: Input, stride bStride: Int,
    accumulate: Bool, into c: Output, stride cStride: Int)

  /// y = f(x).
  static func activate(_ kind: Activation, _ n: Int, _ x: Input, into y: Output)
  /// y = f(x) and slope = f′(x). x may be the same as one of them.
  static func activate(_ kind: Activation, _ n: Int, _ x: Input, into y: Output, slope: Output)
  /// dx = dy·f′(x).
  static func activateBackward(_ kind: Activation, _ n: Int, _ x: Input, _ dy: Input, into dx: Output)
  /// y += alpha·x.
  static func axpy(_ n: Int, _ alpha: Element, _ x: Input, _ y: Output)
  /// y = alpha·x.
  static func scale(_ n: Int, _ alpha: Element, _ x: Input, into y: Output)
  /// z = x + y.
  static func add(_ n: Int, _ x: Input, _ y: Input, into z: Output)
  /// z = x − y.
  static func subtract(_ n: Int, _ x: Input, _ y: Input, into z: Output)
  /// z = x·y, element by element.
  static func multiply(_ n: Int, _ x: Input, _ y: Input, into z: Output)
  /// y = √x, or 1/√x with 0 for x = 0.
  static func roots(_ n: Int, _ x: Input, into y: Output, inverse: Bool)
  /// Sets logits [2B, 2B] to −∞ on the diagonal and, for row r and column c that are no partners (r ≠ c mod B),
  /// where the samples r mod B and c mod B are of one group.
  static func excludeNegatives(_ count: Int, groups: Index?, in logits: Output)
  /// Σ x.
  static func sum(_ n: Int, _ x: Input) -> Double
  /// Σ x·y.
  static func dot(_ n: Int, _ x: Input, _ y: Input) -> Double
  /// y = x·mask·scale, mask bytes 0 or 1.
  static func applyMask(_ n: Int, _ x: Input, _ mask: UnsafePointer<UInt8>, scale: Double, into y: Output)

  /// out[r] = a[r]·b[r].
  static func rowDots(rows: Int, columns: Int, _ a: Input, _ b: Input, into out: Output)
  /// y[r] = coefficients[r]·x[r].
  static func scaleRows(rows: Int, columns: Int, _ x: Input, by coefficients: Input, into y: Output)
  /// out[j] += Σ x[r, j].
  static func addColumnSums(rows: Int, columns: Int, _ x: Input, stride: Int, to out: Output)
  /// Backward of y = x·inverse: dx = (dy − y(y·dy))·inverse, row by row.
  static func normalizeRowsBackward(
    rows: Int, columns: Int, _ y: Input, inverse: Input, _ dy: Input, into dx: Output)

  /// out[r] = x[r]·table[index[r]].
  static func gatherDots(
    rows: Int, columns: Int, _ x: Input, table: Input, _ index: Index, into out: Output)
  /// out[r] += coefficients[r]·table[index[r]].
  static func gatherAdd(
    rows: Int, columns: Int, _ coefficients: Input, table: Input, _ index: Index, to out: Output)
  /// table[index[r]] += coefficients[r]·x[r] for the table's rows in `range`, in the order of r.
  static func scatterAdd(
    rows: Int, columns: Int, _ coefficients: Input?, _ x: Input, _ index: Index, range: Range<Int>,
    to table: Output)

  /// y = gain·x̂ + bias, x̂ the standardised rows of x + residual; x̂ and 1/√(variance + epsilon) kept on request.
  static func layerNorm(
    rows: Int, columns: Int, _ x: Input, residual: Input?, gain: Input, bias: Input, epsilon: Double,
    into y: Output, normalized: Output?, inverse: Output?)
  /// dx overwritten; the gradients of gain and bias added to.
  static func layerNormBackward(
    rows: Int, columns: Int, normalized: Input, inverse: Input, gain: Input, _ dy: Input, into dx: Output,
    gainGradient: Output, biasGradient: Output)

  /// Softmax of each row, in place.
  static func softmaxRows(rows: Int, columns: Int, _ x: Output)
  /// losses[r] = ln Σ eˣ − x[label]; then x becomes (softmax − one-hot)·gradientScale unless that is 0.
  static func crossEntropyRows(
    rows: Int, columns: Int, _ x: Output, labels: Index, gradientScale: Double, losses: Output)

  /// One step of Adam on n numbers.
  static func adam(
    _ n: Int, _ parameters: Output, _ gradients: Input, first: Output, second: Output, _ step: AdamStep)

  /// Attention of one (sequence, head); `statistics` (2 per query row) is needed by the backward pass.
  static func attention(
    _ call: AttentionCall, stride: Int, query: Input, key: Input, value: Input, into out: Output,
    statistics: Output?)
  /// Gradients of `attention`, overwritten; `dObjective` is one number.
  static func attentionBackward(
    _ call: AttentionCall, stride: Int, query: Input, key: Input, value: Input, statistics: Input,
    _ dOut: Input, dQuery: Output, dKey: Output, dValue: Output, dObjective: Output?)
}

/// The numbers that one step of Adam needs beside the parameters.
public struct AdamStep: Sendable, Equatable {
  /// Decay of the first and of the second moment.
  public var beta1: Double, beta2: Double
  /// learning rate / (1 − β₁ᵗ).
  public var stepSize: Double
  /// 1 / √(1 − β₂ᵗ).
  public var rootCorrection: Double
  /// Added to the corrected root.
  public var epsilon: Double
  /// Times the parameter, added to the gradient.
  public var weightDecay: Double
}
