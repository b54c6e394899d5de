import Beckon
import BeckonTesting
import Synchronization
import Testing

@testable import Simulation

/// A click model that is a closure over whole slates; nil is no valid answer.
private struct SlateStub: ClickModel {
  static let about = About("slate-stub", "What a closure says of a slate.")
  let configuration = NoConfiguration()
  let answer: @Sendable (Slate) -> [Double]?
  init(configuration: NoConfiguration) { answer = { _ in nil } }
  init(_ answer: @escaping @Sendable (Slate) -> [Double]?) { self.answer = answer }
  func choiceProbabilities(_ slate: Slate) throws -> [Double] { answer(slate) ?? [] }
  func answers(to slates: [Slate]) throws -> [[Double]?] { slates.map(answer) }
}

/// Notes what an encoder is told.
private struct Spy: Beckon.Encoder {
  static let about = About("spy", "Notes the padding.")
  var inner: FixedVectorsEncoder
  var readsTarget = false
  var window: Int?
  let seen: Seen
  final class Seen: Sendable {
    let paddings = Mutex<Set<TokenBatch.Padding>>([])
    let targets = Mutex<[Int32?: Int]>([:])
  }
  init(configuration: NoConfiguration) throws { throw Problem("", "not from a spec") }
  init(_ inner: FixedVectorsEncoder, _ seen: Seen) { (self.inner, self.seen) = (inner, seen) }
  var parameters: ParameterSet<Float> {
    get { inner.parameters }
    set { inner.parameters = newValue }
  }
  var itemVectors: Matrix<Float> { inner.itemVectors }
  mutating func train(_ context: TrainingContext) throws {}
  func encode(_ histories: [UserHistory]) throws -> Matrix<Float> {
    for history in histories {
      _ = seen.paddings.withLock { $0.insert(history.padding) }
      seen.targets.withLock { $0[history.target, default: 0] += 1 }
    }
    return try inner.encode(histories)
  }
}

/// What the task can be told, on the world of `HandWorkedTests`.
struct SettingsTests {
  // Items 0 → (1, 0), 1 → (0, 1), 2 → (0.6, 0.8), 3 → (−1, 0), 4 → (0, −1); user 0 is (1, 0) and knows item 0.
  private static func play(_ change: (inout NudgeTask.Configuration) -> Void = { _ in }) throws -> Play {
    let world = try ToyWorld(
      sequences: [[0, 3, 4], [1, 2, 0, 3], [3, 0, 1]], users: Matrix([[1, 0], [0, 1], [-1, 0]]),
      items: Matrix([[1, 0], [0, 1], [0.6, 0.8], [-1, 0], [0, -1]]))
    var play = Play(world, targets: [2])
    change(&play.settings)
    return play
  }

  @Test(
    arguments: [
      (.unmet, [2, 1, 4, 3, -1]), (.unclicked, [2, 2, 2, 2, 2]), (.unshown, [0, 2, 1, 4, 3]),
      (.any, [0, 0, 0, 0, 0]),
    ] as [(NudgeTask.Candidates, [Int32])])
  func whatMayBeShownToAUserWhoNeverClicks(candidates: NudgeTask.Candidates, shown: [Int32]) throws {
    var play = try Self.play { $0.candidates = candidates }
    play.clicks = .never
    let run = try play.run()
    #expect(run.rounds(run.shown, user: 0) == shown)
  }

  @Test func clickedItemsAreGoneWhereUnclickedOnesStay() throws {
    let run = try Self.play { $0.candidates = .unclicked }.run()
    #expect(run.rounds(run.shown, user: 0) == [2, 1, 3, 4, -1])
  }

  @Test func slatesOfTwo() throws {
    var play = try Self.play { $0.slateSize = 2 }
    play.clicks = .never
    let unclicked = try play.run()
    #expect(unclicked.shown.count == 2 * unclicked.choice.count)
    func slates(_ run: Trajectories) -> [[Int32]] {
      (0..<run.rounds).map { Array(run.items(run.cell(0, $0, 0))) }
    }
    #expect(slates(unclicked) == [[2, 1], [4, 3], [], [], []])
    // A user who takes the second of two, and the only one of one.
    play.clickModel = SlateStub { slate in slate.items.indices.map { $0 == slate.items.count - 1 ? 1 : 0 } }
    let second = try play.run()
    #expect(second.clickedItem(second.cell(0, 0, 0)) == 1 && second.choice[0] == 1)
    #expect(second.hasClicked(0) && second.clickedItem(second.cell(0, 4, 0)) == nil)
    // Item 1 moves user 0 half-way to (0, 1): cosine (0.6 + 0.8)/√2 to the target.
    #expect(abs(second.states(second.interest, user: 0)[1] - 1.4 / Float(2).squareRoot()) < 1e-5)
  }

