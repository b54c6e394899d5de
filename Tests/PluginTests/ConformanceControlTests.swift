import Beckon
import BeckonCLI
import BeckonTesting
import Testing

/// What is said of broken components, some of which are those of ConformanceCheckTests.
struct ConformanceControlTests {
  private func problems<C: Component>(_ type: C.Type) throws -> String {
    var registry = Registry()
    try registry.register(plugin: "Broken", digest: "") { try $0.register(type) }
    let entry = try #require(registry.entry(C.kind, C.about.identifier))
    return Conformance.problems(of: entry, in: registry).joined(separator: "\n")
  }

  @Test func badNamesAndExamplesAreFound() throws {
    struct Broken: Scorer {
      static let about = About(
        "Not_Lowercase", "",
        examples: [
          Example("two and two", expected: [4]) { [5] },
          Example("nothing to compare", expected: [1, 2]) { [1] },
          Example("a throwing one", expected: []) { throw Problem("x", "no") },
        ])
      let configuration: NoConfiguration
      func scores(_ batch: UserBatch) throws -> Matrix<Float> { batch.preferences }
    }
    let found = try problems(Broken.self)
    #expect(found.contains("'Not_Lowercase' is not lowercase words"))
    #expect(found.contains("it has no summary"))
    #expect(found.contains("example 'two and two': expected [4.0], found [5.0]"))
    #expect(found.contains("example 'nothing to compare': expected [1.0, 2.0], found [1.0]"))
    #expect(found.contains("example 'a throwing one' throws: x: no"))
  }

  @Test func configurationsThatLoseKeysAreFound() throws {
    struct Broken: Filter {
      struct Configuration: Codable, Equatable, Sendable {
        var bound = 3
        enum CodingKeys: String, CodingKey { case bound }
        init() {}
        init(from decoder: any Decoder) throws {}
        func encode(to encoder: any Encoder) throws {
          var container = encoder.container(keyedBy: CodingKeys.self)
          try container.encode(bound, forKey: .bound)
        }
        typealias Encoder = Swift.Encoder
      }
      static let about = About("broken", "Refuses itself.")
      static let defaults = Configuration()
      static let presets = ["odd": Configuration()]
      let configuration: Configuration
      static func check(_ configuration: Configuration, _ checks: inout Checks) {
        checks.range("bound", configuration.bound, 4...5)
      }
      func apply(_ interactions: Interactions) throws -> Interactions { interactions }
    }
    let found = try problems(Broken.self)
    #expect(found.contains("an empty object is refused"))
    #expect(found.contains("the preset 'odd' is refused"))
  }

  @Test func brokenScorersAreFound() throws {
    struct Holes: Scorer {
      static let about = About("holes", "Not a number for those without a history.")
      let configuration: NoConfiguration
      func scores(_ batch: UserBatch) throws -> Matrix<Float> {
        let lengths = batch.histories.map { Float($0.count) }
        return matrix(batch) { user, _ in lengths[user] / lengths[user] }
      }
    }
    #expect(try problems(Moody.self).contains("the same seed gives other scores of all users"))
    let holes = try problems(Holes.self)
    #expect(holes.contains("an empty history: a score is not finite"))
    #expect(!holes.contains("all users: a score is not finite"))
    #expect(try problems(Narrow.self).contains("all users: scores are 12×16, not 12×17"))
    #expect(try problems(Threaded.self).contains("the number of threads changes the scores of all users"))
  }

  @Test func brokenPoliciesAndGuardsAreFound() throws {
    struct Eager: ArousalPolicy {
      static let about = About("eager", "More than all.")
      let configuration: NoConfiguration
      func keep(_ batch: UserBatch) throws -> [Float] { [Float](repeating: 1.5, count: batch.count) }
    }
    struct Booster: Guard {
      static let about = About("booster", "Promotes instead of forbidding.")
      let configuration: NoConfiguration
      func restrict(_ scores: inout Matrix<Float>, for batch: UserBatch) throws { scores[0, 0] = 99 }
    }
    struct Twice: TargetSelector {
      static let about = About("twice", "One target, two times.")
      let configuration: NoConfiguration
      func targets(_ context: SelectionContext) throws -> [Int32] { [1, 1] }
    }
    struct Outside: TargetSelector {
      static let about = About("outside", "No item at all.")
      let configuration: NoConfiguration
      func targets(_ context: SelectionContext) throws -> [Int32] { [4711] }
    }
    #expect(try problems(Eager.self).contains("a weight is outside 0 to 1"))
    #expect(try problems(Booster.self).contains("it changes a score to something else than −∞"))
    #expect(try problems(Twice.self).contains("one twice: [1, 1]"))
    #expect(try problems(Outside.self).contains("a target is no item: [4711]"))
  }

