/// A tensor of a safetensors file; floating-point numbers as `Float`, integers as `Int64`.
public struct SafetensorsTensor: Sendable, Equatable {
  /// The elements, the last axis fastest.
  public enum Elements: Sendable, Equatable {
    /// F16, F32 or F64.
    case real([Float])
    /// I32 or I64.
    case integer([Int64])
  }

  /// The length of each axis; empty for a scalar.
  public var shape: [Int]
  /// The elements.
  public var elements: Elements

  /// The elements as `Float`.
  public var floats: [Float] {
    switch elements {
    case .real(let values): values
    case .integer(let values): values.map { Float($0) }
    }
  }

  /// The elements as integers; real numbers are truncated.
  public var integers: [Int64] {
    switch elements {
    case .real(let values): values.map { Int64($0) }
    case .integer(let values): values
    }
  }

  /// As a matrix: the last axis gives the columns, the others together the rows; one axis gives 1×n.
  public var matrix: Matrix<Float> {
    let columns = shape.last ?? 1
    return Matrix(rows: shape.dropLast().reduce(1, *), columns: columns, values: floats)
  }
}

/// What is wrong with a safetensors file.
public enum SafetensorsError: Error, Equatable, CustomStringConvertible {
  /// The file could not be read or written.
  case unreadable(file: String, reason: String)
  /// The file is shorter than its header says.
  case truncated(file: String, expected: Int, found: Int)
  /// The header is not what the format demands.
  case badHeader(file: String, reason: String)
  /// A dtype that is not supported.
  case unknownType(file: String, tensor: String, found: String)
  /// A tensor's bytes do not fit its shape.
  case badLength(file: String, tensor: String, expected: Int, found: Int)
  /// Tensors overlap or leave a gap.
  case badOffsets(file: String, tensor: String, expectedStart: Int, found: Int)
  /// A tensor is missing.
  case missing(file: String, tensor: String)
  /// A tensor has another shape than wanted.
  case wrongShape(file: String, tensor: String, expected: [Int], found: [Int])

  /// Place, fact, expectation.
  public var description: String {
    switch self {
    case .unreadable(let file, let reason): "\(file): \(reason)"
    case .truncated(let file, let expected, let found):
      "\(file): truncated: expected \(expected) bytes, found \(found)."
    case .badHeader(let file, let reason): "\(file): not a safetensors header: \(reason)"
    case .unknownType(let file, let tensor, let found):
      "\(file): \(tensor): unknown dtype '\(found)'. Known: F16, F32, F64, I32, I64."
    case .badLength(let file, let tensor, let expected, let found):
      "\(file): \(tensor): expected \(expected) bytes for its shape, found \(found)."
    case .badOffsets(let file, let tensor, let expectedStart, let found):
      "\(file): \(tensor): expected to begin at byte \(expectedStart) (no gap, no overlap), found \(found)."
    case .missing(let file, let tensor): "\(file): \(tensor): no such tensor."
    case .wrongShape(let file, let tensor, let expected, let found):
      "\(file): \(tensor): expected shape \(expected), found \(found)."
    }
  }
}
