import Beckon
import BeckonTesting
import Testing

@testable import Simulation

/// Five items on the circle, three users; every number below was worked out on paper.
struct HandWorkedTests {
  // Items 0 → (1, 0), 1 → (0, 1), 2 → (0.6, 0.8), 3 → (−1, 0), 4 → (0, −1); users (1, 0), (0, 1), (−1, 0).
  // The last two of each sequence are held out, so the users know {0}, {1, 2} and {3}.
  private static func play() throws -> Play {
    let world = try ToyWorld(
      sequences: [[0, 3, 4], [1, 2, 0, 3], [3, 0, 1]], users: Matrix([[1, 0], [0, 1], [-1, 0]]),
      items: Matrix([[1, 0], [0, 1], [0.6, 0.8], [-1, 0], [0, -1]]))
    return Play(world, targets: [2])
  }

  private func isClose(_ a: [Float], _ b: [Float]) -> Bool {
    a.count == b.count && zip(a, b).allSatisfy { abs($0 - $1) < 1e-5 }
  }

  @Test func whatIsShownIsTheBestItemNotMetOrShown() throws {
    let run = try Self.play().run()
    // A click adds the item's vector to the state, so user 0's states are (1, 0), (1.6, 0.8), (1.6, 1.8), …
    #expect(run.rounds(run.shown, user: 0) == [2, 1, 3, 4, -1])
    // Items 0 and 3 tie for user 1 in the first round: the smaller index.
    #expect(run.rounds(run.shown, user: 1) == [0, 3, 4, -1, -1])
    #expect(run.rounds(run.shown, user: 2) == [1, 2, 0, 4, -1])
    #expect(run.knewTarget == [false, true, false])
  }

  @Test func shownItemsAreGoneEvenIfNotClicked() throws {
    var play = try Self.play()
    play.clicks = .never
    let run = try play.run()
    #expect(run.rounds(run.shown, user: 0) == [2, 1, 4, 3, -1])
    #expect(run.rounds(run.shown, user: 1) == [0, 3, 4, -1, -1])
    #expect(run.rounds(run.shown, user: 2) == [1, 4, 2, 0, -1])
    #expect(!run.clicked.contains(true))
    #expect(run.probability.allSatisfy { $0 == 0 })
    for user in 0..<3 { #expect(Set(run.states(run.interest, user: user)).count == 1) }
  }

  @Test func interestMovesByTheKnownWeightUntilTheTargetIsClicked() throws {
    let run = try Self.play().run()
    let root = Float(0.2).squareRoot()
    // User 0 clicks the target at once: (0.8, 0.4) scaled, whose cosine to (0.6, 0.8) is 2/√5; then nothing moves.
    #expect(isClose(run.states(run.interest, user: 0), [0.6] + [Float](repeating: 2 * root, count: 5)))
    // User 1 knew the target: frozen from the start.
    #expect(run.states(run.interest, user: 1) == [Float](repeating: run.interest[1], count: 6))
    #expect(isClose([run.interest[1]], [0.8]))
    // User 2 goes by way of (−1, 1)/√2 to (−0.0536, 0.7536), scaled.
    #expect(
      isClose(run.states(run.interest, user: 2), [-0.6, 0.141421] + [Float](repeating: 0.755453, count: 4)))
  }

  @Test func ranksLeaveOutWhatWasMetBeforeTheStudy() throws {
    let run = try Self.play().run()
    // Item 0 lies above the target for user 0, and item 1 for user 1, but both were met.
    #expect(run.states(run.rank, user: 0) == [0, 0, 0, 0, 0, 0])
    #expect(run.states(run.rank, user: 1) == [0, 0, 0, 0, 0, 0])
    // Items 1 and 4 at first; then item 1, shown in the study, still counts.
    #expect(run.states(run.rank, user: 2) == [2, 1, 1, 1, 1, 1])
  }

  @Test func columnsWhereNothingIsShown() throws {
    let run = try Self.play().run()
    #expect(run.rounds(run.probability, user: 0) == [1, 1, 1, 1, 0])
    #expect(run.rounds(run.clicked, user: 0) == [true, true, true, true, false])
    #expect(run.keep.allSatisfy { $0 == 0.5 })
  }

  @Test func withoutStoppingUsersGoOnMoving() throws {
    var play = try Self.play()
    play.stopAtTarget = false
    let run = try play.run()
    // User 0: (0.8944, 0.4472) half-way to (0, 1).
    let (x, y) = (0.5 * 2 * Float(0.2).squareRoot(), 0.5 * Float(0.2).squareRoot() + 0.5)
    let expected = (0.6 * x + 0.8 * y) / (x * x + y * y).squareRoot()
    #expect(isClose([run.states(run.interest, user: 0)[2]], [expected]))
    #expect(Set(run.states(run.interest, user: 1)).count > 1)
    #expect(run.knewTarget == [false, true, false])
  }

