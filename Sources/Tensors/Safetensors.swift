import Foundation

/// The safetensors format: 8 bytes header length, a JSON header, little-endian data.
///
/// Source: https://github.com/huggingface/safetensors#format
public enum Safetensors {
  /// Reads all tensors of a file.
  ///
  /// - Throws: `SafetensorsError`.
  public static func read(_ path: String) throws -> [String: SafetensorsTensor] {
    let file = (path as NSString).lastPathComponent
    let data = try contents(path, file)
    let (header, start) = try parseHeader(data, file)
    let sorted = header.tensors.sorted {
      ($0.value.data_offsets.first ?? 0, $0.key) < ($1.value.data_offsets.first ?? 0, $1.key)
    }
    var tensors: [String: SafetensorsTensor] = [:]
    var position = 0
    for (name, entry) in sorted {
      guard let width = widths[entry.dtype] else {
        throw SafetensorsError.unknownType(file: file, tensor: name, found: entry.dtype)
      }
      guard entry.data_offsets.count == 2, entry.shape.allSatisfy({ $0 >= 0 && $0 <= data.count }) else {
        throw SafetensorsError.badHeader(file: file, reason: "'\(name)' needs two offsets and a shape ≥ 0.")
      }
      let (from, to) = (entry.data_offsets[0], entry.data_offsets[1])
      let (count, overflow) = entry.shape.reduce((1, false)) {
        let product = $0.0.multipliedReportingOverflow(by: $1)
        return (product.partialValue, $0.1 || product.overflow)
      }
      guard from == position else {
        throw SafetensorsError.badOffsets(file: file, tensor: name, expectedStart: position, found: from)
      }
      guard to >= from, to <= data.count else {
        throw SafetensorsError.badHeader(file: file, reason: "'\(name)' ends outside the file.")
      }
      guard !overflow, count <= data.count, to - from == count * width else {
        let expected = overflow ? .max : count.multipliedReportingOverflow(by: width).partialValue
        throw SafetensorsError.badLength(file: file, tensor: name, expected: expected, found: to - from)
      }
      guard start + to <= data.count else {
        throw SafetensorsError.truncated(file: file, expected: start + to, found: data.count)
      }
      let bytes = data[data.startIndex + start + from..<data.startIndex + start + to]
      tensors[name] = SafetensorsTensor(shape: entry.shape, elements: decode(bytes, entry.dtype, count))
      position = to
    }
    return tensors
  }

  /// Reads parameters with the names and shapes of `expected`; other tensors in the file are ignored.
  ///
  /// - Throws: `SafetensorsError`, in words such as
  ///   `weights.safetensors: LayerNorm.weight: expected shape [64], found [32].`
  public static func read<S: Scalar>(_ path: String, like expected: ParameterSet<S>) throws -> ParameterSet<S>
  {
    let file = (path as NSString).lastPathComponent
    let tensors = try read(path)
    return try ParameterSet(
      expected.names.map { name in
        guard let tensor = tensors[name] else { throw SafetensorsError.missing(file: file, tensor: name) }
        let (rows, columns) = (expected[name].rows, expected[name].columns)
        // A vector may have leading dimensions of 1, as PyTorch's broadcast parameters have.
        let isVector =
          rows == 1 && tensor.shape.last == columns && tensor.shape.dropLast().allSatisfy { $0 == 1 }
        guard tensor.shape == [rows, columns] || isVector else {
          throw SafetensorsError.wrongShape(
            file: file, tensor: name, expected: rows == 1 ? [columns] : [rows, columns], found: tensor.shape)
        }
        return (name, Matrix(rows: rows, columns: columns, values: tensor.floats.map { S($0) }))
      })
  }

  /// The free-form strings in a file's header.
  ///
  /// - Throws: `SafetensorsError`.
  public static func readMetadata(_ path: String) throws -> [String: String] {
    let file = (path as NSString).lastPathComponent
    return try parseHeader(contents(path, file), file).header.metadata
  }

