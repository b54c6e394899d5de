import Foundation

/// Markup. Texts that are interpolated are escaped, markup that is interpolated is not: a name out of a file
/// cannot become a tag, because only a literal in this module's source can.
///
/// The report keeps to what is also well-formed XML, so that a test can parse it.
struct HTML: Sendable, Equatable, ExpressibleByStringInterpolation {
  /// The characters as they stand in the file.
  let markup: String

  init(stringLiteral value: String) { markup = value }

  init(stringInterpolation: Interpolation) { markup = stringInterpolation.markup }

  /// Collects literals as they are, and everything else escaped.
  struct Interpolation: StringInterpolationProtocol {
    fileprivate var markup = ""

    init(literalCapacity: Int, interpolationCount: Int) { markup.reserveCapacity(literalCapacity) }

    mutating func appendLiteral(_ literal: String) { markup += literal }
    mutating func appendInterpolation(_ text: String) { markup += HTML.escaped(text) }
    mutating func appendInterpolation(_ number: Int) { markup += String(number) }
    mutating func appendInterpolation(_ html: HTML) { markup += html.markup }
    mutating func appendInterpolation(_ parts: [HTML]) { for part in parts { markup += part.markup } }
  }

  /// Nothing.
  static let empty: HTML = ""

  /// Parts one after the other, with something between them.
  static func joined(_ parts: [HTML], by separator: HTML) -> HTML {
    var rest: [HTML] = []
    for part in parts { rest += rest.isEmpty ? [part] : [separator, part] }
    return "\(rest)"
  }

  /// JSON for the report's script. The characters that markup reserves occur inside its texts alone, where they can be
  /// written as escapes.
  static func data(_ json: String, identifier: String) -> HTML {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(json.utf8.count)
    for byte in json.utf8 {
      switch byte {
      case UInt8(ascii: "&"): bytes += Array("\\u0026".utf8)
      case UInt8(ascii: "<"): bytes += Array("\\u003c".utf8)
      case UInt8(ascii: ">"): bytes += Array("\\u003e".utf8)
      default: bytes.append(byte)
      }
    }
    let safe = String(decoding: bytes, as: UTF8.self)
    return HTML(markup: "<script type=\"application/json\" id=\"\(escaped(identifier))\">\(safe)</script>\n")
  }

  private init(markup: String) { self.markup = markup }

  /// What a section shows of the metrics of costs, folded away; nothing if there are none.
  static func costs(_ html: HTML) -> HTML {
    guard html != .empty else { return .empty }
    return """
      <details class="more"><summary>The same of what guidance costs</summary>
      \(html)</details>

      """
  }

  /// The head of a table's row; a long name may take several lines, a short one keeps to its own.
  static func rowHead(_ name: String) -> HTML {
    name.count > 36 ? "<th scope=\"row\" class=\"long\">\(name)</th>" : "<th scope=\"row\">\(name)</th>"
  }

  /// A text that means itself, in content and in quoted attributes.
  ///
  /// Control characters have no place in markup, escaped or not; they become U+FFFD.
  static func escaped(_ text: String) -> String {
    var result = ""
    result.reserveCapacity(text.utf8.count)
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      case "\t", "\n", "\r": result.unicodeScalars.append(scalar)
      case _
      where scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) || scalar.value & 0xFFFE == 0xFFFE:
        result += "\u{FFFD}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
