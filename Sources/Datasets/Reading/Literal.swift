import Beckon

/// A value in a line of data that a Python program printed, `{u'id': u'7', 'tags': ['a', 'b'], 'free': True}`, or of
/// JSON, which is near enough to be read alike.
enum Literal: Equatable {
  /// A text; a number or a truth value as it is written.
  case text(String)
  /// A list or a tuple.
  case list([Literal])
  /// `None` or `null`; a dictionary inside another, of which no dataset needs anything.
  case nothing

  /// The text, if this is one.
  var text: String? { if case .text(let text) = self { text } else { nil } }
  /// The texts of a list, without repetition; none if this is no list.
  var texts: [String] {
    guard case .list(let values) = self else { return [] }
    return values.compactMap(\.text).filter { !$0.isEmpty }.uniqued()
  }

  /// Reads one literal.
  ///
  /// - Throws: `LiteralProblem`.
  init(parsing text: String) throws {
    var text = text
    self = try text.withUTF8 { bytes in
      var parser = LiteralParser(bytes)
      let value = try parser.value(isKept: true)
      try parser.end()
      return value
    }
  }
}

/// Where a literal stops being one.
struct LiteralProblem: Error {
  /// Column in bytes, from 1.
  let column: Int
  /// What was expected there, or what is wrong.
  let reason: String
}

extension Line {
  /// The members of the dictionary that the line holds, those that are asked for.
  ///
  /// - Throws: `LineProblem`.
  func members(_ names: Set<String>) throws -> [String: Literal] {
    do {
      var parser = LiteralParser(bytes)
      let members = try parser.dictionary(names)
      try parser.end()
      return members
    } catch let error as LiteralProblem {
      throw problem(
        "expected a Python dictionary or a JSON object, but at column \(error.column) \(error.reason).")
    }
  }
}

/// Reads Python's literals and JSON without insisting on what tells one from the other. Values that nobody wants are
/// passed over without making anything of them: most of a review is its text.
private struct LiteralParser {
  private let bytes: UnsafeBufferPointer<UInt8>
  private var place = 0
  private var depth = 0

  init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  mutating func end() throws {
    skipSpace()
    if place < bytes.count { throw problem("there is more after its end") }
  }

  mutating func dictionary(_ names: Set<String>) throws -> [String: Literal] {
    var members: [String: Literal] = [:]
    guard take("{") else { throw problem("there is no '{'") }
    try elements(until: "}") { parser in
      guard let key = try parser.string(isKept: true) else {
        throw parser.problem("there is no key in quotes")
      }
      guard parser.take(":") else { throw parser.problem("there is no ':' after the key '\(key)'") }
      let isKept = names.contains(key)
      let value = try parser.value(isKept: isKept)
      if isKept { members[key] = value }
    }
    return members
  }

  mutating func value(isKept: Bool) throws -> Literal {
    skipSpace()
    if let text = try string(isKept: isKept) { return .text(text) }
    if next == UInt8(ascii: "{") {
      _ = try dictionary([])
      return .nothing
    }
    for (open, close) in [("[", "]"), ("(", ")")] as [(Character, Character)] where take(open) {
      var values: [Literal] = []
      try elements(until: close) { values.append(try $0.value(isKept: isKept)) }
      return .list(values)
    }
    return try word()
  }

  private mutating func elements(until close: Character, _ body: (inout Self) throws -> Void) throws {
    depth += 1
    defer { depth -= 1 }
    if depth > 100 { throw problem("it is nested more than 100 deep") }
    while !take(close) {
      try body(&self)
      if take(",") { continue }
      guard take(close) else { throw problem("there is neither ',' nor '\(close)'") }
      return
    }
  }

  private mutating func word() throws -> Literal {
    let start = place
    while let byte = next, byte.isPartOfAWord { place += 1 }
    let word = String(fileBytes: bytes[start..<place])
    switch word {
    case "None", "null": return .nothing
    case "True", "False", "true", "false": return .text(word)
    default:
      guard Double(word) != nil else { throw problem("there is no value", at: start) }
      return .text(word)
    }
  }

