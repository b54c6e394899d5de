import Beckon
import BeckonTesting
import Testing

// A registry of its own, so that the texts pinned here do not change with the science.

struct StubSource: DatasetSource {
  struct Configuration: Codable, Equatable, Sendable {
    var path = "data"
    var columns = ["user", "item"]
    var size = Size()
    struct Size: Codable, Equatable, Sendable {
      var users = 10
      var share = 0.5
    }
  }
  static let about = About("stub-data", "Data.", formerIdentifiers: ["old-data"])
  static let defaults = Configuration()
  static let presets: [String: Configuration] = [
    "large": Configuration(size: Configuration.Size(users: 1000))
  ]
  static func check(_ configuration: Configuration, _ checks: inout Checks) {
    checks.file("path", configuration.path)
    checks.range("size.users", configuration.size.users, 1...5000)
    checks.range("size.share", configuration.size.share, 0..<1)
  }
  let configuration: Configuration
  func load(_ locations: DataLocations) throws -> Interactions { Interactions() }
}

struct StubSplit: Splitter {
  static let about = About("leave-one-out", "A split.")
  let configuration: NoConfiguration
  func split(_ dataset: Dataset) throws -> Split {
    Split(dataset: dataset, training: [], validation: [], test: [])
  }
}

struct StubEncoder: Beckon.Encoder {
  struct Configuration: Codable, Equatable, Sendable {
    var dropout = 0.5
    var heads = 2
    var hiddenSize = 64
    var mode = Mode.plain
    var training = TrainingSettings()
  }
  enum Mode: String, Choice { case plain, fancy }
  static let about = About("stub-encoder", "An encoder.")
  static let defaults = Configuration()
  static func check(_ configuration: Configuration, _ checks: inout Checks) {
    checks.range("dropout", configuration.dropout, 0..<1)
    checks.positive("heads", configuration.heads)
    checks.atLeast("hiddenSize", configuration.hiddenSize, 2)
    configuration.training.check(&checks)
  }
  let configuration: Configuration
  var parameters = ParameterSet<Float>()
  var itemVectors: Matrix<Float> { Matrix(rows: 0, columns: 0) }
  init(configuration: Configuration) throws {
    guard configuration.hiddenSize != 13 else { throw Problem("", "thirteen is refused by the initializer.") }
    self.configuration = configuration
  }
  mutating func train(_ context: TrainingContext) throws {}
  func encode(_ histories: [UserHistory]) throws -> Matrix<Float> {
    Matrix(rows: histories.count, columns: 0)
  }
}

struct OtherEncoder: Beckon.Encoder {
  struct Configuration: Codable, Equatable, Sendable { var depth = 3 }
  static let about = About("other-encoder", "Another one.")
  static let defaults = Configuration()
  let configuration: Configuration
  var parameters = ParameterSet<Float>()
  var itemVectors: Matrix<Float> { Matrix(rows: 0, columns: 0) }
  init(configuration: Configuration) { self.configuration = configuration }
  mutating func train(_ context: TrainingContext) throws {}
  func encode(_ histories: [UserHistory]) throws -> Matrix<Float> {
    Matrix(rows: histories.count, columns: 0)
  }
}

struct StubIntents: IntentModel {
  struct Configuration: Codable, Equatable, Sendable { var count = 8 }
  static let about = About("stub-intents", "Intents.")
  static let defaults = Configuration()
  let configuration: Configuration
  func centroids(encoder: any Beckon.Encoder, split: Split, seed: UInt64) throws -> Matrix<Float> {
    Matrix(rows: 0, columns: 0)
  }
}

protocol StubScoring: Scorer {}
extension StubScoring {
  func scores(_ batch: UserBatch) throws -> Matrix<Float> {
    Matrix(rows: batch.count, columns: batch.itemCount)
  }
}

struct PlainScorer: StubScoring {
  static let about = About("preference", "Needs an encoder.")
  let configuration: NoConfiguration
  var needs: Needs { .encoder }
}

struct PopularScorer: StubScoring {
  static let about = About("popular", "Needs nothing.")
  let configuration: NoConfiguration
}

struct GuidingScorer: StubScoring {
  struct Configuration: Codable, Equatable, Sendable {
    var lambda = 1.0
    var gain = 2.0
  }
  static let about = About("guiding", "Needs everything.")
  static let defaults = Configuration()
  static func check(_ configuration: Configuration, _ checks: inout Checks) {
    checks.atLeast("lambda", configuration.lambda, 0)
  }
  let configuration: Configuration
  var needs: Needs { [.encoder, .target, .intents] }
}

struct StubMetric: RankingMetric {
  static let about = About("ndcg", "A ranking metric.")
  static let unit = "gain"
  let configuration: NoConfiguration
  func value(rank: Int, cutoff: Int) -> Double { rank < cutoff ? 1 : 0 }
}

