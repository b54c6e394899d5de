import Beckon

/// Where a line of a file keeps the parts of an event: column indices from 0.
struct EventColumns: Sendable {
  /// The columns of every MovieLens release.
  static let movieLens = EventColumns(
    user: 0, item: 1, rating: 2, time: 3, fields: 4, names: "user, item, rating, timestamp")

  /// The user's identifier.
  var user: Int
  /// The item's identifier.
  var item: Int
  /// The rating, if the format has one.
  var rating: Int?
  /// The time, if the format has one.
  var time: Int?
  /// Fields in each line.
  var fields: Int
  /// What the fields are, for messages: `user, item, rating, timestamp`; empty if they have no names.
  var names: String
}

/// Collects the events of a file: one line, one event.
struct EventReading {
  private let columns: EventColumns
  private let separator: FieldSeparator
  private var events = Interactions()
  private var users = IdentifierTable()
  private var items = IdentifierTable()
  private var fields: [Field] = []

  init(_ columns: EventColumns, separator: FieldSeparator) {
    self.columns = columns
    self.separator = separator
  }

  /// The events of a whole file without a header.
  static func read(
    _ file: TextFile, _ columns: EventColumns, separator: FieldSeparator
  ) throws -> Interactions {
    var reading = EventReading(columns, separator: separator)
    try file.forEachLine { try reading.append($0) }
    return reading.events
  }

  /// The events so far.
  var interactions: Interactions { events }

  /// Adds the event of a line.
  ///
  /// - Throws: `LineProblem` if the line has other fields than expected.
  mutating func append(_ line: Line) throws {
    try separator.split(line, into: &fields)
    guard fields.count == columns.fields else { throw wrongCount(line) }
    let user = fields[columns.user]
    let item = fields[columns.item]
    if user.range.isEmpty { throw line.problem("the user's field (column \(columns.user + 1)) is empty.") }
    if item.range.isEmpty { throw line.problem("the item's field (column \(columns.item + 1)) is empty.") }
    if let column = columns.rating { events.ratings.append(Float(try number(line, column, "rating"))) }
    if let column = columns.time { events.times.append(try number(line, column, "time")) }
    let (userNumber, isNewUser) = users.number(of: line.bytes[user.range])
    if isNewUser { events.userIdentifiers.append(line.text(user)) }
    let (itemNumber, isNewItem) = items.number(of: line.bytes[item.range])
    if isNewItem { events.catalogue.append(line.text(item)) }
    events.users.append(userNumber)
    events.items.append(itemNumber)
  }

  private func number(_ line: Line, _ column: Int, _ role: String) throws -> Double {
    let field = fields[column]
    if let value = Numbers.real(line.bytes[field.range]) { return value }
    throw line.problem("the \(role) '\(line.text(field))' (column \(column + 1)) is not a number.")
  }

  private func wrongCount(_ line: Line) -> LineProblem {
    let names = columns.names.isEmpty ? "" : " (\(columns.names))"
    var fact =
      "expected \(columns.fields) \(separator.name)-separated fields\(names), found \(fields.count)."
    if fields.count == 1, let other = separator.likelier(for: line) {
      fact += " The line looks \(other.name)-separated."
    }
    return line.problem(fact)
  }
}
