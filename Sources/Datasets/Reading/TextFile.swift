import Beckon

/// The bytes of a text file, walked line by line without a `String` for each. A class, so that a line which knows its
/// file is one reference.
final class TextFile: Sendable {
  /// File name, for messages.
  let name: String
  private let data: Data
  private let start: Int

  /// Maps the file into memory.
  ///
  /// - Throws: `Problem` if it cannot be read or holds nothing.
  convenience init(_ url: URL) throws {
    do {
      try self.init(name: url.lastPathComponent, data: Data(contentsOf: url, options: .mappedIfSafe))
    } catch let error as Problem {
      throw error
    } catch {
      throw Problem("", "'\(url.path(percentEncoded: false))' cannot be read: \(error.localizedDescription)")
    }
  }

  /// A file that is in memory already.
  init(name: String, data: Data) throws {
    self.name = name
    self.data = data
    start = data.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    let isBlank = data.withUnsafeBytes { bytes in bytes.allSatisfy { $0 <= 0x20 } }
    if isBlank { throw Problem("", "\(name) is empty; expected at least one line.") }
  }

  /// Calls the body with each line, its end (LF or CR LF) left out. Blank lines at the end do not count.
  ///
  /// - Throws: `LineProblem` for a blank line between others, and what the body throws.
  func forEachLine(_ body: (Line) throws -> Void) throws {
    try walk(isOpen: { _ in false }, body)
  }

  /// Calls the body with each record of a table: a line, or several where a quoted field holds line breaks.
  ///
  /// - Throws: what `forEachLine` throws.
  func forEachRecord(_ separator: FieldSeparator, _ body: (Line) throws -> Void) throws {
    try separator.mayQuote ? walk(isOpen: separator.leavesQuoteOpen, body) : forEachLine(body)
  }

  /// What the body makes of the first record, blank or not.
  func first<Result>(_ separator: FieldSeparator, _ body: (Line) throws -> Result) rethrows -> Result {
    try data.withUnsafeBytes { raw in
      let bytes = raw.bindMemory(to: UInt8.self)
      let record = Self.record(bytes, from: start, separator.leavesQuoteOpen)
      return try body(Line(number: 1, bytes: record.bytes, file: self))
    }
  }

  /// Most lines that a record goes on for: a quote that never closes must not swallow the file.
  static let longestRecord = 1000

  private func walk(
    isOpen: (UnsafeBufferPointer<UInt8>) -> Bool, _ body: (Line) throws -> Void
  ) throws {
    try data.withUnsafeBytes { raw in
      let bytes = raw.bindMemory(to: UInt8.self)
      var place = start
      var number = 0
      var blank = 0
      while place < bytes.count {
        let record = Self.record(bytes, from: place, isOpen)
        let line = Line(number: number + 1, bytes: record.bytes, file: self)
        number += record.lines
        place = record.next
        if line.isBlank {
          if blank == 0 { blank = line.number }
          continue
        }
        if blank > 0 {
          throw LineProblem(
            file: name, line: blank, fact: "the line is blank, but the file goes on after it.")
        }
        try body(line)
      }
    }
  }

  /// The record that starts at a place: its first line, and as many more as close its quotes. If none closes them
  /// it is the line alone, and whoever divides it says what is wrong.
  private static func record(
    _ bytes: UnsafeBufferPointer<UInt8>, from start: Int, _ isOpen: (UnsafeBufferPointer<UInt8>) -> Bool
  ) -> (bytes: UnsafeBufferPointer<UInt8>, lines: Int, next: Int) {
    var record = (bytes: bytes, lines: 0, next: start)
    var line = record
    repeat {
      guard record.lines <= longestRecord, record.next < bytes.count else { return line }
      let end = endOfLine(bytes, from: record.next)
      let stop = end > record.next && bytes[end - 1] == 0x0D ? end - 1 : end
      record = (UnsafeBufferPointer(rebasing: bytes[start..<stop]), record.lines + 1, end + 1)
      if record.lines == 1 { line = record }
    } while isOpen(record.bytes)
    return record
  }

  private static func endOfLine(_ bytes: UnsafeBufferPointer<UInt8>, from place: Int) -> Int {
    guard let base = bytes.baseAddress, let found = memchr(base + place, 0x0A, bytes.count - place) else {
      return bytes.count
    }
    return UnsafeRawPointer(found) - UnsafeRawPointer(base)
  }
}

/// One line, valid only while the body of `forEachLine` runs.
struct Line {
  /// From 1.
  let number: Int
  /// The line without its end.
  let bytes: UnsafeBufferPointer<UInt8>
  /// Where it stands.
  let file: TextFile

  /// Whether it holds nothing but spaces.
  var isBlank: Bool { bytes.allSatisfy { $0 == 0x20 || $0 == 0x09 } }

  /// A problem at this line.
  func problem(_ fact: String) -> LineProblem { LineProblem(file: file.name, line: number, fact: fact) }

  /// Text of a part of the line, its quotes taken off.
  func text(_ field: Field) -> String {
    let text = String(fileBytes: bytes[field.range])
    return field.hasDoubledQuotes ? text.replacing("\"\"", with: "\"") : text
  }

  /// Text of the whole line, shortened: for messages.
  var excerpt: String {
    let text = String(fileBytes: bytes)
    return text.count > 60 ? "\(text.prefix(60))…" : text
  }
}

/// A part of a line.
struct Field {
  /// Place in the line's bytes, without surrounding quotes.
  var range: Range<Int>
  /// Whether two quotes in it stand for one.
  var hasDoubledQuotes = false
}

extension String {
  /// Text of some bytes of a data file: UTF-8, or Latin-1 where they are not, which never fails. MovieLens is
  /// Latin-1 throughout; the tags of HetRec's Last.fm are beside artists in UTF-8.
  init(fileBytes bytes: some Collection<UInt8>) {
    self =
      String(validating: bytes, as: UTF8.self)
      ?? String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
  }
}
