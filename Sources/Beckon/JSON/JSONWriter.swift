extension JSON {
  /// The text on one line, keys in their order.
  public var compact: String { text(indent: nil, sorted: false) }
  /// The text with two spaces of indentation; short lists of plain values stay on one line.
  public var pretty: String { text(indent: 0, sorted: false) }
  /// One line, keys sorted: equal values have equal canonical texts, so identities are hashed from it.
  public var canonical: String { text(indent: nil, sorted: true) }

  private func text(indent: Int?, sorted: Bool) -> String {
    switch self {
    case .null: return "null"
    case .bool(let bool): return bool ? "true" : "false"
    case .number(let number): return JSON.text(of: number)
    case .string(let string): return JSON.quoted(string)
    case .array(let elements):
      let plain = elements.allSatisfy { $0.object == nil && $0.array == nil }
      let deeper = plain ? nil : indent.map { $0 + 2 }
      let parts = elements.map { $0.text(indent: deeper, sorted: sorted) }
      return JSON.wrap(parts, "[", "]", indent: plain ? nil : indent, spaced: indent != nil)
    case .object(let object):
      let keys = sorted ? object.keys.sorted() : object.keys
      let parts = keys.map { key in
        JSON.quoted(key) + (indent == nil ? ":" : ": ")
          + (object[key] ?? .null).text(indent: indent.map { $0 + 2 }, sorted: sorted)
      }
      return JSON.wrap(parts, "{", "}", indent: indent, spaced: false)
    }
  }

  private static func wrap(
    _ parts: [String], _ open: String, _ close: String, indent: Int?, spaced: Bool
  ) -> String {
    guard let indent, !parts.isEmpty else {
      return open + parts.joined(separator: spaced ? ", " : ",") + close
    }
    let margin = String(repeating: " ", count: indent)
    return open + "\n" + parts.map { margin + "  " + $0 }.joined(separator: ",\n") + "\n" + margin + close
  }

  /// Shortest text that reads back as the same number; whole numbers without a fraction.
  private static func text(of number: Double) -> String {
    if number == number.rounded(), abs(number) < 1e15 { return String(Int64(number)) }
    return number.isFinite ? "\(number)" : "null"
  }

  private static func quoted(_ string: String) -> String {
    var text = "\""
    for scalar in string.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\t": text += "\\t"
      case "\r": text += "\\r"
      case "\u{0}"..<"\u{20}":
        let digits = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text + "\""
  }
}