struct StubTrajectoryMetric: TrajectoryMetric {
  static let about = About("ioi", "A trajectory metric.")
  static let unit = "cosine"
  let configuration: NoConfiguration
  func perUser(_ outcome: NudgeOutcome, cutoff: Int) -> [Double]? { nil }
}

struct StubGuard: Guard {
  struct Configuration: Codable, Equatable, Sendable { var share = 0.5 }
  static let about = About("stub-guard", "A guard.")
  static let defaults = Configuration()
  let configuration: Configuration
  func restrict(_ scores: inout Matrix<Float>, for batch: UserBatch) throws {}
}

struct StubArousal: ArousalPolicy {
  struct Configuration: Codable, Equatable, Sendable { var keep = 0.8 }
  static let about = About("fixed", "Arousal.")
  static let defaults = Configuration()
  let configuration: Configuration
  func keep(_ batch: UserBatch) throws -> [Float] { [] }
}

struct StubSelector: TargetSelector {
  struct Configuration: Codable, Equatable, Sendable { var count = 5 }
  static let about = About("matching", "Selects by an encoder.")
  static let defaults = Configuration()
  let configuration: Configuration
  var needs: Needs { .encoder }
  func targets(_ context: SelectionContext) throws -> [Int32] { [] }
}

struct StubEmbeddings: EmbeddingSource {
  static let about = About("stub-embeddings", "Tables.")
  let configuration: NoConfiguration
  func tables(_ context: TrainingContext) throws -> EmbeddingTables {
    EmbeddingTables(users: Matrix(rows: 0, columns: 0), items: Matrix(rows: 0, columns: 0))
  }
}

struct StubDynamics: Dynamics {
  static let about = About("policy-controlled", "Moves.")
  let configuration: NoConfiguration
  var owner: DynamicsOwner { .policy }
  func moved(_ move: InterestMove) -> [Float] { move.interest }
}

struct StubClicks: ClickModel {
  static let about = About("sigmoid", "Clicks.")
  let configuration: NoConfiguration
  func choiceProbabilities(_ slate: Slate) throws -> [Double] { [0] }
}

struct RankingTask: EvaluationTask {
  struct Configuration: Codable, Equatable, Sendable { var cutoffs = [5, 10] }
  static let about = About("ranking", "No targets.")
  static let defaults = Configuration()
  static let slots: Set<Slot> = []
  static let defaultMetrics = ["ndcg"]
  static let hasTarget = false
  let configuration: Configuration
  static func accepts(_ metric: any Metric.Type) -> Bool { metric is any RankingMetric.Type }
  func run(_ system: System) throws -> TaskResult { TaskResult(values: []) }
}

struct GuidingTask: EvaluationTask {
  static let about = About("guided", "Targets.")
  static let slots: Set<Slot> = [
    .embeddings, .dynamics, .clickModel, .targetSelector, .matcher, .twin, .arousal,
  ]
  static let defaultMetrics = ["ioi"]
  static let hasTarget = true
  let configuration: NoConfiguration
  static func accepts(_ metric: any Metric.Type) -> Bool { metric is any TrajectoryMetric.Type }
  func run(_ system: System) throws -> TaskResult { TaskResult(values: []) }
}

func stubRegistry() throws -> Registry {
  var registry = Registry(coreDigest: "core")
  try registry.register(plugin: "Stubs", digest: "d1") {
    try $0.register(StubSource.self)
    try $0.register(StubSplit.self)
    try $0.register(StubEncoder.self)
    try $0.register(OtherEncoder.self)
    try $0.register(StubIntents.self)
    try $0.register(PlainScorer.self)
    try $0.register(PopularScorer.self)
    try $0.register(GuidingScorer.self)
    try $0.register(StubGuard.self)
    try $0.register(StubArousal.self)
    try $0.register(StubSelector.self)
    try $0.register(StubEmbeddings.self)
    try $0.register(StubDynamics.self)
    try $0.register(StubClicks.self)
    try $0.register(RankingTask.self)
    try $0.register(GuidingTask.self)
  }
  try registry.register(plugin: "Metrics", digest: "d2") {
    try $0.register(StubMetric.self)
    try $0.register(StubTrajectoryMetric.self)
  }
  return registry
}

/// The description of what a body throws, or that it threw nothing.
func complaint(_ body: () throws -> some Any) -> String {
  do {
    let value = try body()
    return "no error, but \(value)"
  } catch { return "\(error)" }
}

/// A folder of files that goes away again.
final class Folder {
  let url = FileManager.default.temporaryDirectory.appending(path: "spec-\(UUID().uuidString)")
  init(_ files: [String: String]) throws {
    for (name, text) in files {
      let file = url.appending(path: name)
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: file)
    }
  }
  deinit { try? FileManager.default.removeItem(at: url) }
  func path(_ name: String) -> String { url.appending(path: name).path(percentEncoded: false) }
}
