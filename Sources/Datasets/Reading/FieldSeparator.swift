import Beckon

/// Divides lines into fields at a separator of one byte or several.
struct FieldSeparator: Sendable {
  private let bytes: [UInt8]
  private let text: String
  private let allowsQuotes: Bool

  /// A separator; fields may be quoted (RFC 4180) where it is a comma or a semicolon. In tab-separated files a
  /// quote is a character like others: `"Weird Al" Yankovic` is a name.
  init(_ text: String) {
    self.text = text
    bytes = Array(text.utf8)
    allowsQuotes = text == "," || text == ";"
  }

  /// The word for it in messages.
  var name: String {
    switch text {
    case "\t": "tab"
    case ",": "comma"
    case ";": "semicolon"
    case " ": "space"
    default: "'\(text)'"
    }
  }

  /// Puts the fields of a line into the list, which keeps its storage from line to line.
  ///
  /// - Throws: `LineProblem` if a quoted field does not end.
  func split(_ line: Line, into fields: inout [Field]) throws {
    fields.removeAll(keepingCapacity: true)
    if allowsQuotes, line.bytes.contains(UInt8(ascii: "\"")) { return try splitQuoted(line, into: &fields) }
    var start = 0
    while let end = next(in: line.bytes, from: start) {
      fields.append(Field(range: start..<end))
      start = end + bytes.count
    }
    fields.append(Field(range: start..<line.bytes.count))
  }

  /// The fields of a line as texts.
  func texts(_ line: Line) throws -> [String] {
    var fields: [Field] = []
    try split(line, into: &fields)
    return fields.map { line.text($0) }
  }

  /// Texts between separators, for the lists inside a field; spaces around them and empty ones are dropped.
  func parts(of text: String) -> [String] {
    var seen: Set<String> = []
    return text.components(separatedBy: self.text)
      .map { $0.trimmingCharacters(in: .whitespaces) }
      .filter { !$0.isEmpty && seen.insert($0).inserted }
  }

  /// The separator that would divide a line into the most fields, if it is not this one: for messages.
  func likelier(for line: Line) -> FieldSeparator? {
    let others = ["\t", ",", ";", "::", "|", " "].map(FieldSeparator.init).filter { $0.text != text }
    let counted = others.map { (fields: (try? $0.texts(line).count) ?? 0, separator: $0) }
    guard let best = counted.max(by: { $0.fields < $1.fields }), best.fields > 1 else { return nil }
    return best.separator
  }

  /// The separator as it is written in a spec.
  var json: String { JSON.string(text).compact }

  private func next(in line: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
    let last = line.count - bytes.count
    guard start <= last else { return nil }
    let first = bytes[0]
    var place = start
    while place <= last {
      if line[place] == first, matches(line, place) { return place }
      place += 1
    }
    return nil
  }

  private func matches(_ line: UnsafeBufferPointer<UInt8>, _ place: Int) -> Bool {
    for offset in 1..<max(1, bytes.count) where line[place + offset] != bytes[offset] { return false }
    return true
  }

  private func splitQuoted(_ line: Line, into fields: inout [Field]) throws {
    let quote = UInt8(ascii: "\"")
    let bytes = line.bytes
    var start = 0
    while start <= bytes.count {
      guard start < bytes.count, bytes[start] == quote else {
        let end = next(in: bytes, from: start) ?? bytes.count
        fields.append(Field(range: start..<end))
        start = end + 1
        continue
      }
      var place = start + 1
      var doubled = false
      while place < bytes.count {
        if bytes[place] == quote {
          guard place + 1 < bytes.count, bytes[place + 1] == quote else { break }
          doubled = true
          place += 1
        }
        place += 1
      }
      guard place < bytes.count else {
        throw line.problem(
          "field \(fields.count + 1) opens a quote that does not close on this line; "
            + "a quote inside a field is written twice, and a field cannot hold a line break.")
      }
      fields.append(Field(range: start + 1..<place, hasDoubledQuotes: doubled))
      guard place + 1 == bytes.count || next(in: bytes, from: place + 1) == place + 1 else {
        throw line.problem("expected a \(name) after the closing quote of field \(fields.count).")
      }
      start = place + 2
    }
  }
}