  /// Parameters as the bytes of a file, in F32. Vectors (1×n) get shape [n], as PyTorch has them. The same input
  /// gives the same bytes.
  public static func data(of parameters: ParameterSet<Float>, metadata: [String: String] = [:]) -> Data {
    var data = Data()
    var fields: [String] = []
    if !metadata.isEmpty {
      let pairs = metadata.sorted { $0.key < $1.key }.map { "\(quoted($0.key)):\(quoted($0.value))" }
      fields.append("\"__metadata__\":{\(pairs.joined(separator: ","))}")
    }
    var position = 0
    for name in parameters.names.sorted() {
      let matrix = parameters[name]
      let shape = matrix.rows == 1 ? "\(matrix.columns)" : "\(matrix.rows),\(matrix.columns)"
      let end = position + 4 * matrix.count
      let range = "[\(position),\(end)]"
      fields.append("\(quoted(name)):{\"dtype\":\"F32\",\"shape\":[\(shape)],\"data_offsets\":\(range)}")
      position = end
    }
    var header = Data("{\(fields.joined(separator: ","))}".utf8)
    while header.count % 8 != 0 { header.append(UInt8(ascii: " ")) }
    withUnsafeBytes(of: UInt64(header.count).littleEndian) { data.append(contentsOf: $0) }
    data.append(header)
    for name in parameters.names.sorted() {
      parameters[name].values.withUnsafeBytes { data.append(contentsOf: $0) }
    }
    return data
  }

  // Format details.

  private static let widths = ["F16": 2, "F32": 4, "F64": 8, "I32": 4, "I64": 8]

  private struct Entry: Decodable {
    var dtype: String
    var shape: [Int]
    var data_offsets: [Int]  // the format's own spelling
  }

  private struct Header: Decodable {
    var metadata: [String: String] = [:]
    var tensors: [String: Entry] = [:]

    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: Key.self)
      for key in container.allKeys {
        if key.stringValue == "__metadata__" {
          metadata = try container.decode([String: String].self, forKey: key)
        } else {
          tensors[key.stringValue] = try container.decode(Entry.self, forKey: key)
        }
      }
    }

    struct Key: CodingKey {
      var stringValue: String
      var intValue: Int? { nil }
      init(stringValue: String) { self.stringValue = stringValue }
      init?(intValue: Int) { nil }
    }
  }

  private static func contents(_ path: String, _ file: String) throws -> Data {
    do {
      return try Data(contentsOf: URL(fileURLWithPath: path))
    } catch {
      throw SafetensorsError.unreadable(file: file, reason: "cannot be read at \(path).")
    }
  }

  private static func parseHeader(_ data: Data, _ file: String) throws -> (header: Header, start: Int) {
    guard data.count >= 8 else {
      throw SafetensorsError.truncated(file: file, expected: 8, found: data.count)
    }
    let length = data.prefix(8).reversed().reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
    guard length <= 100_000_000 else {
      throw SafetensorsError.badHeader(file: file, reason: "its length is given as \(length) bytes.")
    }
    let start = 8 + Int(length)
    guard start <= data.count else {
      throw SafetensorsError.truncated(file: file, expected: start, found: data.count)
    }
    do {
      return (try JSONDecoder().decode(Header.self, from: Data(data.dropFirst(8).prefix(Int(length)))), start)
    } catch {
      throw SafetensorsError.badHeader(
        file: file, reason: "expected a JSON object of tensors with dtype, shape and data_offsets.")
    }
  }

  private static func decode(_ bytes: Data, _ type: String, _ count: Int) -> SafetensorsTensor.Elements {
    bytes.withUnsafeBytes { raw in
      switch type {
      case "F64":
        .real((0..<count).map { Float(raw.loadUnaligned(fromByteOffset: 8 * $0, as: Double.self)) })
      case "F16":
        .real((0..<count).map { half(raw.loadUnaligned(fromByteOffset: 2 * $0, as: UInt16.self)) })
      case "I32":
        .integer((0..<count).map { Int64(raw.loadUnaligned(fromByteOffset: 4 * $0, as: Int32.self)) })
      case "I64":
        .integer((0..<count).map { raw.loadUnaligned(fromByteOffset: 8 * $0, as: Int64.self) })
      default:
        .real((0..<count).map { raw.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) })
      }
    }
  }

  /// IEEE half precision, spelled out because `Float16` is missing on macOS/x86.
  private static func half(_ bits: UInt16) -> Float {
    let sign: Float = bits >> 15 == 1 ? -1 : 1
    let exponent = Int(bits >> 10 & 31)
    let fraction = Float(bits & 1023)
    if exponent == 31 { return fraction == 0 ? sign * .infinity : .nan }
    if exponent == 0 { return sign * fraction * 0x1p-24 }
    return sign * Float(sign: .plus, exponent: exponent - 15, significand: 1 + fraction / 1024)
  }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": result += "\\\(scalar)"
      case let other where other.value < 32:
        let digits = String(other.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
