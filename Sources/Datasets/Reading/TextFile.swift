import Beckon

/// The bytes of a text file, walked line by line without a `String` for each.
struct TextFile: Sendable {
  /// File name, for messages.
  let name: String
  private let data: Data
  private let start: Int
  private let isUTF8: Bool

  /// Maps the file into memory.
  ///
  /// - Throws: `Problem` if it cannot be read or holds nothing.
  init(_ url: URL) throws {
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
    let (isBlank, isASCII) = data.withUnsafeBytes { bytes in
      (bytes.allSatisfy { $0 <= 0x20 }, bytes.reduce(0, |) < 0x80)
    }
    if isBlank { throw Problem("", "\(name) is empty; expected at least one line.") }
    isUTF8 = isASCII || data.withUnsafeBytes { String(validating: $0, as: UTF8.self) != nil }
  }

  /// Text of some bytes of the file. A file that is not UTF-8 as a whole is taken for Latin-1, which never
  /// fails: MovieLens is written so.
  func text(_ bytes: some Sequence<UInt8>) -> String {
    if isUTF8 { return String(decoding: Array(bytes), as: UTF8.self) }
    return String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
  }

  /// Calls the body with each line, its end (LF or CR LF) left out. Blank lines at the end do not count.
  ///
  /// - Throws: `LineProblem` for a blank line between others, and what the body throws.
  func forEachLine(_ body: (Line) throws -> Void) throws {
    try data.withUnsafeBytes { raw in
      let bytes = raw.bindMemory(to: UInt8.self)
      var place = start
      var number = 0
      var blank = 0
      while place < bytes.count {
        let end = Self.endOfLine(bytes, from: place)
        let next = end + 1
        number += 1
        let stop = end > place && bytes[end - 1] == 0x0D ? end - 1 : end
        let line = Line(number: number, bytes: UnsafeBufferPointer(rebasing: bytes[place..<stop]), file: self)
        place = next
        if line.isBlank {
          if blank == 0 { blank = number }
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
    let part = bytes[field.range]
    guard field.hasDoubledQuotes else { return file.text(part) }
    return file.text(part).replacing("\"\"", with: "\"")
  }

  /// Text of the whole line, shortened: for messages.
  var excerpt: String {
    let text = file.text(bytes.prefix(60))
    return bytes.count > 60 ? "\(text)…" : text
  }
}

/// A part of a line.
struct Field {
  /// Place in the line's bytes, without surrounding quotes.
  var range: Range<Int>
  /// Whether two quotes in it stand for one.
  var hasDoubledQuotes = false
}
