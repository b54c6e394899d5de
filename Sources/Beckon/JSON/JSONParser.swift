/// Where a JSON text stops being JSON.
public struct JSONSyntaxError: Error, Equatable, CustomStringConvertible {
  /// Line, from 1.
  public let line: Int
  /// Column in bytes, from 1.
  public let column: Int
  /// What was expected there, or what is wrong.
  public let reason: String

  /// `line 4, column 12: …`
  public var description: String { "line \(line), column \(column): \(reason)" }
}

extension JSON {
  /// Reads one JSON text (RFC 8259).
  ///
  /// - Throws: `JSONSyntaxError` with the line and column; a key given twice is an error too.
  public init(parsing text: String) throws {
    var parser = Parser(bytes: Array(text.utf8))
    self = try parser.document()
  }

  /// The line of every value of a JSON text, by its path of keys and of indices from 0.
  ///
  /// - Throws: `JSONSyntaxError`.
  public static func lines(of text: String) throws -> [[String]: Int] {
    var parser = Parser(bytes: Array(text.utf8))
    parser.lines = [:]
    _ = try parser.document()
    return parser.lines ?? [:]
  }
}

private struct Parser {
  let bytes: [UInt8]
  var position = 0
  var depth = 0
  /// Lines of the values so far, if they are asked for.
  var lines: [[String]: Int]?
  private var path: [String] = []

  init(bytes: [UInt8]) { self.bytes = bytes }

  mutating func document() throws -> JSON {
    let value = try value()
    skipSpace()
    if position < bytes.count { throw problem("unexpected text after the end of the value") }
    return value
  }

  private func problem(_ reason: String, at place: Int? = nil) -> JSONSyntaxError {
    let before = bytes.prefix(place ?? position)
    let line = before.reduce(1) { $1 == 0x0A ? $0 + 1 : $0 }
    let start = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
    return JSONSyntaxError(line: line, column: before.count - start + 1, reason: reason)
  }

  private mutating func skipSpace() {
    while position < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) { position += 1 }
  }

  private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func take(_ character: Character) -> Bool {
    skipSpace()
    guard next == character.asciiValue else { return false }
    position += 1
    return true
  }

  private mutating func value() throws -> JSON {
    skipSpace()
    depth += 1
    defer { depth -= 1 }
    if depth > 200 { throw problem("nested more than 200 deep") }
    switch next {
    case UInt8(ascii: "{"): return .object(try object())
    case UInt8(ascii: "["): return .array(try array())
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case .none: throw problem("the text ends where a value is expected")
    default: return .number(try number())
    }
  }

  private mutating func value(under key: String) throws -> JSON {
    guard lines != nil else { return try value() }
    path.append(key)
    defer { path.removeLast() }
    skipSpace()
    lines?[path] = bytes.prefix(position).reduce(1) { $1 == 0x0A ? $0 + 1 : $0 }
    return try value()
  }

  private mutating func word(_ text: String, _ value: JSON) throws -> JSON {
    guard bytes[position...].starts(with: text.utf8) else { throw problem("expected \(text)") }
    position += text.utf8.count
    return value
  }

  private mutating func object() throws -> JSON.Object {
    _ = take("{")
    var object = JSON.Object()
    if take("}") { return object }
    repeat {
      skipSpace()
      let place = position
      guard next == UInt8(ascii: "\"") else { throw problem("expected a key in double quotes") }
      let key = try string()
      if object[key] != nil { throw problem("the key '\(key)' stands here a second time", at: place) }
      guard take(":") else { throw problem("expected ':' after the key '\(key)'") }
      object[key] = try value(under: key)
    } while take(",")
    guard take("}") else { throw problem("expected ',' or '}'") }
    return object
  }

  private mutating func array() throws -> [JSON] {
    _ = take("[")
    var array: [JSON] = []
    if take("]") { return array }
    repeat { array.append(try value(under: String(array.count))) } while take(",")
    guard take("]") else { throw problem("expected ',' or ']'") }
    return array
  }

  private mutating func number() throws -> Double {
    let start = position
    let allowed = Set("+-.eE0123456789".utf8)
    while let byte = next, allowed.contains(byte) { position += 1 }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    let digits = text.drop { $0 == "-" }
    let leadingZero = digits.count > 1 && digits.first == "0" && digits.dropFirst().first?.isNumber == true
    let fraction = text.firstIndex(of: ".").map { text[$0...].dropFirst() }
    guard let first = digits.first, first.isNumber, !leadingZero,
      fraction == nil || fraction?.first?.isNumber == true,
      let number = Double(text), number.isFinite
    else {
      throw problem(text.isEmpty ? "expected a value" : "'\(text)' is not a number", at: start)
    }
    return number
  }

  private mutating func string() throws -> String {
    let start = position
    position += 1
    var text: [UInt8] = []
    while let byte = next {
      position += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let string = String(validating: text, as: UTF8.self) else {
          throw problem("the string is not UTF-8", at: start)
        }
        return string
      case UInt8(ascii: "\\"): try escape(into: &text)
      case 0..<0x20: throw problem("a control character stands in a string", at: position - 1)
      default: text.append(byte)
      }
    }
    throw problem("the string does not end", at: start)
  }

  private mutating func escape(into text: inout [UInt8]) throws {
    guard let byte = next else { throw problem("the string does not end") }
    position += 1
    switch byte {
    case UInt8(ascii: "n"): text.append(0x0A)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "r"): text.append(0x0D)
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "f"): text.append(0x0C)
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
    case UInt8(ascii: "u"):
      var units = [try hexadecimal()]
      if UTF16.isLeadSurrogate(units[0]), bytes[position...].starts(with: "\\u".utf8) {
        position += 2
        units.append(try hexadecimal())
      }
      text += String(decoding: units, as: UTF16.self).utf8
    default: throw problem("unknown escape in a string", at: position - 1)
    }
  }

  private mutating func hexadecimal() throws -> UInt16 {
    let digits = String(decoding: bytes[position...].prefix(4), as: UTF8.self)
    guard digits.utf8.count == 4, digits.allSatisfy(\.isHexDigit), let unit = UInt16(digits, radix: 16) else {
      throw problem("expected four hexadecimal digits after \\u")
    }
    position += 4
    return unit
  }
}