  @Test func positionsAreDrawnByTheirProbabilities() throws {
    var play = Play(try ToyWorld(users: 500, items: 30), targets: [0, 1])
    play.settings.slateSize = 3
    play.clickModel = SlateStub { Array([0.2, 0.5, 0.1].prefix($0.items.count)) }
    let run = try play.run()
    let whole = run.choice.indices.filter { Array(run.items($0)).count == 3 }
    let count = Double(whole.count)
    #expect(count > 3000)
    for (slot, probability) in [(0, 0.2), (1, 0.5), (2, 0.1), (-1, 0.2)] {
      let share = Double(whole.count { run.choice[$0] == Int16(slot) }) / count
      #expect(abs(share - probability) < 4 * (probability * (1 - probability) / count).squareRoot())
    }
    #expect(whole.allSatisfy { abs(run.probability[$0] - 0.8) < 1e-6 })
  }

  @Test func moreThanCertaintyIsRefused() throws {
    var play = try Self.play { $0.slateSize = 2 }
    play.clicks = .always
    let error = #expect(throws: Problem.self) { try play.run() }
    #expect(
      error?.description
        == "environment.clickModel: 2 shown items need as many probabilities, their sum at most 1; found [1.0, 1.0]."
    )
  }

  @Test func withoutScalingVectorsShrink() throws {
    var play = try Self.play { $0.normalizeInterests = false }
    play.rounds = 1
    let run = try play.run()
    // (1, 0) half-way to (0.6, 0.8) is (0.8, 0.4), whose product with (0.6, 0.8) is 0.8.
    #expect(abs(run.states(run.interest, user: 0)[1] - 0.8) < 1e-6)
    #expect(abs(run.states(run.likeness, user: 0)[1] - 2 * Float(0.2).squareRoot()) < 1e-6)
  }

  @Test func whatGuidanceDoesToTheUserIsRecorded() throws {
    var play = try Self.play()
    play.rounds = 2
    let run = try play.run()
    let root = Float(0.2).squareRoot()
    // The user goes from (1, 0) to (2, 1)/√5 and stays; the items really met later are (−1, 0) and (0, −1).
    let likeness = run.states(run.likeness, user: 0)
    #expect(zip(likeness, [1, 2 * root, 2 * root]).allSatisfy { abs($0 - $1) < 1e-6 })
    let utility = run.states(run.utility, user: 0)
    #expect(zip(utility, [-0.5, -1.5 * root, -1.5 * root]).allSatisfy { abs($0 - $1) < 1e-6 })
    // Items 2 and then 1 are shown, seen by the user of the start.
    #expect(zip(run.rounds(run.firstAffinity, user: 0), [0.6, 0]).allSatisfy { abs($0 - $1) < 1e-6 })
  }

  @Test func noAnswerIsNoClickAndIsCounted() throws {
    var play = try Self.play()
    play.clickModel = SlateStub { $0.history.user == 0 ? nil : [1] }
    let result = try play.result()
    let run = try #require(result.outcome).trajectories
    #expect(run.rounds(run.answered, user: 0) == [false, false, false, false, true])
    #expect(run.rounds(run.clicked, user: 0).allSatisfy { !$0 })
    #expect(run.rounds(run.answered, user: 2).allSatisfy { $0 })
    #expect(result.facts["roundsWithoutAnswer"]?.number == 4)
  }

  @Test func aClickModelSeesTheRoundsBefore() throws {
    let wrong = Mutex(0)
    var play = Play(try ToyWorld(users: 60, items: 40), targets: [3, 5])
    play.clickModel = SlateStub { slate in
      let clicked = slate.events.compactMap(\.clicked)
      if slate.events.count != slate.round || clicked != slate.history.clicked
        || slate.target != [3, 5][slate.targetPlace]
      {
        wrong.withLock { $0 += 1 }
      }
      return [0.5]
    }
    _ = try play.run()
    #expect(wrong.withLock { $0 } == 0)
  }

  @Test func thePaddingReachesTheEncoder() throws {
    for padding in TokenBatch.Padding.allCases {
      var play = try Self.play { $0.padding = padding }
      let seen = Spy.Seen()
      play.encoder = Spy(try #require(play.world.model.encoder as? FixedVectorsEncoder), seen)
      _ = try play.run()
      #expect(seen.paddings.withLock { $0 } == [padding])
    }
  }
}