  @Test func brokenWorldsAreFound() throws {
    struct Crowded: ClickModel {
      static let about = About("crowded", "Forgets that one is chosen.")
      let configuration: NoConfiguration
      func choiceProbabilities(_ slate: Slate) throws -> [Double] { slate.affinities.map { _ in 0.5 } }
    }
    struct Unsteady: IntentModel {
      static let about = About("unsteady", "Other intents each time.")
      let configuration: NoConfiguration
      func centroids(encoder: any Beckon.Encoder, split: Split, seed: UInt64) throws -> Matrix<Float> {
        Matrix(rows: 1, columns: 5, values: (0..<5).map { _ in Float.random(in: 0..<1) })
      }
    }
    struct Backwards: RankingMetric {
      static let about = About("backwards", "Rewards the last.")
      static let unit = "places"
      let configuration: NoConfiguration
      func value(rank: Int, cutoff: Int) -> Double { Double(rank) }
    }
    struct Counting: AnswersMetric {
      static let about = About("counting", "Rewards answers that come late, and looks beyond the list.")
      static let unit = "places"
      let configuration: NoConfiguration
      func value(of answers: RankedAnswers, cutoff: Int) -> Double {
        answers.count == 1 ? 0 : Double(answers.ranks.reduce(0, +))
      }
    }
    struct Partial: ExposureMetric {
      static let about = About("partial", "Looks at the first item alone.")
      static let unit = "lists"
      let configuration: NoConfiguration
      func value(of exposure: Exposure) -> Double {
        Double(exposure.counts.first ?? 0) / Double(exposure.total)
      }
    }
    struct Short: TrajectoryMetric {
      static let about = About("short", "Forgets users.")
      static let unit = "users"
      let configuration: NoConfiguration
      func perUser(_ outcome: NudgeOutcome, cutoff: Int) -> [Double]? { [.nan] }
    }
    #expect(try problems(Certain.self).contains("at affinity 1.0 the probabilities are [2.0]"))
    let crowded = try problems(Crowded.self)
    #expect(crowded.contains("the probabilities are [0.5, 0.5, 0.5, 0.5, 0.5]"))
    #expect(!crowded.contains("are [0.5]") && !crowded.contains("are [0.5, 0.5]"))
    #expect(try problems(Restless.self).contains("a user who is at the item leaves it"))
    #expect(try problems(Unsteady.self).contains("the same seed gives other centroids"))
    let backwards = try problems(Backwards.self)
    #expect(backwards.contains("a worse rank is better"))
    #expect(backwards.contains("ranks beyond the cutoff 1 are told apart"))
    let counting = try problems(Counting.self)
    #expect(counting.contains("are better than the best order"))
    #expect(counting.contains("answers beyond the cutoff 3 are told apart"))
    #expect(!counting.contains("a worse rank is better"))
    let partial = try problems(Partial.self)
    #expect(partial.contains("the value of [0, 0, 0] is not finite"))
    #expect(partial.contains("it must not matter which number an item has"))
    let short = try problems(Short.self)
    #expect(short.contains("1 values for 4 users") && short.contains("is not finite"))
  }

  @Test func brokenEncodersAndTablesAreFound() throws {
    struct Neighbourly: Beckon.Encoder {
      static let about = About("neighbourly", "Its states depend on the batch.")
      let configuration: NoConfiguration
      var parameters = ParameterSet<Float>()
      init(configuration: NoConfiguration) { self.configuration = configuration }
      var itemVectors: Matrix<Float> { Matrix(rows: 17, columns: 2) }
      mutating func train(_ context: TrainingContext) throws {}
      func encode(_ histories: [UserHistory]) throws -> Matrix<Float> {
        Matrix(
          rows: histories.count, columns: 2,
          values: histories.indices.flatMap { [Float(histories.count), Float($0)] })
      }
    }
    struct Forgetful: Beckon.Encoder {
      static let about = About("forgetful", "Keeps what it learned outside its parameters.")
      let configuration: NoConfiguration
      var parameters = ParameterSet<Float>()
      private var learned: Float = 0
      init(configuration: NoConfiguration) { self.configuration = configuration }
      var itemVectors: Matrix<Float> { Matrix(rows: 3, columns: 1) }
      mutating func train(_ context: TrainingContext) throws { learned = 1 }
      func encode(_ histories: [UserHistory]) throws -> Matrix<Float> {
        Matrix(rows: histories.count, columns: 1, values: histories.map { _ in learned })
      }
    }
    struct Random: EmbeddingSource {
      static let about = About("random-tables", "Other tables each time, and too few.")
      let configuration: NoConfiguration
      func tables(_ context: TrainingContext) throws -> EmbeddingTables {
        let values = (0..<4).map { _ in Float.random(in: -1...1) }
        return EmbeddingTables(
          normalizedUsers: Matrix(rows: 2, columns: 2, values: values),
          normalizedItems: Matrix(rows: 17, columns: 2))
      }
    }
    #expect(try problems(Neighbourly.self).contains("depends on the others in the batch"))
    let forgetful = try problems(Forgetful.self)
    #expect(forgetful.contains("its parameters do not restore it"))
    #expect(forgetful.contains("3 item vectors for 17 items"))
    let random = try problems(Random.self)
    #expect(random.contains("users: 2 rows, not 12") && random.contains("items: a row's length is not 1"))
    #expect(random.contains("the same seed gives other tables"))
  }
}
