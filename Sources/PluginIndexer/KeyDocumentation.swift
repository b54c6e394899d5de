import Foundation

/// The doc comments of configurations' keys, which a compiled program no longer has.
///
/// Types are told by their indentation, which the formatter keeps.
struct KeyDocumentation {
  /// By type, such as `SigmoidClickModel.Configuration`, then by property.
  private(set) var comments: [String: [String: String]] = [:]

  /// Reads Swift files.
  mutating func read(_ text: String) {
    var types: [(indent: Int, name: String)] = []
    var comment: [Substring] = []
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      let code = line.drop { $0 == " " }
      let indent = line.count - code.count
      if code.hasPrefix("///") {
        comment.append(code.dropFirst(3).drop { $0 == " " })
        continue
      }
      defer { comment = [] }
      // A type ends where something stands at its own depth: its closing brace, unless its head goes on.
      if let first = code.first, first != "{", first != "#", !code.hasPrefix("where ") {
        types.removeAll { $0.indent >= indent }
      }
      let words = code.split { !($0.isLetter || $0.isNumber || $0 == "_" || $0 == ".") }
      guard let place = words.firstIndex(where: { Self.keywords.contains($0) }), place + 1 < words.count,
        words[..<place].allSatisfy({ Self.modifiers.contains($0) })
      else { continue }
      let name = String(words[place + 1])
      guard words[place] == "var" || words[place] == "let" else {
        types.append((indent, name))
        continue
      }
      let owners = types.filter { $0.indent < indent }
      guard !comment.isEmpty, owners.last?.indent == indent - 2 else { continue }
      let sentence = comment.prefix { !$0.hasPrefix("- ") }.joined(separator: " ")
      comments[owners.map(\.name).joined(separator: "."), default: [:]][name] =
        sentence.trimmingCharacters(in: .whitespaces)
    }
  }

  private static let keywords: Set<Substring> = [
    "var", "let", "struct", "enum", "class", "extension", "protocol",
  ]
  private static let modifiers: Set<Substring> = [
    "public", "private", "fileprivate", "internal", "final", "set",
  ]

  /// A JSON object on one line, keys sorted.
  ///
  /// - Throws: what the encoder throws.
  func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(comments), as: UTF8.self)
  }
}
