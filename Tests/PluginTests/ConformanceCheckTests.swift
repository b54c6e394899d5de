import Beckon
import BeckonTesting
import Testing

/// For each check a component that fails it, and as little else as may be: a check that cannot fail proves nothing.
struct ConformanceCheckTests {
  static let controls: [(check: Conformance.Check, type: any Component.Type)] = [
    (.description, Nameless.self), (.examples, Boastful.self), (.defaults, Refusing.self),
    (.roundTrip, Drifting.self), (.badConfiguration, Placeless.self), (.shape, Narrow.self),
    (.finite, Infinite.self), (.sameSeed, Moody.self), (.threads, Threaded.self),
    (.neighbours, Sociable.self), (.emptyHistory, NeedsHistory.self), (.longestHistory, NeedsUnmet.self),
    (.unseenItem, NeedsCounts.self), (.bounds, Certain.self), (.permutation, ByNumber.self),
    (.historyAlone, Impatient.self),
    (.gradient, Detached.self), (.restore, Forgetful.self), (.resumption, Ageing.self),
    (.order, Inventing.self),
    // The same checks of other kinds.
    (.neighbours, SociablePolicy.self), (.permutation, NumberedPolicy.self),
    (.emptyHistory, NewcomerPolicy.self),
    (.neighbours, FirstOnly.self), (.permutation, LowNumbers.self), (.sameSeed, MoodyGuard.self),
    (.permutation, EvenClicks.self), (.unseenItem, KnownClicks.self), (.sameSeed, MoodyClicks.self),
    (.bounds, Leaking.self), (.shape, Lopsided.self), (.order, Restless.self),
    (.threads, ThreadedMetric.self),
  ]

  private static func findings<C: Component>(_ type: C.Type) -> [Conformance.Finding] {
    do { try Conformance.check(type) } catch let failure as Conformance.Failure {
      return failure.findings
    } catch {}
    return []
  }

  @Test func everyCheckHasItsControl() {
    #expect(Set(Self.controls.map(\.check)) == Set(Conformance.Check.allCases))
  }

  @Test func everyCheckIsInTheDocumentation() throws {
    let page = try String(
      contentsOf: Python.package.appending(path: "Docs/Conformance.md"), encoding: .utf8)
    let told = page.split(separator: "\n").filter { $0.hasPrefix("| `") }.map {
      $0.dropFirst(3).prefix { $0 != "`" }
    }
    #expect(told.map(String.init) == Conformance.Check.allCases.map(\.rawValue))
  }

  @Test(arguments: controls.indices)
  func aBrokenComponentIsCaught(_ index: Int) {
    let (check, type) = Self.controls[index]
    let found = Self.findings(type)
    #expect(found.contains { $0.check == check }, "\(type): \(found)")
    // What fails one check by design mostly keeps the others.
    #expect(Set(found.map(\.check)).count <= 4, "\(type): \(found)")
  }

  @Test func whatIsSoundPassesAndExemptionsAreByName() throws {
    try Conformance.check(Sound.self)
    #expect(throws: Conformance.Failure.self) { try Conformance.check(ByNumber.self) }
    try Conformance.check(ByNumber.self, except: [.permutation])
    let failure = #expect(throws: Conformance.Failure.self) { try Conformance.check(Nameless.self) }
    #expect(
      "\(try #require(failure))".contains("scorer 'No_Name': the identifier 'No_Name' is not lowercase"))
  }

  /// What cannot have a default is given by the author's settings, and only that.
  @Test func whatTheDefaultsLackIsGiven() throws {
    #expect(throws: Conformance.Failure.self) { try Conformance.check(Wanting.self) }
    try Conformance.check(Wanting.self, settings: .members([("word", .string("yes"))]))
  }
}

// MARK: Scorers

/// `[user, item]`
func matrix(_ batch: UserBatch, _ value: (_ user: Int, _ item: Int) -> Float) -> Matrix<Float> {
  Matrix(
    rows: batch.count, columns: batch.itemCount,
    values: (0..<batch.count).flatMap { user in (0..<batch.itemCount).map { value(user, $0) } })
}

/// Something else about it is broken.
private protocol Indifferent: Scorer {}

extension Indifferent {
  func scores(_ batch: UserBatch) throws -> Matrix<Float> { matrix(batch) { _, _ in 0 } }
}

