import Beckon

/// Where a line of a file keeps the parts of an event: column indices from 0.
struct EventColumns: Sendable {
  /// The columns of every MovieLens release.
  static let movieLens = EventColumns(
    user: 0, item: 1, rating: 2, time: .field(3), fields: 4, names: "user, item, rating, timestamp")

  /// Where a line says when.
  enum Time: Sendable {
    /// A number, or a date such as `2009-04-01`.
    case field(Int)
    /// A date in three columns.
    case date(day: Int, month: Int, year: Int)
  }

  /// What to do about a line that lacks a part of its event.
  enum Incomplete: Sendable {
    /// An error, which ends with what may be done about it.
    case refuse(hint: String)
    /// The line is left out.
    case drop
  }

  /// The user's identifier.
  var user: Int
  /// The item's identifier.
  var item: Int
  /// The rating, if the format has one.
  var rating: Int?
  /// The time, if the format has one.
  var time: Time?
  /// Fields in each line.
  var fields: Int
  /// What the fields are, for messages: `user, item, rating, timestamp`; empty if they have no names.
  var names: String
  /// What to do about lines in which one of the fields above is empty.
  var incomplete = Incomplete.refuse(hint: "")

  /// The columns that must not be empty, with what they hold.
  fileprivate var required: [(role: String, column: Int)] {
    var columns = [("user", user), ("item", item)]
    if let rating { columns.append(("rating", rating)) }
    switch time {
    case nil: break
    case .field(let column): columns.append(("time", column))
    case .date(let day, let month, let year): columns += [("day", day), ("month", month), ("year", year)]
    }
    return columns
  }
}

/// Collects the events of a file: one line, one event.
struct EventReading {
  private let columns: EventColumns
  private let required: [(role: String, column: Int)]
  private let separator: FieldSeparator
  private var list = EventList()
  private var fields: [Field] = []
  private var hasDates: Bool?

  private init(_ columns: EventColumns, separator: FieldSeparator) {
    self.columns = columns
    required = columns.required
    self.separator = separator
  }

  /// The events of a file.
  ///
  /// - Parameters:
  ///   - header: Whether the first line names the columns.
  ///   - columns: Finds the columns by the first line, be it a header or data.
  static func read(
    _ file: TextFile, separator: FieldSeparator, header: Bool, columns: (Line) throws -> EventColumns
  ) throws -> Interactions {
    var reading = try file.first(separator) { line in
      line.isBlank ? nil : EventReading(try columns(line), separator: separator)
    }
    try file.forEachRecord(separator) { line in
      if header, line.number == 1 { return }
      try reading?.append(line)
    }
    guard let events = reading?.list.events, events.count > 0 else {
      throw Problem("dataset.path", "\(file.name) has a header and nothing below it.")
    }
    return events
  }

  private mutating func append(_ line: Line) throws {
    try separator.split(line, into: &fields)
    guard fields.count == columns.fields else { throw wrongCount(line) }
    if let (role, column) = required.first(where: { fields[$0.column].range.isEmpty }) {
      guard case .refuse(let hint) = columns.incomplete else { return }
      throw line.problem("the \(role)'s field (column \(column + 1)) is empty.\(hint)")
    }
    if let column = columns.rating { list.events.ratings.append(Float(try number(line, column, "rating"))) }
    if let time = columns.time { list.events.times.append(try seconds(line, time)) }
    list.append(line, user: fields[columns.user], item: fields[columns.item])
  }

  private func number(_ line: Line, _ column: Int, _ role: String) throws -> Double {
    let field = fields[column]
    if let value = Numbers.real(line.bytes[field.range]) { return value }
    throw line.problem("the \(role) '\(line.text(field))' (column \(column + 1)) is not a number.")
  }

  private mutating func seconds(_ line: Line, _ time: EventColumns.Time) throws -> Double {
    switch time {
    case .date(let day, let month, let year):
      let parts = try [(day, "day"), (month, "month"), (year, "year")].map { try number(line, $0, $1) }
      if let seconds = CalendarDate.seconds(year: parts[2], month: parts[1], day: parts[0]) { return seconds }
      let text = [day, month, year].map { line.text(fields[$0]) }.joined(separator: ".")
      throw line.problem("there is no day \(text) (columns \(day + 1), \(month + 1), \(year + 1)).")
    case .field(let column):
      let bytes = line.bytes[fields[column].range]
      let number = Numbers.real(bytes)
      guard let value = number ?? CalendarDate.seconds(bytes) else {
        throw line.problem(
          "the time '\(line.text(fields[column]))' (column \(column + 1)) is neither a number nor a date "
            + "such as 2009-04-01.")
      }
      let isDate = number == nil
      guard hasDates ?? isDate == isDate else {
        throw line.problem(
          "the time '\(line.text(fields[column]))' (column \(column + 1)) is a \(isDate ? "date" : "number"), "
            + "but the lines above it have \(isDate ? "numbers" : "dates").")
      }
      hasDates = isDate
      return value
    }
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
