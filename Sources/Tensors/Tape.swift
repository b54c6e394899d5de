internal import CKernels

/// A value on a tape: the handle that operations take and give.
public final class Var<S: Scalar>: Sendable {
  /// The value.
  public let value: Matrix<S>
  /// Where its gradient is collected, or nil if nothing it depends on needs one.
  let slot: Int?

  init(_ value: Matrix<S>, slot: Int?) {
    self.value = value
    self.slot = slot
  }

  /// Rows of the value.
  public var rows: Int { value.rows }
  /// Columns of the value.
  public var columns: Int { value.columns }
  /// The value of a 1×1 matrix, such as a loss.
  public var scalar: S {
    precondition(rows == 1 && columns == 1, "scalar: the value is \(rows)×\(columns), not 1×1.")
    return value.values[0]
  }
}

/// Reverse-mode differentiation over a few coarse operations.
///
/// A tape serves one forward and at most one backward pass. In training it records every operation; otherwise it
/// records nothing, values are freed as soon as nobody holds them, and dropout is the identity.
///
/// ```swift
/// let tape = Tape(parameters: parameters, training: true, stream: stream.keyed(step))
/// let hidden = model(tape, items: items, positions: positions, layout: layout)
/// let loss = tape.binaryCrossEntropy(
///   hidden: hidden, table: "item_embeddings.weight", positives: next, negatives: other)
/// tape.backward(loss)
/// optimizer.step(&parameters, tape.gradients)
/// ```
///
/// Not for use from several threads at once; each operation uses all threads by itself.
public final class Tape<S: Scalar> {
  /// The parameters, by name.
  public let parameters: ParameterSet<S>
  /// Whether operations are recorded and dropout is applied.
  public let training: Bool
  /// Where dropout draws from; each dropping operation derives its own key.
  public let stream: RandomStream
  /// The gradient of the loss for each parameter after `backward`, zeros where the loss does not depend on it.
  public private(set) var gradients = ParameterSet<S>()

  private let packedWeights: PackedWeights<S>?
  private var slots: [Matrix<S>?] = []
  private var isLeaf: [Bool] = []
  private var records: [(output: Int, backward: (Tape<S>, inout Matrix<S>) -> Void)] = []
  private var leaves: [String: Var<S>] = [:]
  private var droppingOperations: UInt32 = 0

  /// A tape over `parameters`.
  ///
  /// - Parameters:
  ///   - parameters: the values.
  ///   - training: whether operations are recorded and dropout is applied.
  ///   - stream: where dropout draws from.
  ///   - packed: these parameters laid out, for tapes that only read them; nil to lay them out here.
  public init(
    parameters: ParameterSet<S>, training: Bool, stream: RandomStream, packed: PackedWeights<S>? = nil
  ) {
    tuneAllocatorOnce
    packedWeights = packed
    self.parameters = parameters
    self.training = training
    self.stream = stream
  }

  /// The parameter of that name; its gradient appears in `gradients`.
  public func parameter(_ name: String) -> Var<S> {
    if let known = leaves[name] { return known }
    let leaf = variable(parameters[name])
    leaves[name] = leaf
    return leaf
  }

  /// The weight of that name, `[out, in]`, laid out for x·Wᵀ.
  func packed(_ name: String) -> Packed<S> {
    packedWeights?.weight(name, of: parameters) ?? Packed(parameters[name], transposed: true)
  }

  /// A value without gradient.
  public func constant(_ matrix: Matrix<S>) -> Var<S> { Var(matrix, slot: nil) }

  /// A value whose gradient can be asked for with `gradient(of:)`.
  public func variable(_ matrix: Matrix<S>) -> Var<S> {
    Var(matrix, slot: training ? newSlot(isLeaf: true) : nil)
  }

  /// The same value, through which no gradient flows.
  public func detached(_ v: Var<S>) -> Var<S> { Var(v.value, slot: nil) }

  /// The gradient of the loss for a `variable` or `parameter`, after `backward`.
  public func gradient(of v: Var<S>) -> Matrix<S> {
    if let slot = v.slot {
      precondition(isLeaf[slot], "gradient(of:): only variables and parameters keep their gradients.")
      if let gradient = slots[slot] { return gradient }
    }
    return Matrix(rows: v.rows, columns: v.columns)
  }

  /// Derives the loss with respect to everything it depends on. Frees the recorded values as it goes.
  ///
  /// - Parameter loss: 1×1.
  public func backward(_ loss: Var<S>) {
    precondition(training, "backward: the tape was not made for training.")
    precondition(loss.rows == 1 && loss.columns == 1, "backward: the loss is not 1×1.")
    if let slot = loss.slot { slots[slot] = Matrix(rows: 1, columns: 1, values: [1]) }
    while let record = records.popLast() {
      guard var gradient = slots[record.output] else { continue }
      slots[record.output] = nil
      record.backward(self, &gradient)
    }
    var collected = ParameterSet<S>()
    for name in parameters.names {
      let shape = parameters[name]
      collected[name] =
        leaves[name]?.slot.flatMap { slots[$0] } ?? Matrix(rows: shape.rows, columns: shape.columns)
    }
    gradients = collected
  }

  // What operations are made of.

  /// The result of an operation on `inputs`; `backward` gets the gradient of the result, which it may overwrite
  /// or hand on, and is kept only if it will be needed.
  func record(
    _ value: Matrix<S>, from inputs: [Var<S>], _ backward: @escaping (Tape<S>, inout Matrix<S>) -> Void
  ) -> Var<S> {
    guard training, inputs.contains(where: { $0.slot != nil }) else { return Var(value, slot: nil) }
    let slot = newSlot(isLeaf: false)
    records.append((slot, backward))
    return Var(value, slot: slot)
  }

  /// Adds to the gradient of `v`, taking the matrix over if it is the first contribution.
  func contribute(to v: Var<S>, _ gradient: inout Matrix<S>) {
    guard let slot = v.slot else { return }
    if slots[slot] == nil {
      slots[slot] = gradient
      gradient = Matrix(rows: 0, columns: 0)
    } else {
      slots[slot]?.add(gradient)
    }
  }

  /// Lets `body` write the gradient of `v` ([rows, columns]): the flag says whether to add to what is there; if
  /// not, the buffer is uninitialised and must be written whole.
  func contribute(to v: Var<S>, _ body: (UnsafeMutablePointer<S>, Bool) -> Void) {
    guard let slot = v.slot else { return }
    if var present = slots[slot] {
      slots[slot] = nil  // so that the buffer has one owner and is not copied
      present.withMutablePointer { body($0, true) }
      slots[slot] = present
    } else {
      slots[slot] = Matrix(rows: v.rows, columns: v.columns) { body($0, false) }
    }
  }

  /// Lets `body` add to the gradient of `v`.
  func contributeAdding(to v: Var<S>, _ body: (UnsafeMutablePointer<S>) -> Void) {
    contribute(to: v) { buffer, isInitialized in
      if !isInitialized { fillWithZeros(buffer, v.value.count) }
      body(buffer)
    }
  }

  /// The dropout of the next dropping operation: off unless training.
  func nextDropout(rate: Double) -> DropoutBits {
    defer { droppingOperations += 1 }
    return training && rate > 0 ? DropoutBits(stream: stream.keyed(droppingOperations), rate: rate) : .none
  }

  private func newSlot(isLeaf leaf: Bool) -> Int {
    slots.append(nil)
    isLeaf.append(leaf)
    return slots.count - 1
  }
}

/// A training step allocates and frees the same big buffers again and again: keep them in the process.
private let tuneAllocatorOnce: Void = bk_tune_allocator()
