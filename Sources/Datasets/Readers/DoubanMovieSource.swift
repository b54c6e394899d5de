import Beckon

/// Reads the films of the Douban collection on Kaggle: a review is an event.
///
/// `path` is the folder with `moviereviews_cleaned.txt` and, for names and tags, `movies_cleaned.txt`: tables between
/// tabs, their texts in quotes, columns found by their names. A review names its film by the `UID` of the films' table.
struct DoubanMovieSource: DatasetSource {
  struct Configuration: Codable, Equatable, Sendable {
    /// The folder.
    var path = "douban"
    /// What to do about reviews without a user, film, rating or time: `error`, or `drop` to leave them out.
    var incompleteRows = IncompleteRows.error
    /// A table of item names and categories, laid over those of the films' table.
    var items = ItemTable()
    /// A second such table, laid over the first: names may come from one file and categories from another.
    var itemCategories = ItemTable()
  }

  /// What to do about incomplete reviews.
  enum IncompleteRows: String, Choice {
    case error, drop
  }

  static let about = About(
    "douban-movie", "Douban's films: moviereviews_cleaned.txt, with names and tags from movies_cleaned.txt.",
    source:
      "kaggle.com/datasets/fengzhujoey/douban-datasetratingreviewside-information; the columns are those "
      + "that published programs read from it.")
  static let defaults = Configuration()
  static func check(_ configuration: Configuration, _ checks: inout Checks) {
    ItemTable.check(configuration.items, configuration.itemCategories, &checks)
  }

  let configuration: Configuration

  func load(_ locations: DataLocations) throws -> Interactions {
    let folder = try Problem.at("dataset.path") { try locations.find(configuration.path) }
    let reviews = try DataFolder.file("moviereviews_cleaned.txt", in: folder)
    var events = try EventReading.read(reviews, separator: Self.tab, header: true, columns: columns)
    let films = try DataFolder.file("movies_cleaned.txt", in: folder)
    try Problem.at("dataset.path") {
      try ItemTable(id: "UID", name: "name", categories: "tag").read(
        films, Self.tab, into: &events.catalogue, list: Self.tags)
    }
    try ItemTable.apply(configuration.items, configuration.itemCategories, to: &events.catalogue, locations)
    return events
  }

  private static let tab = FieldSeparator("\t", quotes: .loose)

  private func columns(_ line: Line) throws -> EventColumns {
    let header = try Header(line, separator: Self.tab, isNamed: true)
    func index(_ name: String) throws -> Int { try header.index(of: name, key: "dataset.path") }
    return EventColumns(
      user: try index("user_id"), item: try index("movie_id"), rating: try index("rating"),
      time: .field(try index("time")), fields: header.names.count,
      names: header.names.joined(separator: ", "),
      incomplete: configuration.incompleteRows == .drop
        ? .drop : .refuse(hint: " To leave such rows out, set \"incompleteRows\": \"drop\"."))
  }

  /// The tags of a film: a list as Python prints it, `['剧情', '犯罪']`, or texts between bars.
  private static func tags(_ field: String) -> [String] {
    if field.hasPrefix("["), let list = try? Literal(parsing: field) { return list.texts }
    return FieldSeparator("|").parts(of: field)
  }
}
