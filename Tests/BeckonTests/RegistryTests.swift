import Beckon
import BeckonTesting
import Testing

struct RegistryTests {
  private struct Twin: Scorer {
    static let about = About("popular", "Claims a name that is taken.")
    let configuration: NoConfiguration
    func scores(_ batch: UserBatch) throws -> Matrix<Float> { batch.preferences }
  }

  private struct Heir: DatasetSource {
    static let about = About("new-data", "Claims a former name.", formerIdentifiers: ["old-data"])
    let configuration: NoConfiguration
    func load(_ locations: DataLocations) throws -> Interactions { Interactions() }
  }

  @Test func anIdentifierBelongsToOne() throws {
    var registry = try stubRegistry()
    let message = complaint {
      try registry.register(plugin: "Second", digest: "") { try $0.register(Twin.self) }
    }
    #expect(message == "scorer 'popular' is registered by Stubs and again by Second.")
    let former = complaint {
      try registry.register(plugin: "Second", digest: "") { try $0.register(Heir.self) }
    }
    #expect(former == "dataset 'old-data' is registered by Stubs and again by Second.")
  }

  @Test func formerIdentifiersLeadToThePresentOne() throws {
    let registry = try stubRegistry()
    #expect(registry.entry(.dataset, "old-data")?.about.identifier == "stub-data")
    var problems: [Problem] = []
    let made = registry.make(.dataset, from: .string("old-data"), path: "dataset", problems: &problems)
    #expect(made?.effective["type"] == .string("stub-data") && problems.isEmpty)
  }

  @Test func presetsAndKeysLieOverTheDefaults() throws {
    let registry = try stubRegistry()
    var problems: [Problem] = []
    let json = try JSON(parsing: #"{"type": "stub-data", "preset": "large", "size": {"share": 0.25}}"#)
    let made = try #require(registry.make(.dataset, from: json, path: "dataset", problems: &problems))
    #expect(
      made.effective.canonical
        == #"{"columns":["user","item"],"path":"data","size":{"share":0.25,"users":1000},"type":"stub-data"}"#
    )
    let source = try #require(made.component as? StubSource)
    #expect(source.configuration.size == .init(users: 1000, share: 0.25))
    #expect(made.files.map(\.place) == ["dataset.path"] && made.files.map(\.path) == ["data"])
  }

  @Test func digestsAndUses() throws {
    let registry = try stubRegistry()
    var problems: [Problem] = []
    let made = try #require(
      registry.make(.encoder, from: .string("stub-encoder"), path: "encoder", problems: &problems))
    #expect(made.uses.map(\.about.identifier) == ["ndcg"])
    #expect(registry.digest(of: made.entry) == "d1" && made.uses.map { registry.digest(of: $0) } == ["d2"])
    #expect(registry.coreDigest == "core")
  }

  @Test func aKindWithoutComponentsIsSaid() throws {
    var problems: [Problem] = []
    _ = try stubRegistry().make(.filter, from: .string("any"), path: "filters[0]", problems: &problems)
    #expect(
      problems.map(\.description)
        == ["filters[0]: nothing is registered as 'any'. Registered: (none). No filter is known at all."])
  }

  @Test(arguments: ["ndcg@20", "ndcg@1"])
  func rankingMetrics(name: String) throws {
    let (metric, cutoff) = try stubRegistry().rankingMetric(named: name)
    #expect(metric is StubMetric && "ndcg@\(cutoff)" == name)
  }

  @Test(arguments: ["ndcg", "ndcg@", "ndcg@0", "ndcg@-1", "ndcg@x", "ndcg@5@6", "@5", ""])
  func whatIsNoRankingMetric(name: String) {
    #expect(throws: (any Error).self) { try stubRegistry().rankingMetric(named: name) }
  }
}