private struct Sound: Scorer {
  static let about = About(
    "sound", "Counts.", examples: [Example("one and one", expected: [2]) { [1 + 1] }])
  let configuration: NoConfiguration
  func scores(_ batch: UserBatch) throws -> Matrix<Float> {
    let counts = batch.model.split.itemCounts
    return matrix(batch) { Float(counts[$1]) }
  }
}

private struct Nameless: Indifferent {
  static let about = About("No_Name", "")
  let configuration: NoConfiguration
}

private struct Boastful: Indifferent {
  static let about = About("boastful", "Adds up.", examples: [Example("a sum", expected: [4]) { [5] }])
  let configuration: NoConfiguration
}

private struct Refusing: Indifferent {
  struct Configuration: Codable, Equatable, Sendable { var bound = 3 }
  static let about = About("refusing", "Refuses its own defaults.")
  static let defaults = Configuration()
  let configuration: Configuration
  static func check(_ configuration: Configuration, _ checks: inout Checks) {
    checks.range("bound", configuration.bound, 4...5)
  }
}

private struct Wanting: Indifferent {
  struct Configuration: Codable, Equatable, Sendable { var word = "" }
  static let about = About("wanting", "Must be given a word.")
  static let defaults = Configuration()
  let configuration: Configuration
  static func check(_ configuration: Configuration, _ checks: inout Checks) {
    checks.require(!configuration.word.isEmpty, "word", "expected a word.")
  }
}

private struct Drifting: Indifferent {
  struct Configuration: Codable, Equatable, Sendable {
    var bound = 3
    enum Key: String, CodingKey { case bound }
    init() {}
    init(from decoder: any Decoder) throws {
      bound = 1 + (try decoder.container(keyedBy: Key.self).decode(Int.self, forKey: .bound))
    }
  }
  static let about = About("drifting", "Counts on whenever it is read.")
  static let defaults = Configuration()
  let configuration: Configuration
}

private struct Placeless: Indifferent {
  struct Configuration: Codable, Equatable, Sendable { var weight = 1.0 }
  static let about = About("placeless", "Refuses without saying which key.")
  static let defaults = Configuration()
  let configuration: Configuration
  init(configuration: Configuration) throws {
    guard configuration.weight >= 0 else { throw Problem("", "bad configuration") }
    self.configuration = configuration
  }
}

struct Narrow: Scorer {
  static let about = About("narrow", "Forgets an item.")
  let configuration: NoConfiguration
  func scores(_ batch: UserBatch) throws -> Matrix<Float> {
    Matrix(rows: batch.count, columns: batch.itemCount - 1)
  }
}

private struct Infinite: Scorer {
  static let about = About("infinite", "Wants an item beyond measure.")
  let configuration: NoConfiguration
  func scores(_ batch: UserBatch) throws -> Matrix<Float> {
    let counts = batch.model.split.itemCounts
    return matrix(batch) { batch.histories[$0].count == 1 ? .infinity : Float(counts[$1]) }
  }
}

struct Moody: Scorer {
  static let about = About("moody", "Draws from nowhere.")
  let configuration: NoConfiguration
  func scores(_ batch: UserBatch) throws -> Matrix<Float> { matrix(batch) { _, _ in .random(in: 0..<1e-5) } }
}

struct Threaded: Scorer {
  static let about = About("threaded", "Counts the threads.")
  let configuration: NoConfiguration
  func scores(_ batch: UserBatch) throws -> Matrix<Float> {
    let threads = Float(Parallel.threads)
    return matrix(batch) { _, _ in threads * 1e-5 }
  }
}

private struct Impatient: Scorer {
  static let about = About("impatient", "Says that it looks at histories alone, and looks at the round.")
  let configuration: NoConfiguration
  var dependsOnHistoryAlone: Bool { true }
  func scores(_ batch: UserBatch) throws -> Matrix<Float> { matrix(batch) { _, _ in Float(batch.round) } }
}

private struct Sociable: Scorer {
  static let about = About("sociable", "Looks at the others in the batch.")
  let configuration: NoConfiguration
  func scores(_ batch: UserBatch) throws -> Matrix<Float> { matrix(batch) { _, _ in Float(batch.count) } }
}

private struct NeedsHistory: Scorer {
  static let about = About("needs-history", "Divides by the length of the history.")
  let configuration: NoConfiguration
  func scores(_ batch: UserBatch) throws -> Matrix<Float> {
    matrix(batch) { user, _ in 1 / Float(batch.histories[user].count) }
  }
}

