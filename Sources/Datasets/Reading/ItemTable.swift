import Beckon

/// A table of what is known of the items beside the events: names, categories.
struct ItemTable: Codable, Equatable, Sendable {
  /// File, looked up like the dataset's own; empty for none.
  var path = ""
  /// Column of the identifier used in the events, by header name or number from 1.
  var id = "1"
  /// Column of the name; empty if the table has none.
  var name = ""
  /// Column of the categories; empty if the table has none. An item may have several rows: their categories add up.
  var categories = ""
  /// What divides the columns.
  var separator = "\t"
  /// What divides the categories inside their column.
  var categorySeparator = "|"
  /// Whether the first line names the columns.
  var header = true

  /// Checks both tables of a reader.
  static func check(_ items: ItemTable, _ itemCategories: ItemTable, _ checks: inout Checks) {
    items.check("items", &checks)
    itemCategories.check("itemCategories", &checks)
  }

  /// Lays both tables of a reader over the catalogue, in order.
  static func apply(
    _ items: ItemTable, _ itemCategories: ItemTable, to catalogue: inout ItemCatalogue,
    _ locations: DataLocations
  ) throws {
    try items.apply(to: &catalogue, key: "items", locations)
    try itemCategories.apply(to: &catalogue, key: "itemCategories", locations)
  }

  /// Refuses a table that could not say anything.
  private func check(_ key: String, _ checks: inout Checks) {
    guard !path.isEmpty else { return }
    checks.require(!id.isEmpty, "\(key).id", "is empty; expected the column of the item identifiers.")
    checks.require(!separator.isEmpty, "\(key).separator", "is empty; expected for example \"\\t\" or \",\".")
    checks.require(
      !categorySeparator.isEmpty, "\(key).categorySeparator", "is empty; expected for example \"|\".")
    checks.require(
      !name.isEmpty || !categories.isEmpty, key,
      "the table \(path) names neither a name column nor a categories column, so it would change nothing.")
  }

  /// Lays the table's names and categories over those of the catalogue; items without a row stay as they are.
  ///
  /// - Throws: what `read` throws, or `Problem` if the file is missing.
  private func apply(to catalogue: inout ItemCatalogue, key: String, _ locations: DataLocations) throws {
    guard !path.isEmpty else { return }
    let file = try Problem.at("dataset.\(key).path") { try TextFile(locations.find(path)) }
    let list = FieldSeparator(categorySeparator)
    try Problem.at("dataset.\(key)") {
      try read(file, FieldSeparator(separator), into: &catalogue) { list.parts(of: $0) }
    }
  }

  /// Lays the rows of a file over the catalogue.
  ///
  /// - Parameters:
  ///   - separator: What divides the columns: the table's own, or one that is told more of quotes.
  ///   - list: Divides the field of the categories.
  /// - Throws: `Problem` if a column is missing, or if no row is of a known item.
  func read(
    _ file: TextFile, _ separator: FieldSeparator, into catalogue: inout ItemCatalogue,
    list: (String) throws -> [String]
  ) throws {
    let indices = Dictionary(catalogue.identifiers.enumerated().map { ($1, $0) }) { first, _ in first }
    var columns: (header: Header, id: Int, name: Int?, categories: Int?)?
    var seen: Set<Int> = []
    var rows = 0
    try file.forEachRecord(separator) { line in
      if columns == nil {
        let found = try Header(line, separator: separator, isNamed: header)
        columns = (
          found, try found.index(of: id, key: "id"),
          name.isEmpty ? nil : try found.index(of: name, key: "name"),
          categories.isEmpty ? nil : try found.index(of: categories, key: "categories")
        )
        if header { return }
      }
      guard let columns else { return }
      let fields = try separator.texts(line)
      let expected = columns.header.names.count
      guard fields.count == expected else {
        throw line.problem("expected \(expected) \(separator.name)-separated fields, found \(fields.count).")
      }
      rows += 1
      guard let item = indices[fields[columns.id]] else { return }
      if let column = columns.name, !fields[column].isEmpty { catalogue.names[item] = fields[column] }
      let isFirstRow = seen.insert(item).inserted
      if let column = columns.categories {
        if isFirstRow { catalogue.categories[item] = [] }
        for category in try list(fields[column]) where !catalogue.categories[item].contains(category) {
          catalogue.categories[item].append(category)
        }
      }
    }
    guard !seen.isEmpty else {
      throw Problem(
        "",
        "none of the \(rows) rows of \(file.name) is of an item of the dataset; "
          + "the events name items such as '\(catalogue.identifiers.first ?? "")'. Is 'id' the right column?")
    }
  }
}

extension Problem {
  /// Does something, and puts a place before those of the problems it throws.
  static func at<T>(_ place: String, _ body: () throws -> T) throws -> T {
    do { return try body() } catch let problem as Problem {
      throw Problem(problem.place.isEmpty ? place : "\(place).\(problem.place)", problem.fact)
    }
  }
}
