import Beckon
import BundledPlugins
import Testing

@testable import Datasets

struct ITMPRecFiveCoreTests {
  private static func filter() throws -> any Filter {
    var registry = Registry()
    try BundledPlugins.register(in: &registry)
    var problems: [Problem] = []
    let made = registry.make(.filter, from: .string("itmprec-5-core"), path: "", problems: &problems)
    return try #require(made?.component as? any Filter, "\(problems)")
  }

  /// Users 0 to 5 meet items 0 to 4, and user 0 also meets item 5.
  ///
  /// Items: 0 to 4 are met by six users each, item 5 by one. It is rare, so it goes, and so does all that is as
  /// frequent as the most frequent: everything.
  @Test func theMostFrequentGoesWithTheRare() throws {
    var pairs = (0..<6).flatMap { user in (0..<5).map { (user: Int32(user), item: Int32($0)) } }
    pairs.append((user: 0, item: 5))
    #expect(try Self.filter().apply(events(pairs)).count == 0)
  }

  /// Users 0 to 5 meet items 0 to 5, user 6 meets items 0 to 4 and the lone item 6.
  ///
  /// First pass over items: item 6 is met once; items 0 to 4, seven times, are the most frequent and go too. Item 5
  /// stays with six events. Pass over users: each has one event, all are rare, nobody is left.
  @Test func passesFollowEachOther() throws {
    var pairs = (0..<6).flatMap { user in (0..<6).map { (user: Int32(user), item: Int32($0)) } }
    pairs += (0..<5).map { (user: 6, item: Int32($0)) } + [(user: 6, item: 6)]
    #expect(try Self.filter().apply(events(pairs)).count == 0)
  }

  /// Users 0 to 6 meet items 0 to 4; items 5 (met by users 0 to 7) and 6 (met by user 0) are all that goes: item 6
  /// is rare, item 5 the most frequent, and with it goes user 7, who met nothing else.
  @Test func theRestStays() throws {
    var pairs = (0..<7).flatMap { user in (0..<5).map { (user: Int32(user), item: Int32($0)) } }
    pairs += (0..<8).map { (user: Int32($0), item: 5) } + [(user: 0, item: 6)]
    let kept = try Self.filter().apply(events(pairs))
    #expect(kept.count == 35)
    #expect(Set(kept.items) == [0, 1, 2, 3, 4])
    #expect(Set(kept.users) == [0, 1, 2, 3, 4, 5, 6])
  }

  @Test func withoutRareKeysNothingChanges() throws {
    let pairs = (0..<5).flatMap { user in (0..<5).map { (user: Int32(user), item: Int32($0)) } }
    #expect(try Self.filter().apply(events(pairs)).count == 25)
  }

  @Test(.enabled(if: realData != nil, "needs real data: set BECKON_DATA to the folder that holds them"))
  func itGivesThePublishedCounts() throws {
    let folder = try #require(realData)
    let source: any DatasetSource = try make(#""movielens-100k""#, .dataset)
    let dataset = try DataPipeline.dataset(
      source: source, filters: [Self.filter()], locations: DataLocations(folders: [folder]))
    #expect(dataset.userCount == 943)
    #expect(dataset.itemCount == 1348)
    #expect(dataset.interactionCount == 98_704)
    #expect(try dataset.catalogue.items(in: "Sci-Fi").count == 96)

    // The prepared file numbers items by ascending MovieLens id; the order of ties is its own, the counts are not.
    let prepared: any DatasetSource = try make(
      #"{"type": "sequences", "path": "ml-100k-itmprec/derived_ml100k.txt"}"#, .dataset)
    let reference = try DataPipeline.dataset(
      source: prepared, locations: DataLocations(folders: [folder]))
    let order = dataset.catalogue.identifiers.indices.sorted {
      (Int(dataset.catalogue.identifiers[$0]) ?? 0) < (Int(dataset.catalogue.identifiers[$1]) ?? 0)
    }
    let counts = Self.counts(dataset)
    let expected = Self.counts(reference)
    #expect(order.count == expected.count)
    let different = zip(order.map { counts[$0] }, expected).enumerated().first { $1.0 != $1.1 }
    #expect(different == nil, "the first item met another number of times")
  }

  private static func counts(_ dataset: Dataset) -> [Int] {
    var counts = [Int](repeating: 0, count: dataset.itemCount)
    for item in dataset.sequences.joined() { counts[Int(item)] += 1 }
    return counts
  }
}
