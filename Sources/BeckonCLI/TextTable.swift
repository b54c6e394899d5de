import Beckon

/// Columns for people: the first row is the head.
enum TextTable {
  /// The rows under one another, with a rule below the head.
  static func text(_ rows: [[String]]) -> String {
    guard let head = rows.first else { return "" }
    let widths = head.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    let rule = widths.map { String(repeating: "-", count: $0) }
    return ([head, rule] + rows.dropFirst()).map { row in
      let cells = zip(row, widths).map { $0.padded(to: $1) }
      var line = cells.joined(separator: "  ")
      while line.last == " " { line.removeLast() }
      return line + "\n"
    }.joined()
  }
}

extension String {
  /// With spaces behind it up to a width in characters; as it is if it is wider. Not `padding(toLength:)`, which counts in
  /// UTF-16 and cuts off what is longer there.
  func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
