import Beckon
import Testing

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

  @Test func lastFM() throws {
    let dataset = try Self.dataset(
      #"""
      {"type": "sequences", "path": "lastfm/lastfm.txt",
       "items": {"path": "lastfm/derived_item_names.tsv", "id": "item_id", "name": "name"},
       "itemCategories": {"path": "lastfm/id2names_tags.txt", "id": "id", "categories": "tagValue",
                          "separator": ",", "categorySeparator": "::"}}
      """#)
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

  @Test func beauty() throws {
    let dataset = try Self.dataset(#"{"type": "sequences", "path": "beauty/Beauty.txt"}"#)
    #expect(dataset.userCount == 22_363)
    #expect(dataset.itemCount == 12_101)
    #expect(dataset.interactionCount == 198_502)
  }
}
