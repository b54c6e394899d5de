import Beckon

/// Reads a table of events: CSV, TSV and their like.
struct TableSource: DatasetSource {
  struct Configuration: Codable, Equatable, Sendable {
    /// The file.
    var path = "events.csv"
    /// What divides the fields. Where it is a comma or a semicolon, fields may be quoted.
    var separator = ","
    /// Whether the first line names the columns; without it columns are given by number.
    var header = true
    /// Column of the user, by name or number from 1.
    var user = "1"
    /// Column of the item, by name or number from 1.
    var item = "2"
    /// Column of the rating, by name or number from 1; empty for none.
    var rating = ""
    /// Column of the time, by name or number from 1: numbers, or dates such as `2009-04-01` and
    /// `2009-04-01 23:59:59`. Empty for none, then events are in the order of the file.
    var time = ""
    /// A table of item names and categories.
    var items = ItemTable()
    /// A second such table, laid over the first: names may come from one file and categories from another.
    var itemCategories = ItemTable()
  }

  static let about = About(
    "table", "A table with an event a line, CSV or TSV, its columns given by name or number.")
  static let defaults = Configuration()
  static func check(_ configuration: Configuration, _ checks: inout Checks) {
    checks.require(
      !configuration.separator.isEmpty, "separator", "is empty; expected for example \",\" or \"\\t\".")
    checks.require(!configuration.user.isEmpty, "user", "is empty; expected the column of the users.")
    checks.require(!configuration.item.isEmpty, "item", "is empty; expected the column of the items.")
    ItemTable.check(configuration.items, configuration.itemCategories, &checks)
  }

  let configuration: Configuration

  func load(_ locations: DataLocations) throws -> Interactions {
    let file = try Problem.at("dataset.path") { try TextFile(locations.find(configuration.path)) }
    let separator = FieldSeparator(configuration.separator)
    var events = try EventReading.read(file, separator: separator, header: configuration.header) {
      try columns($0, separator)
    }
    try ItemTable.apply(configuration.items, configuration.itemCategories, to: &events.catalogue, locations)
    return events
  }

  private func columns(_ line: Line, _ separator: FieldSeparator) throws -> EventColumns {
    let header = try Header(line, separator: separator, isNamed: configuration.header)
    if header.names.count == 1 {
      let hint = separator.likelier(for: line).map {
        " It looks \($0.name)-separated: set \"separator\": \($0.json)."
      }
      throw line.problem(
        "expected at least 2 \(separator.name)-separated fields, found '\(line.excerpt)'.\(hint ?? "")")
    }
    func optional(_ column: String, _ key: String) throws -> Int? {
      column.isEmpty ? nil : try header.index(of: column, key: "dataset.\(key)")
    }
    let columns = EventColumns(
      user: try header.index(of: configuration.user, key: "dataset.user"),
      item: try header.index(of: configuration.item, key: "dataset.item"),
      rating: try optional(configuration.rating, "rating"),
      time: try optional(configuration.time, "time").map { .field($0) },
      fields: header.names.count, names: configuration.header ? header.names.joined(separator: ", ") : "")
    guard columns.user != columns.item else {
      throw Problem(
        "dataset.item", "users and items are the same column of \(line.file.name), '\(configuration.item)'.")
    }
    return columns
  }
}
