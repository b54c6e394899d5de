import Beckon
import BeckonCLI
import Testing

@testable import Lab

/// A study of several graded answers a query, from the spec to its files.
struct HoldOutStudyTests {
  /// Three users of five items and one of four, rated; the last two are asked.
  private static let table = """
    user,item,rating
    a,x,5
    a,y,4
    a,z,3
    a,v,2
    a,w,5
    b,x,5
    b,z,3
    b,y,1
    b,w,4
    b,v,4
    c,y,5
    c,v,3
    c,x,5
    c,z,1
    c,w,2
    d,x,3
    d,w,3
    d,z,4
    d,y,5

    """

  private static let spec = #"""
    {"name": "graded", "description": "x",
     "dataset": {"type": "table", "path": "events.csv", "rating": "rating"},
     "split": {"type": "hold-out", "test": 2, "validation": 1, "minimumRating": 3, "grades": "rating"},
     "task": {"type": "next-item", "cutoffs": [1, 2]}, "masking": "exclude", "scorer": "popularity",
     "metrics": ["hit", "recall", "ndcg-linear", "gini", "coverage"],
     "variants": {"popularity": {}, "unmasked": {"masking": "none"}}}
    """#

  @Test func byHand() throws {
    let bench = Bench()
    try FileManager.default.createDirectory(at: bench.folder, withIntermediateDirectories: true)
    try Self.table.write(to: bench.folder.appending(path: "events.csv"), atomically: true, encoding: .utf8)
    let results = try bench.run(SpecDocument(JSON(parsing: Self.spec), file: "graded.json"), "out").results
    let run = try #require(results.runs.first)
    // Learned from: a: x, y; b: x, z; c: y, v; d: x. Popularity: x 3, y 2, z 1, v 1, w 0, in this order.
    // Asked: a: w (v is rated 2); b: w, v; c: nothing rated 3 or more; d: z, y.
    // a has met x, y, z: v, w. b has met x, z, y: v, w. d has met x, w: y, z, v.
    #expect(run.record.facts["queries"]?.number == 3)
    #expect(run.record.metric("hit@1").map { abs($0 - 2.0 / 3) < 1e-12 } == true)
    #expect(run.record.metric("recall@1").map { abs($0 - 1.0 / 3) < 1e-12 } == true)
    #expect(run.record.metric("recall@2") == 1)
    // a: the answer is second; b: grades 4 and 4; d: y (5) before z (4).
    let ndcg = (1 / log2(3.0) + 1 + 1) / 3
    #expect(run.record.metric("ndcg-linear@2").map { abs($0 - ndcg) < 1e-12 } == true)
    // First places: v, v, y of five items.
    #expect(run.record.metric("coverage@1") == 0.4 && run.record.metric("coverage@2") == 0.8)
    // Ascending counts 0, 0, 0, 1, 2 with weights −4, −2, 0, 2, 4, over five items and three places.
    let gini = Double(2 * 1 + 4 * 2) / Double(5 * 3)
    #expect(run.record.metric("gini@1").map { abs($0 - gini) < 1e-12 } == true)

    // A value of the whole run is in the results and not among those of the users.
    #expect(run.record.missing.isEmpty)
    let folder = bench.folder.appending(path: "out")
    let users = try PerUserValues(of: run, in: folder)
    #expect(users.count == 3 && users.metrics.contains("recall@2") && users["gini@1"] == nil)
    #expect(users["recall@1"] == [0, 0.5, 0.5])
    let compared = try Comparisons(
      of: results, users: { try PerUserValues(of: $0, in: folder) }, metrics: ["gini@1", "recall@1"])
    #expect(compared.rows.map(\.metric) == ["recall@1"] && compared.omissions.map(\.metric) == ["gini@1"])
    #expect(compared.omissions[0].reason == "no seed has values per user of this metric under both variants.")
  }

  @Test func metricsOfANudgeAreRefused() throws {
    var spec = try JSON(parsing: Self.spec)
    spec.set(.array([.string("gini"), .string("ior")]), at: ["metrics"])
    let said = complaint { try SpecDocument(spec).resolve(in: StandardRegistry.make()) }
    #expect(
      said.contains("'ior' cannot be computed by the task 'next-item'") && said.contains("gini-diversity"))
    #expect(!said.contains("'gini' cannot"))
  }
}