  @Test func lengthsShrinkUnlessVectorsAreScaled() throws {
    var play = try Self.play()
    #expect(isClose(try play.run().length, [Float](repeating: 1, count: 18)))
    play.settings.normalizeInterests = false
    let run = try play.run()
    // User 0 moves half-way to (0.6, 0.8), to (0.8, 0.4), and stops; user 1 was frozen from the start.
    #expect(
      isClose(run.states(run.length, user: 0), [1] + [Float](repeating: Float(0.8).squareRoot(), count: 5)))
    #expect(run.states(run.length, user: 1) == [1, 1, 1, 1, 1, 1])
    #expect(isClose(run.states(run.likeness, user: 0), [1] + [Float](repeating: 0.894427, count: 5)))
    #expect(isClose(run.states(run.interest, user: 0), [0.6] + [Float](repeating: 0.8, count: 5)))
  }

  @Test(arguments: [(0, [0.6, 0.96, 0.96]), (1, [0.6, 0.6, 0.6])] as [(Float, [Float])])
  func theWeightIsHonoured(keep: Float, interest: [Float]) throws {
    // Only item 1 may be shown, then the target is out of reach: (1, 0) → keep of it and the rest of (0, 1).
    var play = try Self.play()
    play.keep = keep
    play.guards = [ForbidStub([0, 2, 3, 4])]
    play.rounds = 2
    let run = try play.run()
    #expect(run.rounds(run.shown, user: 0) == [1, -1])
    #expect(isClose(run.states(run.interest, user: 0), keep == 0 ? [0.6, 0.8, 0.8] : interest))
  }

  @Test func aGuardForbidsAndMayForbidEverything() throws {
    var play = try Self.play()
    play.guards = [ForbidStub([2]), ForbidStub([1])]
    let run = try play.run()
    // Item 4 is neutral to user 0, item 3 is the opposite.
    #expect(run.rounds(run.shown, user: 0) == [4, 3, -1, -1, -1])
    play.guards = [ForbidStub([0, 1, 2, 3, 4])]
    let nothing = try play.result()
    #expect(try #require(nothing.outcome).trajectories.shown.allSatisfy { $0 == -1 })
    #expect(nothing.facts["roundsWithoutItem"]?.number == 15)
    #expect(nothing.facts["clickProbability"]?.array == [.number(0), .number(0)])
  }

  @Test func aScoreThatIsNoNumberIsRefused() throws {
    var play = try Self.play()
    play.scorer = FunctionStub { batch, row, item in
      batch.round == 1 && row == 2 && item == 1 ? .nan : Float(item)
    }
    let error = #expect(throws: Problem.self) { try play.run() }
    #expect("\(try #require(error))" == "scorer: the score of an item is not a number (round 2).")
  }

  @Test func partsThatBreakTheirContractAreNamed() throws {
    struct Narrow: Scorer {
      static let about = About("narrow", "Forgets an item.")
      let configuration = NoConfiguration()
      init(configuration: NoConfiguration = .init()) {}
      func scores(_ batch: UserBatch) throws -> Matrix<Float> { Matrix(rows: batch.count, columns: 4) }
    }
    func message(_ change: (inout Play) -> Void) throws -> String {
      var play = try Self.play()
      change(&play)
      return "\(try #require(#expect(throws: Problem.self) { try play.run() }))"
    }
    #expect(
      try message { $0.scorer = Narrow() }
        == "scorer: scores are 3×4, expected 3×5: a row a user, a column an item.")
    #expect(
      try message { $0.keep = 1.5 } == "arousal: expected 3 weights from 0 to 1, found [1.5, 1.5, 1.5].")
    #expect(
      try message { $0.clicks = ClickStub { _ in 2 } }
        == "environment.clickModel: 1 shown items need as many probabilities, their sum at most 1; found [2.0]."
    )
    #expect(
      try message { $0.clicks = ClickStub { _ in .nan } }
        == "environment.clickModel: 1 shown items need as many probabilities, their sum at most 1; found [nan]."
    )
  }

  @Test func anUnavailableItemMayScoreAnything() throws {
    var play = try Self.play()
    play.scorer = FunctionStub { batch, row, item in
      batch.unavailable[row].contains(Int32(item)) ? .nan : Float(-item)
    }
    let run = try play.run()
    #expect(run.rounds(run.shown, user: 0) == [1, 2, 3, 4, -1])
  }

  @Test func factsOfTheRun() throws {
    let result = try Self.play().result()
    #expect(result.facts["dynamicsOwner"]?.string == "policy")
    #expect(result.facts["usersWhoKnewATarget"]?.number == 1)
    #expect(result.facts["roundsWithoutItem"]?.number == 4)
    #expect(result.facts["clickProbability"]?.array == [.number(1), .number(1)])
    #expect(result.facts["targets"]?.array?.first?["id"]?.string == "i2")
    #expect(
      result.values.map(\.name) == ["increase@1", "increase@2", "increase@3", "increase@4", "increase@5"])
  }

  @Test func aTargetThatEverybodyKnowsIsRefused() throws {
    let world = try ToyWorld(
      sequences: [[0, 3, 4], [1, 0, 2, 3]], users: Matrix([[1, 0], [0, 1]]),
      items: Matrix([[1, 0], [0, 1], [0.6, 0.8], [-1, 0], [0, -1]]))
    let error = #expect(throws: Problem.self) { try Play(world, targets: [2, 0]).run() }
    #expect(
      error?.description
        == "targetSelector: the target 'i0' is in every user's history already, so there is nobody to guide to it; "
        + "choose other targets.")
    _ = try Play(world, targets: [2, 1]).run()
  }

  @Test func roundMeansAgreeWithTheMetric() throws {
    var play = try Self.play()
    play.twin = FunctionStub { _, _, item in Float(item) }
    let result = try play.result()
    let increase = try #require(result.rounds.columns.firstIndex(of: "ioi"))
    #expect(result.rounds.rows.count == 5)
    for (row, value) in zip(result.rounds.rows, result.values) {
      #expect(abs(row[increase] - (try #require(value.mean))) < 1e-9)
    }
    let clicks = try #require(result.rounds.columns.firstIndex(of: "click-rate"))
    #expect(isClose(result.rounds.rows.map { Float($0[clicks]) }, [1, 1, 1, 2 / 3, 0]))
  }
}

