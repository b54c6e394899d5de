import Beckon
import BeckonTesting
import Testing

@testable import Simulation

struct PropertyTests {
  private func play(_ seed: UInt64, users: Int = 20, targets: [Int32] = [3, 7]) throws -> Play {
    var play = Play(try ToyWorld(users: users, items: 15, width: 4, seed: seed), targets: targets)
    play.clicks = .rising
    play.rounds = 8
    play.seed = seed
    return play
  }

  @Test(arguments: 1...8)
  func whatAlwaysHolds(seed: UInt64) throws {
    let play = try play(seed)
    let run = try play.run()
    for (index, target) in play.targets.enumerated() {
      for user in 0..<run.users {
        let known = play.world.split.training[user]
        let shown = run.rounds(run.shown, target: index, user: user).filter { $0 >= 0 }
        #expect(Set(shown).count == shown.count && Set(shown).isDisjoint(with: known))
        #expect(shown.count == min(8, 15 - Set(known).count))
        #expect(run.knewTarget[index * run.users + user] == known.contains(target))
        let interest = run.states(run.interest, target: index, user: user)
        var frozen = known.contains(target)
        for round in 0..<run.rounds {
          let cell = run.cell(index, round, user)
          #expect(!run.hasClicked(cell) || run.shown[cell] >= 0)
          #expect((0...1).contains(run.probability[cell]) && (-1.0001...1.0001).contains(interest[round]))
          #expect((0..<15).contains(run.rank[run.state(index, after: round, user)]))
          let moves = run.hasClicked(cell) && !frozen
          #expect(moves || interest[round] == interest[round + 1], "moved without a reason")
          if moves, run.shown[cell] == target {
            #expect(interest[round + 1] > interest[round])
            frozen = true
          }
        }
      }
    }
    #expect(run.clicked.contains(true) && run.clicked.contains(false))
  }

  @Test(arguments: [NudgeTask.Candidates.unmet, .unclicked, .any])
  func keptScoresAreThoseMadeAnew(_ candidates: NudgeTask.Candidates) throws {
    var play = try play(5, users: 60)
    play.clicks = .even
    play.settings.candidates = candidates
    play.guards = [ForbidStub([2, 9])]
    let anew = CountingStub(keeps: false)
    play.scorer = anew
    let expected = try play.run()
    let kept = CountingStub(keeps: true)
    play.scorer = kept
    #expect(try play.run().everything == expected.everything)
    // Of 8 rounds with clicks by chance, about the first and half of the others are scored.
    #expect(anew.rows.value == 60 * 2 * 8 && (480..<700).contains(kept.rows.value))
  }

  @Test func threadsAndOrderDoNotMatter() throws {
    // More users than two blocks.
    let play = try play(4, users: 130)
    let one = try Parallel.withThreads(1) { try play.run() }
    #expect(try Parallel.withThreads(3) { try play.run() }.everything == one.everything)
    var reversed = play
    reversed.targets = [7, 3]
    let other = try reversed.run()
    for user in 0..<130 {
      #expect(
        other.rounds(other.shown, target: 0, user: user) == one.rounds(one.shown, target: 1, user: user))
      #expect(
        other.states(other.interest, target: 1, user: user) == one.states(one.interest, target: 0, user: user)
      )
    }
  }

  @Test func someUsersPlayAsTheyDoAmongAll() throws {
    var play = try play(5, users: 130)
    play.clicks = .even
    let all = try play.run()
    #expect(all.userIndices == Array(0..<130))
    play.settings.users = 70
    let some = try play.run()
    #expect(some.users == 70 && Set(some.userIndices).count == 70)
    #expect(try play.result().facts["users"]?.number == 70)
    #expect(some.userIndices.sorted() == some.userIndices && some.userIndices.last! < 130)
    for (place, user) in some.userIndices.enumerated() { #expect(some.playsAlike(place, all, user)) }
    // The same ones for another seed, and all of them where there are no more.
    play.seed += 1
    #expect(try play.run().userIndices == some.userIndices)
    play.settings.users = 500
    #expect(try play.run().users == 130)
  }

  @Test func eachUserIsAsLikelyToTakePart() {
    let chosen = Cohort.users(20_000, of: 50_000)
    #expect(chosen.count == 20_000 && Set(chosen).count == 20_000)
    for part in stride(from: 0, to: 50_000, by: 5_000) {
      // 2,000 of each 5,000, with a standard deviation of 33.
      #expect(abs(chosen.count { (part..<part + 5_000).contains($0) } - 2_000) < 140)
    }
  }

  @Test func usersDoNotMeet() throws {
    let (few, many) = (try play(5, users: 50).run(), try play(5, users: 120).run())
    for user in 0..<50 { #expect(few.playsAlike(user, many, user)) }
  }

  @Test func theTwinHasTheSameDraws() throws {
    var play = try play(6)
    play.clicks = .even
    play.twin = FunctionStub { _, _, item in Float(item % 5) }
    let outcome = try play.outcome()
    let (run, twin) = (outcome.trajectories, outcome.twin)
    #expect(run.shown != twin.shown)
    var compared = 0
    for cell in run.shown.indices where run.shown[cell] >= 0 && twin.shown[cell] >= 0 {
      #expect(run.hasClicked(cell) == twin.hasClicked(cell))
      compared += 1
    }
    #expect(compared > 200)
    play.seed += 1
    #expect(try play.run().clicked != run.clicked)
    // Half of even clicks are clicks.
    let share = Double(run.clicked.count { $0 }) / Double(run.shown.count { $0 >= 0 })
    #expect(abs(share - 0.5) < 0.1)
  }

  @Test func withoutATwinTheRunIsItsOwn() throws {
    let outcome = try play(7).outcome()
    #expect(outcome.twin.everything == outcome.trajectories.everything)
  }

  @Test func statesBeforeTheFirstRoundAreSharedByTargets() throws {
    var play = try play(9, users: 60, targets: [1, 2, 5])
    play.clicks = .never
    let fixed = try #require(play.world.model.encoder as? FixedVectorsEncoder)
    let shared = CountingEncoder(fixed, readsTarget: false)
    play.encoder = shared
    _ = try play.run()
    #expect(shared.counter.count == 60)
    let own = CountingEncoder(fixed, readsTarget: true)
    play.encoder = own
    _ = try play.run()
    // Each target anew, and once for the twin, which sees none.
    #expect(own.counter.count == 240)
    play.clicks = .rising
    let other = try play.run()
    play.encoder = shared
    #expect(try play.run().everything == other.everything)
  }

  @Test func onlyChangedHistoriesAreEncodedAgain() throws {
    var play = try play(10, users: 30, targets: [1])
    let encoder = CountingEncoder(
      try #require(play.world.model.encoder as? FixedVectorsEncoder), readsTarget: false)
    play.encoder = encoder
    let run = try play.run()
    #expect(encoder.counter.count == 30 + run.clicked.count { $0 })
  }
}
