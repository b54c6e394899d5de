import Beckon

/// Reads RecBole's atomic files.
struct RecBoleSource: DatasetSource {
  struct Configuration: Codable, Equatable, Sendable {
    /// A `.inter` file, or a folder with one. A `.item` file of the same name beside it is read for `name` and
    /// `categories`.
    var path = "ml-100k"
    /// Field of the user.
    var user = "user_id"
    /// Field of the item, in both files.
    var item = "item_id"
    /// Field of the rating; empty for none. A file may lack it unless it is renamed here.
    var rating = "rating"
    /// Field of the time; empty for none, then events are in the order of the file. A file may lack it unless it
    /// is renamed here.
    var time = "timestamp"
    /// Field of the `.item` file that names an item, such as `movie_title`; empty for none.
    var name = ""
    /// Field of the `.item` file with the categories, such as `class`; empty for none.
    var categories = ""
    /// What divides the fields.
    var separator = "\t"
    /// What divides the tokens of a sequence.
    var sequenceSeparator = " "
    /// A table of item names and categories, laid over those of the `.item` file.
    var items = ItemTable()
    /// A second such table, laid over the first: names may come from one file and categories from another.
    var itemCategories = ItemTable()
  }

  static let about = About(
    "recbole", "RecBole's atomic files: .inter, with names and categories from .item.",
    source: "Zhao et al. 2021, doi:10.1145/3459637.3482016; the format is that of RecBole's documentation.")
  static let defaults = Configuration()
  static func check(_ configuration: Configuration, _ checks: inout Checks) {
    checks.require(!configuration.user.isEmpty, "user", "is empty; expected the field of the users.")
    checks.require(!configuration.item.isEmpty, "item", "is empty; expected the field of the items.")
    checks.require(!configuration.separator.isEmpty, "separator", "is empty; expected for example \"\\t\".")
    checks.require(
      !configuration.sequenceSeparator.isEmpty, "sequenceSeparator", "is empty; expected for example \" \".")
    ItemTable.check(configuration.items, configuration.itemCategories, &checks)
  }

  let configuration: Configuration

  func load(_ locations: DataLocations) throws -> Interactions {
    let found = try Problem.at("dataset.path") { try locations.find(configuration.path) }
    let url = try interactionFile(found)
    let file = try Problem.at("dataset.path") { try TextFile(url) }
    var events = try EventReading.read(
      file, separator: FieldSeparator(configuration.separator), header: true, columns: columns)
    try readItems(beside: url, into: &events.catalogue)
    try ItemTable.apply(configuration.items, configuration.itemCategories, to: &events.catalogue, locations)
    return events
  }

  private func interactionFile(_ found: URL) throws -> URL {
    guard DataFolder.isFolder(found) else { return found }
    let contents = try FileManager.default.contentsOfDirectory(at: found, includingPropertiesForKeys: nil)
    let files = contents.filter { $0.pathExtension == "inter" }
    if files.count == 1 { return files[0] }
    let folder = found.path(percentEncoded: false)
    guard !files.isEmpty else { throw Problem("dataset.path", "there is no .inter file in '\(folder)'.") }
    let names = files.map(\.lastPathComponent).sorted().joined(separator: ", ")
    throw Problem("dataset.path", "'\(folder)' has \(files.count) .inter files: \(names). Name one of them.")
  }

  private func columns(_ line: Line) throws -> EventColumns {
    let header = try fields(line)
    let fields = try FieldSeparator(configuration.separator).texts(line)
    return EventColumns(
      user: try header.index(of: configuration.user, key: "dataset.user"),
      item: try header.index(of: configuration.item, key: "dataset.item"),
      rating: try optional(configuration.rating, Self.defaults.rating, header, key: "dataset.rating"),
      time: try optional(configuration.time, Self.defaults.time, header, key: "dataset.time")
        .map { .field($0) },
      fields: fields.count, names: header.names.joined(separator: ", "))
  }

  /// A field that a file may lack, as long as nobody asked for it by another name.
  private func optional(_ name: String, _ usual: String, _ header: Header, key: String) throws -> Int? {
    if name.isEmpty { return nil }
    return name == usual ? header.names.firstIndex(of: name) : try header.index(of: name, key: key)
  }

  /// The header `field:type field:type …`.
  private func fields(_ line: Line) throws -> Header {
    let separator = FieldSeparator(configuration.separator)
    let types = ["token", "token_seq", "float", "float_seq"]
    let names = try separator.texts(line).map { field -> String in
      let parts = field.split(separator: ":", omittingEmptySubsequences: false)
      if parts.count == 2, types.contains(String(parts[1])) { return String(parts[0]) }
      var fact = "expected a header of fields 'name:type', \(separator.name)-separated, type one of "
      fact += types.joined(separator: ", ") + "; found '\(field)'."
      if let other = separator.likelier(for: line), parts.count > 2 {
        fact += " The line looks \(other.name)-separated: set \"separator\": \(other.json)."
      }
      throw line.problem(fact)
    }
    return Header(names: names, file: line.file.name)
  }

  private func readItems(beside url: URL, into catalogue: inout ItemCatalogue) throws {
    guard !configuration.name.isEmpty || !configuration.categories.isEmpty else { return }
    let name = url.deletingPathExtension().lastPathComponent + ".item"
    let file = try DataFolder.file(name, in: url.deletingLastPathComponent())
    let separator = FieldSeparator(configuration.separator)
    let tokens = FieldSeparator(configuration.sequenceSeparator)
    let indices = Dictionary(catalogue.identifiers.enumerated().map { ($1, $0) }) { first, _ in first }
    var columns: (count: Int, item: Int, name: Int?, categories: Int?)?
    try file.forEachLine { line in
      guard let known = columns else {
        let header = try fields(line)
        let (title, group) = (configuration.name, configuration.categories)
        columns = (
          header.names.count, try header.index(of: configuration.item, key: "dataset.item"),
          title.isEmpty ? nil : try header.index(of: title, key: "dataset.name"),
          group.isEmpty ? nil : try header.index(of: group, key: "dataset.categories")
        )
        return
      }
      let values = try separator.texts(line)
      guard values.count == known.count else {
        throw line.problem(
          "expected \(known.count) \(separator.name)-separated fields, found \(values.count).")
      }
      guard let item = indices[values[known.item]] else { return }
      if let column = known.name, !values[column].isEmpty { catalogue.names[item] = values[column] }
      if let column = known.categories { catalogue.categories[item] = tokens.parts(of: values[column]) }
    }
  }
}
