import Beckon

/// Reads the Last.fm data of HetRec 2011 as they are published.
///
/// `path` is the folder with `artists.dat`, `tags.dat`, and either `user_taggedartists.dat` or
/// `user_taggedartists-timestamps.dat`; with `"events": "listened"` also `user_artists.dat`. An item's categories are
/// the tags that users gave the artist. Artists that `artists.dat` does not list have no name; the filter `named`
/// drops them.
struct HetRecLastFMSource: DatasetSource {
  struct Configuration: Codable, Equatable, Sendable {
    /// The folder.
    var path = "hetrec2011-lastfm-2k"
    /// What counts as an event: `tagged`, a user's first tag of an artist in the order of the file, with its day;
    /// `listened`, an artist a user played, rated by the number of plays. That file knows no time: its order is no
    /// history.
    var events = Events.tagged
    /// Which tags are an artist's categories: `all`, or `first-rows`, those in the first row of each user and artist
    /// alone, which ITMPRec's data have.
    var tags = Tags.all
    /// A table of item names and categories, laid over those of the release.
    var items = ItemTable()
    /// A second such table, laid over the first: names may come from one file and categories from another.
    var itemCategories = ItemTable()
  }

  /// What counts as an event.
  enum Events: String, Choice {
    case tagged, listened
  }

  /// Which tags are an artist's categories.
  enum Tags: String, Choice {
    case all
    case firstRows = "first-rows"
  }

  static let about = About(
    "hetrec-lastfm",
    "HetRec 2011's Last.fm: who tagged or played which artist, with artists' names and tags.",
    source:
      "Cantador, Brusilovsky & Kuflik 2011, doi:10.1145/2043932.2044016; the file formats are those of its "
      + "readme. The preset 'itmprec' gives the events and categories of ITMPRec's "
      + "LastFM, after the filters 'itmprec-5-core' and 'named'.")
  static let defaults = Configuration()
  static let presets = ["itmprec": Configuration(tags: .firstRows)]
  static func check(_ configuration: Configuration, _ checks: inout Checks) {
    ItemTable.check(configuration.items, configuration.itemCategories, &checks)
  }

  let configuration: Configuration

  var terms: DataTerms? { .hetRecLastFM(configuration.path) }

  func load(_ locations: DataLocations) throws -> Interactions {
    let folder = try Problem.at("dataset.path") { try locations.find(configuration.path) }
    let assignments =
      try DataFolder.optionalFile("user_taggedartists.dat", in: folder)
      ?? DataFolder.file("user_taggedartists-timestamps.dat", in: folder)
    var events =
      switch configuration.events {
      case .tagged: try tagged(assignments)
      case .listened: try listened(DataFolder.file("user_artists.dat", in: folder))
      }
    try ItemTable(id: "id", name: "name").read(
      DataFolder.file("artists.dat", in: folder), Self.tab, into: &events.catalogue
    ) { _ in [] }
    try addTags(assignments, names: tagNames(folder), to: &events.catalogue)
    try ItemTable.apply(configuration.items, configuration.itemCategories, to: &events.catalogue, locations)
    return events
  }

  private static let tab = FieldSeparator("\t")

  private func tagged(_ file: TextFile) throws -> Interactions {
    let rows = try events(file) { header in
      guard let timestamp = header.find("timestamp") else {
        let parts = try ["day", "month", "year"].map { try header.index(of: $0, key: "dataset.path") }
        return (rating: nil, time: .date(day: parts[0], month: parts[1], year: parts[2]))
      }
      return (rating: nil, time: .field(timestamp))
    }
    var seen: Set<[Int32]> = []
    return rows.keeping { seen.insert([rows.users[$0], rows.items[$0]]).inserted }
  }

  private func listened(_ file: TextFile) throws -> Interactions {
    try events(file) { (rating: try $0.index(of: "weight", key: "dataset.path"), time: nil) }
  }

  private func events(
    _ file: TextFile, _ other: (Header) throws -> (rating: Int?, time: EventColumns.Time?)
  ) throws -> Interactions {
    try EventReading.read(file, separator: Self.tab, header: true) { line in
      let header = try Header(line, separator: Self.tab, isNamed: true)
      let (rating, time) = try other(header)
      return EventColumns(
        user: try header.index(of: "userID", key: "dataset.path"),
        item: try header.index(of: "artistID", key: "dataset.path"), rating: rating, time: time,
        fields: header.names.count, names: header.names.joined(separator: ", "))
    }
  }

  private func tagNames(_ folder: URL) throws -> [String: String] {
    var names: [String: String] = [:]
    try DataFolder.file("tags.dat", in: folder).forEachLine { line in
      let fields = try Self.tab.texts(line)
      guard fields.count == 2 else {
        throw line.problem("expected 2 tab-separated fields (tagID, tagValue), found \(fields.count).")
      }
      names[fields[0]] = fields[1]
    }
    return names
  }

  /// Gives each artist its tags, in the order in which the file first has them.
  private func addTags(
    _ file: TextFile, names: [String: String], to catalogue: inout ItemCatalogue
  ) throws {
    let indices = Dictionary(catalogue.identifiers.enumerated().map { ($1, $0) }) { first, _ in first }
    var columns: (user: Int, item: Int, tag: Int)?
    var seen: Set<[String]> = []
    var pairs: Set<[String]> = []
    try file.forEachLine { line in
      guard let (user, item, tag) = columns else {
        let header = try Header(line, separator: Self.tab, isNamed: true)
        let found = try ["userID", "artistID", "tagID"].map { try header.index(of: $0, key: "dataset.path") }
        columns = (found[0], found[1], found[2])
        return
      }
      let fields = try Self.tab.texts(line)
      guard max(user, item, tag) < fields.count else {
        throw line.problem("expected at least \(max(user, item, tag) + 1) fields, found \(fields.count).")
      }
      guard let index = indices[fields[item]] else { return }
      let counts = configuration.tags == .all || pairs.insert([fields[user], fields[item]]).inserted
      guard counts, seen.insert([fields[item], fields[tag]]).inserted else { return }
      guard let name = names[fields[tag]] else { throw line.problem("tags.dat has no tag '\(fields[tag])'.") }
      catalogue.categories[index].append(name)
    }
  }
}

extension DataTerms {
  /// What the readme of HetRec's Last.fm asks.
  static func hetRecLastFM(_ folder: String) -> DataTerms {
    DataTerms(
      folder: folder, files: ["readme.txt"],
      summary: "non-commercial use; cite Last.fm and the HetRec 2011 workshop")
  }
}
