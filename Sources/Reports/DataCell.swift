import Beckon

/// A number in a table, with what stands beside it.
struct DataCell {
  /// What the column is sorted by; nil sorts last.
  let value: Double?
  /// What is read.
  let text: String
  /// Behind ±; empty for none.
  var spread = ""
  /// Behind the number, in small letters.
  var note = ""
  var place: ResultTable.Place?
  /// A sign above the line.
  var mark = ""
  /// Said under the pointer.
  var title = ""

  /// No number.
  static let missing = DataCell(value: nil, text: "–", title: "no run can give it")

  /// The cell's markup.
  ///
  /// - Parameter kind: class of the column.
  func html(_ kind: HTML) -> HTML {
    guard let value else { return "<td class=\"\(kind) missing\" title=\"\(title)\">\(text)</td>" }
    let number: HTML
    switch place {
    case .best: number = "<strong>\(text)</strong>"
    case .second: number = "<span class=\"second\">\(text)</span>"
    case nil: number = "\(text)"
    }
    let mark: HTML = mark.isEmpty ? .empty : "<sup>\(mark)</sup>"
    let spread: HTML = spread.isEmpty ? .empty : " <span class=\"spread\">± \(spread)</span>"
    let note: HTML = note.isEmpty ? .empty : " <span class=\"signs\">\(note)</span>"
    let title: HTML = title.isEmpty ? .empty : " title=\"\(title)\""
    return "<td class=\"\(kind)\" data-value=\"\("\(value)")\"\(title)>\(number)\(mark)\(spread)\(note)</td>"
  }

  /// The same for the report's script, without what it can tell by itself: value, text, spread, place, sign, note.
  var compact: JSON {
    guard let value else { return .null }
    let place = self.place.map { $0 == .best ? "b" : "s" } ?? ""
    var parts: [JSON] = [
      .number(Double(String(format: "%.9g", value)) ?? value), .string(text), .string(spread), .string(place),
      .string(mark), .string(note),
    ]
    while parts.last == .string("") { parts.removeLast() }
    return .array(parts)
  }
}