  /// A quoted text, with Python's mark before it or none; nil if something else stands here. A text that is not to
  /// be kept comes back empty.
  private mutating func string(isKept: Bool) throws -> String? {
    skipSpace()
    let start = place
    if let mark = next, "uUbB".utf8.contains(mark) { place += 1 }
    guard let quote = next, quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else {
      place = start
      return nil
    }
    place += 1
    let first = place
    var hasEscapes = false
    while let byte = next, byte != quote {
      if byte == UInt8(ascii: "\\") {
        hasEscapes = true
        place += 1
      }
      place += 1
    }
    guard place < bytes.count else { throw problem("a text begins that does not end", at: start) }
    let text = first..<place
    place += 1
    guard isKept else { return "" }
    return hasEscapes ? try unescaped(text) : String(fileBytes: bytes[text])
  }

  private func unescaped(_ range: Range<Int>) throws -> String {
    var text: [UInt8] = []
    var place = range.lowerBound
    while place < range.upperBound {
      guard bytes[place] == UInt8(ascii: "\\") else {
        text.append(bytes[place])
        place += 1
        continue
      }
      let letter = bytes[place + 1]
      place += 2
      switch letter {
      case UInt8(ascii: "n"): text.append(0x0A)
      case UInt8(ascii: "t"): text.append(0x09)
      case UInt8(ascii: "r"): text.append(0x0D)
      case UInt8(ascii: "b"): text.append(0x08)
      case UInt8(ascii: "f"): text.append(0x0C)
      case UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(letter)
      case UInt8(ascii: "x"): text += try character(&place, digits: 2, range.upperBound)
      case UInt8(ascii: "u"): text += try character(&place, digits: 4, range.upperBound)
      case UInt8(ascii: "U"): text += try character(&place, digits: 8, range.upperBound)
      default: text += [UInt8(ascii: "\\"), letter]
      }
    }
    return String(fileBytes: text)
  }

  /// The UTF-8 of a character written as a number; two halves of a surrogate pair make one.
  private func character(_ place: inout Int, digits: Int, _ end: Int) throws -> [UInt8] {
    guard let number = hexadecimal(place, digits, end) else {
      throw problem("an escape lacks its \(digits) hexadecimal digits", at: place)
    }
    place += digits
    if let scalar = Unicode.Scalar(number) { return Array(String(Character(scalar)).utf8) }
    var units = [UInt16(truncatingIfNeeded: number)]
    if digits == 4, place + 1 < end, bytes[place] == UInt8(ascii: "\\"),
      bytes[place + 1] == UInt8(ascii: "u"),
      let low = hexadecimal(place + 2, 4, end), UTF16.isTrailSurrogate(UInt16(low))
    {
      units.append(UInt16(low))
      place += 6
    }
    return Array(String(decoding: units, as: UTF16.self).utf8)
  }

  private func hexadecimal(_ place: Int, _ digits: Int, _ end: Int) -> UInt32? {
    guard place + digits <= end else { return nil }
    return bytes[place..<place + digits].reduce(0 as UInt32?) { number, byte in
      number.flatMap { number in
        Character(Unicode.Scalar(byte)).hexDigitValue.map { 16 * number + UInt32($0) }
      }
    }
  }

  private var next: UInt8? { place < bytes.count ? bytes[place] : nil }

  private mutating func skipSpace() {
    while let byte = next, byte == 0x20 || byte == 0x09 { place += 1 }
  }

  private mutating func take(_ character: Character) -> Bool {
    skipSpace()
    guard next == character.asciiValue else { return false }
    place += 1
    return true
  }

  private func problem(_ reason: String, at place: Int? = nil) -> LiteralProblem {
    LiteralProblem(column: (place ?? self.place) + 1, reason: reason)
  }
}

extension UInt8 {
  /// Whether the byte may stand in a number or a name.
  fileprivate var isPartOfAWord: Bool {
    self &- 0x30 < 10 || (self | 0x20) &- 0x61 < 26 || "+-._".utf8.contains(self)
  }
}