private struct NeedsUnmet: Scorer {
  static let about = About("needs-unmet", "Divides by the number of items that are left.")
  let configuration: NoConfiguration
  func scores(_ batch: UserBatch) throws -> Matrix<Float> {
    matrix(batch) { user, _ in 1 / Float(batch.itemCount - Set(batch.histories[user].past).count) }
  }
}

private struct NeedsCounts: Scorer {
  static let about = About("needs-counts", "Divides by how many met the newest item.")
  let configuration: NoConfiguration
  func scores(_ batch: UserBatch) throws -> Matrix<Float> {
    let counts = batch.model.split.itemCounts
    // Whoever has met everything is spared, so that one check alone fails.
    return matrix(batch) { user, _ in
      let history = batch.histories[user]
      return history.clicked.last.map { 1 / Float(counts[Int($0)]) } ?? 0
    }
  }
}

private struct ByNumber: Scorer {
  static let about = About("by-number", "Likes low numbers.")
  let configuration: NoConfiguration
  func scores(_ batch: UserBatch) throws -> Matrix<Float> { matrix(batch) { -Float($1) } }
}

// MARK: Encoders

private struct TrainingOnly: Codable, Equatable, Sendable { var training = TrainingSettings() }

/// Learns a table of items, and knows a user's number of items alone.
private protocol TableEncoder: TrainableEncoder where Configuration == TrainingOnly {
  var configuration: TrainingOnly { get }
}

extension TableEncoder {
  static var defaults: TrainingOnly { TrainingOnly() }
  var training: TrainingSettings { configuration.training }
  var weightsPath: String { "" }
  var itemVectors: Matrix<Float> {
    parameters.contains("items") ? parameters["items"] : Matrix(rows: 0, columns: 0)
  }
  func initialParameters(_ context: TrainingContext) throws -> ParameterSet<Float> {
    let items = context.split.dataset.itemCount
    return ParameterSet([
      ("items", Matrix(rows: items, columns: 2, values: (0..<items * 2).map { Float($0 % 5) - 2 }))
    ])
  }
  func encode(_ histories: [UserHistory]) throws -> Matrix<Float> {
    Matrix(rows: histories.count, columns: 2, values: histories.flatMap { [Float($0.count), 1] })
  }
}

private struct Detached: TableEncoder {
  static let about = About("detached", "Lets no gradient through a factor.")
  let configuration: TrainingOnly
  var parameters = ParameterSet<Float>()
  init(configuration: TrainingOnly) { self.configuration = configuration }
  func loss<S: Scalar>(_ tape: Tape<S>, _ batch: TrainingBatch) throws -> Var<S> {
    let items = tape.parameter("items")
    return tape.mean(tape.multiply(items, tape.constant(items.value)))
  }
}

private struct Ageing: TableEncoder {
  static let about = About("ageing", "Counts its epochs by itself, which another process cannot know.")
  let configuration: TrainingOnly
  var parameters = ParameterSet<Float>()
  private var age = 0.0
  init(configuration: TrainingOnly) { self.configuration = configuration }
  mutating func beginEpoch(_ epoch: Int, _ samples: [TrainingSample], _ context: TrainingContext) throws {
    age += 1
  }
  func loss<S: Scalar>(_ tape: Tape<S>, _ batch: TrainingBatch) throws -> Var<S> {
    let items = tape.parameter("items")
    return tape.sum([(age, tape.mean(tape.multiply(items, items)))])
  }
}

private struct Forgetful: Encoder {
  static let about = About("forgetful", "Keeps what it learned outside its parameters.")
  let configuration: NoConfiguration
  var parameters = ParameterSet<Float>()
  private var learned: Float = 0
  init(configuration: NoConfiguration) { self.configuration = configuration }
  var itemVectors: Matrix<Float> { Matrix(rows: 17, columns: 1) }
  mutating func train(_ context: TrainingContext) throws { learned = 1 }
  func encode(_ histories: [UserHistory]) throws -> Matrix<Float> {
    Matrix(rows: histories.count, columns: 1, values: histories.map { _ in learned })
  }
}

// MARK: Policies and guards

private struct SociablePolicy: ArousalPolicy {
  static let about = About("sociable", "Looks at the others in the batch.")
  let configuration: NoConfiguration
  func keep(_ batch: UserBatch) throws -> [Float] { batch.histories.map { _ in 1 / Float(batch.count) } }
}

private struct NumberedPolicy: ArousalPolicy {
  static let about = About("numbered", "Looks at the number of the newest item.")
  let configuration: NoConfiguration
  func keep(_ batch: UserBatch) throws -> [Float] {
    batch.histories.map { 1 / Float(1 + ($0.past.last ?? 0)) }
  }
}

