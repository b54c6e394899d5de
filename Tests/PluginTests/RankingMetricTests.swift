import Beckon
import BeckonCLI
import Testing

/// Ranking metrics against the values of Tests/ReferenceImplementations/ranking_metrics.py, which computes them from
/// lists of items.
struct RankingMetricTests {
  private static let golden = Result {
    let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "ReferenceImplementations/ranking_metrics.json")
    return try JSON(parsing: String(contentsOf: file, encoding: .utf8))
  }

  private static func numbers(_ json: JSON?) -> [Double] { (json?.array ?? []).compactMap(\.number) }

  private static func metric(_ name: String) throws -> any Metric {
    var problems: [Problem] = []
    let made = try StandardRegistry.make().make(.metric, from: .string(name), path: "", problems: &problems)
    return try #require(made?.component as? any Metric, "\(name): \(problems)")
  }

  /// Names of the metrics that a golden value gives, without the cutoff.
  private static func names(_ values: [JSON]) -> [String] {
    (values.first?.object?.keys ?? []).filter { $0 != "cutoff" }
  }

  @Test func answersOfAQuery() throws {
    let queries = try #require(try Self.golden.get()["queries"]?.array)
    let names = Self.names(queries[0]["values"]?.array ?? [])
    #expect(queries.count == 21 && names.count == 12)
    var apart: Set<String> = []
    for name in names {
      let metric = try #require(try Self.metric(name) as? any RankingMetric)
      for query in queries {
        let answers = RankedAnswers(
          ranks: Self.numbers(query["ranks"]).map { Int($0) }, grades: Self.numbers(query["grades"]))
        for values in query["values"]?.array ?? [] {
          let cutoff = Int(try #require(values["cutoff"]?.number))
          let expected = try #require(values[name]?.number)
          let own = try #require(try metric.values([answers], cutoff: cutoff).first)
          #expect(
            abs(own - expected) < 1e-12, "\(name)@\(cutoff) of \(answers): \(own), expected \(expected)")
          if expected != values["ndcg"]?.number { apart.insert(name) }
        }
      }
    }
    #expect(apart.count == names.count - 1, "the golden values tell the metrics apart")
  }

  @Test func exposureOfTheLists() throws {
    for world in try #require(try Self.golden.get()["exposures"]?.array) {
      let items = Int(try #require(world["items"]?.number))
      let lists = (world["lists"]?.array ?? []).map { Self.numbers($0).map { Int32($0) } }
      let all = world["values"]?.array ?? []
      #expect(all.count == 3 && Self.names(all).count == 4)
      for name in Self.names(all) {
        let metric = try #require(try Self.metric(name) as? any ExposureMetric)
        for values in all {
          let cutoff = Int(try #require(values["cutoff"]?.number))
          let own = metric.value(of: Exposure(lists, cutoff: cutoff, itemCount: items))
          #expect(abs(own - (values[name]?.number ?? .nan)) < 1e-12, "\(name)@\(cutoff): \(own)")
        }
      }
    }
  }

  @Test func oneAnswerGivesTheSameBytesAsAFunctionOfItsRank() throws {
    for (name, value) in [
      ("ndcg", { 1 / log2(Double($0 + 2)) }), ("mrr", { 1 / Double($0 + 1) }), ("hit", { _ in 1 }),
      ("recall", { _ in 1 }), ("ndcg-linear", { 1 / log2(Double($0 + 2)) }), ("map", { 1 / Double($0 + 1) }),
    ] as [(String, (Int) -> Double)] {
      let metric = try #require(try Self.metric(name) as? any RankingMetric)
      for rank in 0..<30 {
        let expected = rank < 20 ? value(rank) : 0
        #expect(
          try metric.values([RankedAnswers(rank: rank)], cutoff: 20) == [expected], "\(name), rank \(rank)")
        #expect(metric.value(rank: rank, cutoff: 20) == expected)
      }
    }
  }
}