struct WindowTests {
  @Test func usersWithMoreThanTheWindowAreCounted() throws {
    var play = Play(try ToyWorld(), targets: [3])
    #expect(try play.result().facts["usersBeyondWindow"] == .null)
    var spy = Spy(try #require(play.world.model.encoder as? FixedVectorsEncoder), Spy.Seen())
    spy.window = 4
    play.encoder = spy
    let longer = play.world.split.training.count { $0.count > 4 }
    #expect(longer > 0 && longer < 12)
    #expect(try play.result().facts["usersBeyondWindow"]?.number == Double(longer) / 12)
  }

  /// What users thought of their later items before the first round, without which a change has no scale.
  @Test func theUtilityBeforeIsTold() throws {
    let play = Play(try ToyWorld(), targets: [3, 5])
    let run = try play.run()
    let before = (0..<run.users).map { Double(run.utility[run.state(1, after: 0, $0)]) }
    let told = try #require(try play.result().facts["utilityBefore"]?.number)
    #expect(abs(told - before.reduce(0, +) / Double(run.users)) < 1e-12 && told != 0)
  }
}

struct TwinTests {
  @Test func theTwinOfAnEncoderThatSeesTheTargetDoesNotSeeIt() throws {
    var play = Play(try ToyWorld(), targets: [3])
    play.clicks = .never
    let seen = Spy.Seen()
    var spy = Spy(try #require(play.world.model.encoder as? FixedVectorsEncoder), seen)
    spy.readsTarget = true
    play.encoder = spy
    _ = try play.run()
    #expect(seen.targets.withLock { $0 } == [3: 12, nil: 12])
  }
}

struct CaseStudyTests {
  @Test func aFollowedUserIsTheOneOfTheRun() throws {
    // Two blocks of users: the followed one stands in the second.
    var play = Play(try ToyWorld(users: 70, items: 40), targets: [3, 5])
    play.clicks = .rising
    play.settings.follow.users = ["u60", "u2"]
    play.settings.follow.targets = ["i5"]
    let result = try play.result()
    let run = try #require(result.outcome).trajectories
    let followed = try #require(result.facts["followed"]?.array)
    #expect(followed.map { $0["user"]?.string } == ["u60", "u2"])
    for (told, user) in zip(followed, [60, 2]) {
      #expect(told["target"]?["id"]?.string == "i5")
      #expect(told["knewTarget"]?.bool == run.knewTarget[run.users + user])
      let rounds = try #require(told["rounds"]?.array)
      #expect(
        rounds.map { $0["items"]?.array?.first?["id"]?.string }
          == run.rounds(run.shown, target: 1, user: user).map { "i\($0)" })
      #expect(
        rounds.map { $0["clicked"]?["id"]?.string != nil }
          == run.rounds(run.clicked, target: 1, user: user))
      for (round, interest) in zip(rounds, run.states(run.interest, target: 1, user: user).dropFirst()) {
        #expect(abs((round["interest"]?.number ?? 9) - Double(interest)) <= 0.00005)
      }
      #expect(told.value(at: ["vectors", "user"])?.array?.count == run.rounds + 1)
      #expect(told.value(at: ["vectors", "shown"])?.array?.count == run.rounds)
    }
  }

  @Test func everyTargetUnlessSomeAreNamed() throws {
    var play = Play(try ToyWorld(), targets: [3, 5])
    play.settings.follow.users = ["u1"]
    let followed = try #require(try play.result().facts["followed"]?.array)
    #expect(followed.map { $0["target"]?["id"]?.string } == ["i3", "i5"])
  }

  @Test func unknownNamesAreRefused() throws {
    var play = Play(try ToyWorld(), targets: [3, 5])
    play.settings.follow.users = ["nobody"]
    func message() throws -> String { "\(try #require(#expect(throws: Problem.self) { try play.run() }))" }
    #expect(try message() == "task.follow.users: the data have no user 'nobody'.")
    play.settings.follow.users = ["u1"]
    play.settings.follow.targets = ["i4"]
    #expect(try message().hasPrefix("task.follow.targets: 'i4' is no target of this run."))
  }
}