private struct NewcomerPolicy: ArousalPolicy {
  static let about = About("newcomer", "Divides by the length of the history.")
  let configuration: NoConfiguration
  func keep(_ batch: UserBatch) throws -> [Float] { batch.histories.map { 0 / Float($0.count) } }
}

private struct FirstOnly: Guard {
  static let about = About("first-only", "Forbids the first in the batch the target.")
  let configuration: NoConfiguration
  func restrict(_ scores: inout Matrix<Float>, for batch: UserBatch) throws {
    if batch.count > 0, let target = batch.target { scores[0, Int(target)] = -.infinity }
  }
}

private struct LowNumbers: Guard {
  static let about = About("low-numbers", "Forbids items by their numbers.")
  let configuration: NoConfiguration
  func restrict(_ scores: inout Matrix<Float>, for batch: UserBatch) throws {
    for user in 0..<batch.count { for item in 0..<9 { scores[user, item] = -.infinity } }
  }
}

private struct MoodyGuard: Guard {
  static let about = About("moody", "Forbids what it likes.")
  let configuration: NoConfiguration
  func restrict(_ scores: inout Matrix<Float>, for batch: UserBatch) throws {
    for place in scores.values.indices where Bool.random() { scores.values[place] = -.infinity }
  }
}

// MARK: Worlds

struct Certain: ClickModel {
  static let about = About("certain", "Surer than sure.")
  let configuration: NoConfiguration
  func choiceProbabilities(_ slate: Slate) throws -> [Double] { slate.affinities.map { 1 + $0 } }
}

private struct EvenClicks: ClickModel {
  static let about = About("even", "Likes even numbers.")
  let configuration: NoConfiguration
  func choiceProbabilities(_ slate: Slate) throws -> [Double] {
    slate.items.map { $0.isMultiple(of: 2) ? 0.1 : 0.05 }
  }
}

private struct KnownClicks: ClickModel {
  static let about = About("known", "Weighs by how many met an item, and not of all that nobody met.")
  let configuration: NoConfiguration
  private var counts: [Int] = []
  init(configuration: NoConfiguration) { self.configuration = configuration }
  mutating func prepare(_ world: SimulatedWorld) throws { counts = world.itemCounts }
  func choiceProbabilities(_ slate: Slate) throws -> [Double] {
    slate.items.map { 0.1 * Double(counts[Int($0)]) / Double(counts[Int($0)]) }
  }
}

private struct MoodyClicks: ClickModel {
  static let about = About("moody", "Clicks as it likes.")
  let configuration: NoConfiguration
  func choiceProbabilities(_ slate: Slate) throws -> [Double] {
    slate.items.map { _ in .random(in: 0..<0.1) }
  }
}

struct Restless: Dynamics {
  static let about = About("restless", "Always moves on.")
  let configuration: NoConfiguration
  var owner: DynamicsOwner { .environment }
  func moved(_ move: InterestMove) -> [Float] { move.interest.map { -$0 } }
}

private struct ThreadedMetric: RankingMetric {
  static let about = About("threaded", "Counts the threads.")
  static let unit = "threads"
  let configuration: NoConfiguration
  func value(rank: Int, cutoff: Int) -> Double { Double(Parallel.threads) }
}

// MARK: Data

private struct Inventing: Filter {
  static let about = About("inventing", "Adds a row.")
  let configuration: NoConfiguration
  func apply(_ interactions: Interactions) throws -> Interactions {
    var more = interactions
    more.users.append(0)
    more.items.append(Int32(interactions.catalogue.count) - 1)
    return more
  }
}

private struct Leaking: Splitter {
  static let about = About("leaking", "Asks for what was learned from.")
  let configuration: NoConfiguration
  func split(_ dataset: Dataset) throws -> Split {
    Split(
      dataset: dataset, training: dataset.sequences.map { $0[...] }, validation: [],
      test: dataset.sequences.enumerated().map {
        NextItemQuery(user: Int32($0), history: $1.dropLast(), answer: $1[$1.count - 1])
      })
  }
}

private struct Lopsided: DatasetSource {
  static let about = About("lopsided", "Forgets an item of an event.")
  let configuration: NoConfiguration
  func load(_ locations: DataLocations) throws -> Interactions {
    var events = try ToyWorld().events
    events.items.removeLast()
    return events
  }
}