struct NextItemTaskTests {
  private func values(_ masking: Masking, guards: [any Guard] = [], queries: NextItemTask.Part = .test) throws
    -> [Double?]
  {
    let world = try ToyWorld(
      sequences: [[0, 1, 2], [0, 3, 1]], users: Matrix([[1, 0], [0, 1]]),
      items: Matrix([[4, 0], [3, 1], [2, 2], [1, 3]]))
    var configuration = NextItemTask.Configuration()
    configuration.cutoffs = [1, 2, 3]
    configuration.queries = queries
    let system = System(
      seed: 1, masking: masking, model: world.model, scorer: PreferenceStub(), guards: guards,
      metrics: [HitStub(), IncreaseStub()], nudge: nil, progress: ProgressReporter())
    let result = try NextItemTask(configuration: configuration).run(system)
    #expect(result.values.map(\.name) == ["hit-stub@1", "hit-stub@2", "hit-stub@3"])
    #expect(result.facts["queries"]?.number == 2)
    return result.values.map(\.mean)
  }

  @Test func someUsersAreAsked() throws {
    let world = try ToyWorld(users: 40, items: 30)
    func ranks(_ users: Int) throws -> TaskResult {
      var configuration = NextItemTask.Configuration()
      configuration.users = users
      let system = System(
        seed: 1, masking: .exclude, model: world.model, scorer: PreferenceStub(), guards: [],
        metrics: [HitStub()], nudge: nil, progress: ProgressReporter())
      return try NextItemTask(configuration: configuration).run(system)
    }
    let (all, some) = (try ranks(0), try ranks(9))
    let cohort = Cohort.users(9, of: 40)
    #expect(some.facts["queries"]?.number == 9)
    for (own, whole) in zip(some.values, all.values) {
      #expect(own.perUser == cohort.map { whole.perUser[$0] })
    }
  }

  @Test func aGuardThatMakesNoNumberIsNamed() {
    let error = #expect(throws: Problem.self) {
      try values(.exclude, guards: [ForbidStub([2]), SpoilStub()])
    }
    #expect(error?.description == "guards[1]: the score of an item is not a number.")
  }

  @Test func byHand() throws {
    // Test answers 2 and 1. User 0 scores 4, 3, 2, 1 and has met 0, 1; user 1 scores 0, 1, 2, 3 and has met 0, 3.
    #expect(try values(.exclude) == [0.5, 1, 1])
    #expect(try values(.none) == [0, 0, 1])
    // Validation answers 1 and 3 after item 0.
    #expect(try values(.exclude, queries: .validation) == [1, 1, 1])
    // A forbidden answer falls behind everything else, what was met included: the smaller index wins a tie of −∞.
    #expect(try values(.exclude, guards: [ForbidStub([2])]) == [0.5, 0.5, 0.5])
  }
}
