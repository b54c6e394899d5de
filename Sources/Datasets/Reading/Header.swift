import Beckon

/// The columns of a table, by name from its header or by number.
struct Header {
  /// Column names; `1`, `2`, … where the file has no header.
  let names: [String]
  /// Where the header stands, for messages.
  let file: String
  /// Whether the names come from the file.
  let isNamed: Bool

  /// The header's names, or the numbers of the columns of a first line of data.
  init(_ line: Line, separator: FieldSeparator, isNamed: Bool) throws {
    let texts = try separator.texts(line)
    names =
      isNamed
      ? texts.map { $0.trimmingCharacters(in: .whitespaces) }
      : texts.indices.map { "\($0 + 1)" }
    file = line.file.name
    self.isNamed = isNamed
  }

  /// A header of known names.
  init(names: [String], file: String) {
    self.names = names
    self.file = file
    isNamed = true
  }

  /// The index of a column given by name, or by number from 1.
  ///
  /// - Throws: `Problem` that lists the columns there are.
  func index(of column: String, key: String) throws -> Int {
    if let index = find(column) { return index }
    guard isNamed else {
      throw Problem(
        key,
        "'\(column)' is no column of \(file), which has \(names.count) and no header; "
          + "expected a number from 1 to \(names.count).")
    }
    let sentence = Suggestion.sentence(for: column, among: names, label: "Columns")
    throw Problem(key, "\(file) has no column '\(column)'.\(sentence)")
  }

  /// The index of a column, or nil if there is none of that name or number.
  func find(_ column: String) -> Int? {
    if let index = names.firstIndex(of: column) { return index }
    guard let number = Int(column), names.indices.contains(number - 1) else { return nil }
    return number - 1
  }
}
