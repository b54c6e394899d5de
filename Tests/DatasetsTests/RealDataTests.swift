import Beckon
import BundledPlugins
import Testing

@testable import BundledPlugins
@testable import Datasets

/// The folder of `BECKON_DATA`, or nil.
let realData = ProcessInfo.processInfo.environment["BECKON_DATA"].map { URL(filePath: $0) }

@Suite(.enabled(if: realData != nil, "needs real data: set BECKON_DATA to the folder that holds them"))
struct RealDataTests {
  private static func dataset(_ spec: String) throws -> Dataset {
    let source: any DatasetSource = try make(spec, .dataset)
    let folder = try #require(realData)
    return try DataPipeline.dataset(source: source, locations: DataLocations(folders: [folder]))
  }

  @Test func movieLens100K() throws {
    let dataset = try Self.dataset(#"{"type": "movielens-100k"}"#)
    #expect(dataset.userCount == 943)
    #expect(dataset.itemCount == 1682)
    #expect(dataset.interactionCount == 100_000)
    #expect(dataset.catalogue.names.contains("Toy Story (1995)"))
    #expect(try dataset.catalogue.items(in: "Sci-Fi").count == 101)
  }

  private static let lastFMSpec = #"""
    {"type": "sequences", "path": "lastfm/lastfm.txt",
     "items": {"path": "lastfm/derived_item_names.tsv", "id": "item_id", "name": "name"},
     "itemCategories": {"path": "lastfm/id2names_tags.txt", "id": "id", "categories": "tagValue",
                        "separator": ",", "categorySeparator": "::"}}
    """#

  /// The pool was derived with CPython's own generator.
  @Test func theReleasedPoolOfTargets() throws {
    let folder = try #require(realData)
    let lists = try JSON(
      parsing: String(contentsOf: folder.appending(path: "lastfm/derived_target_lists.json"), encoding: .utf8)
    )
    let expected = try #require(lists["prematch_pool_200_seed2021"]?.array).compactMap(\.number)
    #expect(expected.count == 200)
    let selector = PreMatchSelector(
      configuration: .init(path: "lastfm/target_items.txt", pool: 200, poolOrder: .released))
    let pool = try selector.pool(
      of: Self.dataset(Self.lastFMSpec), DataLocations(folders: [folder]), seed: 7)
    #expect(pool.map(Double.init) == expected)
  }

  @Test func lastFM() throws {
    let dataset = try Self.dataset(Self.lastFMSpec)
    #expect(dataset.userCount == 945)
    #expect(dataset.itemCount == 2782)
    #expect(dataset.interactionCount == 34_756)
    #expect(dataset.catalogue.names[1] == "Creed")
    let folder = try #require(realData)
    let targets = try String(contentsOf: folder.appending(path: "lastfm/target_items.txt"), encoding: .utf8)
    let numbers = Set(targets.split(whereSeparator: \.isNewline).compactMap { Int32($0) })
    #expect(numbers.count == 229)
    #expect(Set(try dataset.catalogue.items(in: "hard rock").map { $0 + 1 }) == numbers)
  }

  /// ITMPRec's preparation of HetRec's files leads to the published sequences: the same artists for every user and the
  /// same tags for every artist. 504 of 945 users have another order, since days are tied and the published
  /// preparation sorted them unstably.
  @Test func lastFMFromTheRawFiles() throws {
    let folder = try #require(realData)
    var registry = Registry()
    try DatasetComponents.register(in: &registry)
    try BundledPlugins.register(in: &registry)
    var problems: [Problem] = []
    let filters = ["itmprec-5-core", "named"].compactMap {
      registry.make(.filter, from: .string($0), path: "", problems: &problems)?.component as? any Filter
    }
    let source: any DatasetSource = try make(
      #"{"type": "hetrec-lastfm", "preset": "itmprec", "path": "lastfm-raw"}"#, .dataset)
    let dataset = try DataPipeline.dataset(
      source: source, filters: filters, locations: DataLocations(folders: [folder]))
    #expect(problems.isEmpty && filters.count == 2)
    #expect(dataset.userCount == 945)
    #expect(dataset.itemCount == 2782)
    #expect(dataset.interactionCount == 34_756)
    let lengths = dataset.sequences.map(\.count)
    #expect(lengths.min() == 5 && lengths.max() == 242)
    #expect(try dataset.catalogue.items(in: "hard rock").count == 229)

    let published = try Self.dataset(
      #"""
      {"type": "sequences", "path": "lastfm/lastfm.txt",
       "items": {"path": "lastfm/derived_item_names.tsv", "id": "item_id", "name": "hetrec_artist_id"},
       "itemCategories": {"path": "lastfm/id2names_tags.txt", "id": "id", "categories": "tagValue",
                          "separator": ",", "categorySeparator": "::"}}
      """#)
    let tags = Dictionary(
      uniqueKeysWithValues: zip(dataset.catalogue.identifiers, dataset.catalogue.categories))
    for (artist, theirs) in zip(published.catalogue.names, published.catalogue.categories) {
      // That copy of the tags has lost one letter.
      let found = try #require(tags[artist]).map { $0.replacing("español", with: "espa\u{FFFD}ol") }
      #expect(Set(found) == Set(theirs), "artist \(artist)")
    }
    let users = try String(contentsOf: folder.appending(path: "lastfm/derived_user_ids.tsv"), encoding: .utf8)
    let rows = users.split(whereSeparator: \.isNewline).dropFirst().map { $0.split(separator: "\t") }
    let raw = Dictionary(uniqueKeysWithValues: rows.map { (String($0[0]), String($0[1])) })
    let ours = Dictionary(
      uniqueKeysWithValues: zip(
        dataset.users, dataset.sequences.map { $0.map { dataset.catalogue.identifiers[Int($0)] } }))
    let events = try source.load(DataLocations(folders: [folder]))
    let times = Dictionary(
      uniqueKeysWithValues: (0..<events.count).map { row in
        let user = events.userIdentifiers[Int(events.users[row])]
        return ([user, events.catalogue.identifiers[Int(events.items[row])]], events.times[row])
      })
    var reordered = 0
    for (user, sequence) in zip(published.users, published.sequences) {
      let theirs = sequence.map { published.catalogue.names[Int($0)] }
      let name = try #require(raw[user])
      let found = try #require(ours[name])
      let days = theirs.compactMap { times[[name, $0]] }
      #expect(days == days.sorted() && days.count == theirs.count, "user \(user)")
      #expect(found.sorted() == theirs.sorted(), "user \(user)")
      if found != theirs { reordered += 1 }
    }
    #expect(reordered == 504)
  }

  @Test func beauty() throws {
    let dataset = try Self.dataset(#"{"type": "sequences", "path": "beauty/Beauty.txt"}"#)
    #expect(dataset.userCount == 22_363)
    #expect(dataset.itemCount == 12_101)
    #expect(dataset.interactionCount == 198_502)
  }
}
