import Beckon

/// Divides lines into fields at a separator of one byte or several.
struct FieldSeparator: Sendable {
  private let bytes: [UInt8]
  private let text: String
  private let quotes: Quotes

  /// What a double quote at the start of a field means.
  enum Quotes: Sendable {
    /// Nothing: it is a character like others.
    case plain
    /// It encloses the field, in which two stand for one (RFC 4180); what does not keep to that is refused.
    case strict
    /// As `strict`, but text after the closing quote belongs to the field, as most readers of tables have it.
    case loose
  }

  /// A separator. Unless said otherwise, quotes enclose fields where it is a comma or a semicolon; in
  /// tab-separated files they are plain: `"Weird Al" Yankovic` is a name.
  init(_ text: String, quotes: Quotes? = nil) {
    self.text = text
    bytes = Array(text.utf8)
    self.quotes = quotes ?? (text == "," || text == ";" ? .strict : .plain)
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
    if mayEnclose(line.bytes) { return try splitQuoted(line, into: &fields) }
    var start = 0
    while let end = next(in: line.bytes, from: start) {
      fields.append(Field(range: start..<end))
      start = end + bytes.count
    }
    fields.append(Field(range: start..<line.bytes.count))
  }

  /// Whether fields may be quoted at all.
  var mayQuote: Bool { quotes != .plain }

  /// Whether a line opens a quoted field that does not close on it, so that a line break belongs to the field.
  func leavesQuoteOpen(_ line: UnsafeBufferPointer<UInt8>) -> Bool {
    guard mayEnclose(line) else { return false }
    var fields: [Field] = []
    return scan(line, into: &fields) == .open
  }

  /// The fields of a line as texts.
  func texts(_ line: Line) throws -> [String] {
    var fields: [Field] = []
    try split(line, into: &fields)
    return fields.map { line.text($0) }
  }

  /// Texts between separators, for the lists inside a field; spaces around them and empty ones are dropped.
  func parts(of text: String) -> [String] {
    text.components(separatedBy: self.text)
      .map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }.uniqued()
  }

  /// The separator that would divide a line into the most fields, if it is not this one: for messages.
  func likelier(for line: Line) -> FieldSeparator? {
    let others = ["\t", ",", ";", "::", "|", " "].map { FieldSeparator($0) }.filter { $0.text != text }
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

  private func mayEnclose(_ line: UnsafeBufferPointer<UInt8>) -> Bool {
    mayQuote && line.contains(Self.quote)
  }

  private func splitQuoted(_ line: Line, into fields: inout [Field]) throws {
    switch scan(line.bytes, into: &fields) {
    case nil: return
    case .open:
      throw line.problem(
        "field \(fields.count + 1) opens a quote that does not close on this line or the next "
          + "\(TextFile.longestRecord); a quote inside a field is written twice.")
    case .trailing:
      throw line.problem("expected a \(name) after the closing quote of field \(fields.count).")
    }
  }

  private static let quote = UInt8(ascii: "\"")

  private enum Defect { case open, trailing }

  /// Adds the fields of a line up to its end, or up to what is wrong with it.
  private func scan(_ bytes: UnsafeBufferPointer<UInt8>, into fields: inout [Field]) -> Defect? {
    var start = 0
    while start <= bytes.count {
      guard start < bytes.count, bytes[start] == Self.quote else {
        let end = next(in: bytes, from: start) ?? bytes.count
        fields.append(Field(range: start..<end))
        start = end + self.bytes.count
        continue
      }
      var place = start + 1
      var doubled = false
      while place < bytes.count {
        if bytes[place] == Self.quote {
          guard place + 1 < bytes.count, bytes[place + 1] == Self.quote else { break }
          doubled = true
          place += 1
        }
        place += 1
      }
      guard place < bytes.count else { return .open }
      let end = next(in: bytes, from: place + 1) ?? bytes.count
      let isClosed = end == place + 1
      let stop = isClosed || quotes == .strict ? place : end
      fields.append(Field(range: start + 1..<stop, hasDoubledQuotes: doubled))
      guard isClosed || quotes == .loose else { return .trailing }
      start = end + self.bytes.count
    }
    return nil
  }
}
