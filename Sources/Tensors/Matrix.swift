import Synchronization

/// A dense matrix, row-major: element (r, c) is `values[r · columns + c]`.
@frozen
public struct Matrix<S: Scalar>: Sendable, Equatable {
  /// Number of rows, ≥ 0.
  public let rows: Int
  /// Number of columns, ≥ 0.
  public let columns: Int
  /// The elements, rows one after the other; always `rows · columns` of them.
  public var values: [S]

  /// Zeros.
  public init(rows: Int, columns: Int) {
    self.init(rows: rows, columns: columns) { fillWithZeros($0, rows * columns) }
  }

  /// From elements, rows one after the other.
  @inlinable
  public init(rows: Int, columns: Int, values: [S]) {
    precondition(
      rows >= 0 && columns >= 0 && values.count == rows * columns,
      "Matrix: \(rows)×\(columns) needs \(rows * columns) values, found \(values.count).")
    self.rows = rows
    self.columns = columns
    self.values = values
  }

  /// From rows of equal length.
  public init(_ rows: [[S]]) {
    let columns = rows.first?.count ?? 0
    precondition(rows.allSatisfy { $0.count == columns }, "Matrix: the rows differ in length.")
    self.init(rows: rows.count, columns: columns, values: rows.flatMap { $0 })
  }

  /// Filled by `body`, which must write every element.
  init(rows: Int, columns: Int, filledBy body: (UnsafeMutablePointer<S>) -> Void) {
    let count = rows * columns
    let values = [S](unsafeUninitializedCapacity: max(1, count)) { buffer, initialized in
      // The capacity is at least 1, so there is a base address.
      if let base = buffer.baseAddress { body(base) }
      initialized = count
    }
    self.init(rows: rows, columns: columns, values: values)
  }

  /// Number of elements.
  @inlinable public var count: Int { values.count }

  /// The element in row `r`, column `c`.
  @inlinable
  public subscript(_ r: Int, _ c: Int) -> S {
    get {
      precondition(c >= 0 && c < columns, "Matrix: no column \(c) in 0..<\(columns).")
      return values[r * columns + c]
    }
    set {
      precondition(c >= 0 && c < columns, "Matrix: no column \(c) in 0..<\(columns).")
      values[r * columns + c] = newValue
    }
  }

  /// Row `r`.
  @inlinable
  public func row(_ r: Int) -> ArraySlice<S> { values[r * columns..<(r + 1) * columns] }

  /// Overwrites row `r`.
  @inlinable
  public mutating func setRow(_ r: Int, _ new: some Collection<S>) {
    precondition(new.count == columns, "Matrix: a row has \(columns) elements, found \(new.count).")
    values.replaceSubrange(r * columns..<(r + 1) * columns, with: new)
  }

  /// The rows with the given numbers, in that order.
  public func selectingRows(_ indices: some Collection<Int>) -> Matrix {
    Matrix(rows: indices.count, columns: columns) { y in
      withPointer { x in
        for (place, r) in indices.enumerated() {
          precondition(r >= 0 && r < rows, "Matrix: there is no row \(r) among \(rows).")
          copyElements(columns, from: x + r * columns, to: y + place * columns)
        }
      }
    }
  }

  /// The same matrix in another precision.
  public func mapScalars<T: Scalar>(to type: T.Type) -> Matrix<T> {
    if let same = self as? Matrix<T> { return same }
    return Matrix<T>(rows: rows, columns: columns, values: values.map { T($0) })
  }

  /// Whether no element is infinite or NaN.
  public var allFinite: Bool {
    // The kernel is fast and its sum in double; only huge doubles overflow it and need the slow answer.
    let isSuspect = Atomic<Bool>(false)
    withPointer { x in
      elementChunks(count) {
        let start = x + $0.lowerBound
        if !S.Kernels.dot($0.count, start, start).isFinite { isSuspect.store(true, ordering: .relaxed) }
      }
    }
    return !isSuspect.load(ordering: .relaxed) || values.allSatisfy(\.isFinite)
  }

  /// Read access for the kernels; never a null pointer.
  func withPointer<R>(_ body: (UnsafePointer<S>) throws -> R) rethrows -> R {
    try values.withUnsafeBufferPointer { buffer in
      if let base = buffer.baseAddress { return try body(base) }
      return try withUnsafeTemporaryAllocation(of: S.self, capacity: 1) { spare in
        // An empty matrix: the kernels get an address that they never read.
        guard let base = spare.baseAddress else { preconditionFailure("Matrix: no memory.") }
        return try body(UnsafePointer(base))
      }
    }
  }

  /// Write access for the kernels; never a null pointer.
  mutating func withMutablePointer<R>(_ body: (UnsafeMutablePointer<S>) throws -> R) rethrows -> R {
    try values.withUnsafeMutableBufferPointer { buffer in
      if let base = buffer.baseAddress { return try body(base) }
      return try withUnsafeTemporaryAllocation(of: S.self, capacity: 1) { spare in
        guard let base = spare.baseAddress else { preconditionFailure("Matrix: no memory.") }
        return try body(base)
      }
    }
  }
}

/// Copies elements, as bytes for the same reason as `fillWithZeros`.
func copyElements<S: Scalar>(_ count: Int, from source: UnsafePointer<S>, to target: UnsafeMutablePointer<S>)
{
  UnsafeMutableRawPointer(target).copyMemory(from: source, byteCount: count * MemoryLayout<S>.stride)
}

/// Writes zeros, as bytes: generic code would write them one by one.
func fillWithZeros<S: Scalar>(_ p: UnsafeMutablePointer<S>, _ count: Int) {
  let bytes = count * MemoryLayout<S>.stride
  UnsafeMutableRawPointer(p).initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
}
