import Beckon

/// Reads the reviews of Steam's games: a review is an event.
///
/// `path` is the folder with `steam_reviews.json` and, for titles and genres, `steam_games.json`. The public files hold
/// a dictionary of Python in each line, copies of them JSON; both are read.
struct SteamSource: DatasetSource {
  struct Configuration: Codable, Equatable, Sendable {
    /// The folder.
    var path = "steam"
    /// What tells users apart: `username`, which every review has, or `user_id`, which some lack.
    var user = User.username
    /// Which of a game's lists are its categories: `genres` or `tags`.
    var categories = Categories.genres
    /// A table of item names and categories, laid over those of the games' file.
    var items = ItemTable()
    /// A second such table, laid over the first: names may come from one file and categories from another.
    var itemCategories = ItemTable()
  }

  /// What tells users apart.
  enum User: String, Choice {
    case username
    case userID = "user_id"
  }

  /// Which of a game's lists are its categories.
  enum Categories: String, Choice {
    case genres, tags
  }

  static let about = About(
    "steam", "Reviews of Steam's games, a user, game and day each: steam_reviews.json, steam_games.json.",
    source: "Kang & McAuley 2018, doi:10.1109/ICDM.2018.00035, which collected them; users are told apart by "
      + "their names, as there.")
  static let defaults = Configuration()
  static func check(_ configuration: Configuration, _ checks: inout Checks) {
    ItemTable.check(configuration.items, configuration.itemCategories, &checks)
  }

  let configuration: Configuration

  func load(_ locations: DataLocations) throws -> Interactions {
    let folder = try Problem.at("dataset.path") { try locations.find(configuration.path) }
    var events = try reviews(DataFolder.file("steam_reviews.json", in: folder))
    if let games = try DataFolder.optionalFile("steam_games.json", in: folder) {
      try read(games, into: &events.catalogue)
    }
    try ItemTable.apply(configuration.items, configuration.itemCategories, to: &events.catalogue, locations)
    return events
  }

  private func reviews(_ file: TextFile) throws -> Interactions {
    let keys = [configuration.user.rawValue, "product_id", "date"]
    let wanted = Set(keys)
    var list = EventList()
    try file.forEachLine { line in
      let members = try line.members(wanted)
      let values = try keys.map { key in
        guard let text = members[key]?.text, !text.isEmpty else {
          throw line.problem("expected the keys \(keys.joined(separator: ", ")); there is no '\(key)'.")
        }
        return text
      }
      guard let time = CalendarDate.seconds(values[2]) else {
        throw line.problem("the date '\(values[2])' is no day such as 2017-12-31.")
      }
      list.append(user: values[0], item: values[1])
      list.events.times.append(time)
    }
    return list.events
  }

  /// Lays titles and categories over the catalogue. A few games of the public file have no `id`; nobody can mean them.
  private func read(_ file: TextFile, into catalogue: inout ItemCatalogue) throws {
    let indices = Dictionary(catalogue.identifiers.enumerated().map { ($1, $0) }) { first, _ in first }
    let wanted: Set = ["id", "title", "app_name", configuration.categories.rawValue]
    try file.forEachLine { line in
      let members = try line.members(wanted)
      guard let id = members["id"]?.text, let item = indices[id] else { return }
      if let name = ["title", "app_name"].lazy.compactMap({ members[$0]?.text }).first(where: { !$0.isEmpty })
      {
        catalogue.names[item] = name
      }
      catalogue.categories[item] = members[configuration.categories.rawValue]?.texts ?? []
    }
  }
}
