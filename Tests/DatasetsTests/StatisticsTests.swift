import Beckon
import Testing

@testable import Datasets

struct StatisticsTests {
  @Test func countsByHand() throws {
    var source = events([(0, 0), (0, 1), (0, 2), (1, 0)], times: [1, 2, 2, 1])
    source.catalogue.categories = [["b", "a"], ["a"], ["c"]]
    let statistics = DatasetStatistics(try Dataset(source), categories: 2)
    #expect(statistics.users == 2 && statistics.items == 3 && statistics.interactions == 4)
    #expect(statistics.density == 4.0 / 6)
    #expect(statistics.shortest == 1 && statistics.longest == 3)
    #expect(statistics.median == 2 && statistics.mean == 2)
    #expect(statistics.tiedAnswers == 0.5)
    #expect(statistics.categoryCount == 3)
    #expect(statistics.topCategories.map(\.name) == ["a", "b"])
    #expect(statistics.topCategories.map(\.items) == [2, 1])
    #expect(statistics.json["lengths"]?["max"]?.number == 3)
    #expect(statistics.lines.contains("interactions  4, 66.667% of all pairs"))
  }

  @Test func theTermsOfUseAreSaidWithAndWithoutTheirFile() throws {
    let fixture = try Fixture(["ml-100k/u.data": "7\t1\t3\t4\n"])
    let source: any DatasetSource = try make(#"{"type": "movielens-100k"}"#, .dataset)
    let terms = try #require(source.terms)
    let dataset = try Dataset(events([(0, 0), (0, 1), (0, 2)]))
    func statistics() -> DatasetStatistics {
      DatasetStatistics(dataset, licence: .init(terms, fixture.locations))
    }
    let without = statistics()
    #expect(
      without.lines.last?.hasPrefix("licence       no licence file (README) beside the data; terms: research")
        == true)
    #expect(without.json["licence"]?["file"] == .null)
    #expect(without.json["licence"]?["terms"]?.string == terms.summary)
    try fixture.write(Data("Terms".utf8), to: "ml-100k/README")
    #expect(
      statistics().lines.last?.hasPrefix("licence       README beside the data; terms: research") == true)
    #expect(statistics().json["licence"]?["file"] == .string("README"))
    #expect(DatasetStatistics(dataset).json["licence"] == .null)
    let own: any DatasetSource = try make(#"{"type": "table"}"#, .dataset)
    #expect(own.terms == nil)
  }
}
