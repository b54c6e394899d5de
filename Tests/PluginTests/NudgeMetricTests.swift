import Beckon
import Testing

@testable import BundledPlugins

struct NudgeMetricTests {
  /// Ten items without names that matter.
  private static let world = SimulatedWorld(
    catalogue: ItemCatalogue(), items: Matrix(rows: 10, columns: 1, values: [Float](repeating: 1, count: 10)),
    itemCounts: [Int](repeating: 1, count: 10), seed: 1, locations: DataLocations(folders: []))

  private func value(_ identifier: String, _ outcome: NudgeOutcome, _ cutoff: Int) throws -> [Double]? {
    try make(.metric, "\"\(identifier)\"", as: (any TrajectoryMetric).self).perUser(outcome, cutoff: cutoff)
  }

  /// Two targets, two rounds, two users, every number chosen by hand.
  private static func run() -> Trajectories {
    var run = Trajectories(targets: [7, 9], rounds: 2, users: 2)
    // [target][round][user]
    run.choice = [0, -1, 0, -1, -1, -1, 0, 0]
    run.shown = [1, 2, 3, 4, 5, 6, 7, 8]
    // [target][after 0, 1, 2][user]
    run.interest = [0, 0.5, 0.25, 0.5, 0.75, 0.25, -1, 0, -1, 0.5, 1, 0.5]
    run.rank = [400, 10, 150, 12, 20, 14, 3, 0, 3, 500, 1, 5]
    run.knewTarget = [false, true, false, false]
    return run
  }

  @Test func byHand() throws {
    let outcome = NudgeOutcome(
      Self.run(), twin: Trajectories(targets: [7, 9], rounds: 2, users: 2), world: Self.world)
    #expect(try value("hr", outcome, 1) == [0.5, 0])
    #expect(try value("hr", outcome, 2) == [0.75, 0.25])
    // P counts targets here, over all rounds.
    #expect(try value("hr-code", outcome, 1) == [1, 0])
    #expect(try value("hr-code", outcome, 2) == [0.75, 0.25])
    #expect(try value("hr-code", outcome, 3) == nil)
    #expect(try value("ioi", outcome, 1) == [0.125, 0.25])
    #expect(try value("ioi", outcome, 2) == [(0.75 + 2) / 2, (-0.25 + 0.5) / 2])
    #expect(try value("ior", outcome, 2) == [(380 + 2) / 2, (-4 - 5) / 2])
    // Capped at 199; user 1 knew target 7, which counts as rank 0 throughout.
    #expect(try value("ior-code", outcome, 2) == [(199 - 150 + 0) / 2, (0 + 0 - 199) / 2])
    // Nothing happened to the twin.
    #expect(try value("ioi-over-twin", outcome, 2) == value("ioi", outcome, 2))
    #expect(try value("ior-over-twin", outcome, 2) == value("ior", outcome, 2))
    // Target 7 is shown to nobody, target 9 neither.
    #expect(try value("sr", outcome, 2) == [0, 0])
    var reached = Self.run()
    // Target 7 to user 1 in round 2, without a click; target 9 to user 0 in round 2, with one.
    reached.shown = [1, 2, 3, 7, 5, 6, 9, 8]
    let arrived = NudgeOutcome(reached, twin: Self.run(), world: Self.world)
    #expect(try value("sr", arrived, 1) == [0, 0])
    #expect(try value("sr", arrived, 2) == [0.5, 0.5])
    #expect(try value("sr-clicked", arrived, 1) == [0, 0])
    #expect(try value("sr-clicked", arrived, 2) == [0.5, 0])
    let same = NudgeOutcome(Self.run(), twin: Self.run(), world: Self.world)
    #expect(try value("ioi-over-twin", same, 2) == [0, 0])
    #expect(try value("ior-over-twin", same, 2) == [0, 0])
  }

  private static func random(_ seed: UInt64, rounds: Int = 6) -> Trajectories {
    var run = Trajectories(targets: [3, 1, 4], rounds: rounds, users: 5)
    var stream = RandomStream(seed: seed, purpose: Purpose("metrics"))
    for cell in run.shown.indices { run.choice[cell] = stream.uniform() < 0.4 ? 0 : -1 }
    for state in run.rank.indices {
      run.rank[state] = Int32(stream.uniform(below: 400))
      run.interest[state] = Float(2 * stream.uniform() - 1)
    }
    for pair in run.knewTarget.indices { run.knewTarget[pair] = stream.uniform() < 0.2 }
    return run
  }

  @Test(arguments: 1...20)
  func theReleasedCountIsOneRoundBehind(seed: UInt64) throws {
    let outcome = NudgeOutcome(Self.random(seed), twin: Self.random(seed + 100), world: Self.world)
    #expect(try value("ioi-code", outcome, 1) == [0, 0, 0, 0, 0])
    #expect(try value("ior-code", outcome, 1) == [0, 0, 0, 0, 0])
    for cutoff in 2...6 {
      #expect(try value("ioi-code", outcome, cutoff) == value("ioi", outcome, cutoff - 1))
      #expect(try value("ioi-code", outcome, cutoff) != value("ioi", outcome, cutoff))
    }
  }

  @Test(arguments: 1...10)
  func boundsHold(seed: UInt64) throws {
    let outcome = NudgeOutcome(Self.random(seed), twin: Self.random(seed + 50), world: Self.world)
    for cutoff in 1...6 {
      #expect(try #require(try value("hr", outcome, cutoff)).allSatisfy { (0...1).contains($0) })
      #expect(try #require(try value("ioi", outcome, cutoff)).allSatisfy { (-2...2).contains($0) })
      #expect(try #require(try value("ior-code", outcome, cutoff)).allSatisfy { (-199...199).contains($0) })
    }
  }

  @Test func idealInputReachesTheBounds() throws {
    var run = Trajectories(targets: [0], rounds: 3, users: 2)
    run.choice = [Int16](repeating: 0, count: 6)
    for user in 0..<2 {
      run.interest[run.state(0, after: 0, user)] = -1
      run.rank[run.state(0, after: 0, user)] = 1000
      for round in 1...3 { run.interest[run.state(0, after: round, user)] = 1 }
    }
    let outcome = NudgeOutcome(run, twin: run, world: Self.world)
    #expect(try value("hr", outcome, 3) == [1, 1])
    #expect(try value("hr-code", outcome, 1) == [1, 1])
    #expect(try value("ioi", outcome, 3) == [2, 2])
    #expect(try value("ior", outcome, 3) == [1000, 1000])
    #expect(try value("ior-code", outcome, 2) == [199, 199])
  }

  @Test func rankingMetricsByHand() throws {
    func values(_ identifier: String) throws -> [Double] {
      let metric = try make(.metric, "\"\(identifier)\"", as: (any RankingMetric).self)
      return [0, 1, 3, 9, 10].map { metric.value(rank: $0, cutoff: 10) }
    }
    #expect(try values("hit") == [1, 1, 1, 1, 0])
    #expect(try values("recall") == [1, 1, 1, 1, 0])
    #expect(try values("mrr") == [1, 0.5, 0.25, 0.1, 0])
    #expect(try values("ndcg") == [1, 1 / log2(3.0), 1 / log2(5.0), 1 / log2(11.0), 0])
  }
}

struct EnvironmentTests {
  @Test func clickProbabilitiesOfTheStudyAreBounded() throws {
    let model = SigmoidClickModel(configuration: .init())
    var previous = 0.0
    for step in 0...400 {
      let affinity = -1 + Double(step) / 200
      let slate = Slate(items: [0], affinities: [affinity])
      let probability = try #require(try model.choiceProbabilities(slate).first)
      #expect((0.1418...0.5499).contains(probability) && probability > previous)
      previous = probability
    }
  }

  @Test func slatesOfSeveralItemsAreRefused() throws {
    let slate = Slate(items: [0, 1], affinities: [0, 1])
    #expect(
      complaint { try SigmoidClickModel(configuration: .init()).choiceProbabilities(slate) }
        == "environment.clickModel: 'sigmoid' answers a slate of one item, and this one has 2. "
        + "Set task.slateSize to 1, or take a choice model such as 'multinomial-logit'.")
  }

  private static func move(_ keep: Float) -> InterestMove {
    InterestMove(interest: [1, 0], item: 0, itemVector: [0, 1], policyKeep: keep)
  }

  @Test func dynamicsByHand() throws {
    let policy = PolicyControlledDynamics(configuration: .init())
    #expect(policy.owner == .policy)
    #expect(policy.moved(Self.move(0.25)) == [0.25, 0.75])
    #expect(policy.moved(Self.move(1)) == [1, 0])
    var own = FixedDynamics.Configuration()
    own.keep = 0.5
    let fixed = FixedDynamics(configuration: own)
    #expect(fixed.owner == .environment)
    #expect(fixed.moved(Self.move(0.25)) == [0.5, 0.5])
  }

  @Test func theRelevanceFloorKeepsTheBestShare() throws {
    // Preferences 1, 2, 3, 4, 5; item 4 is met: half of the other four stay.
    let one = try batch(users: [[1]], items: [[1], [2], [3], [4], [5]], seen: [[4]], target: 0)
    var configuration = RelevanceFloorGuard.Configuration()
    func left(_ share: Double) throws -> [Int] {
      configuration.topShare = share
      var scores = Matrix<Float>(rows: 1, columns: 5, values: [9, 8, 7, 6, -.infinity])
      try RelevanceFloorGuard(configuration: configuration).restrict(&scores, for: one)
      return (0..<5).filter { scores[0, $0] > -.infinity }
    }
    #expect(try left(0.5) == [2, 3])
    #expect(try left(0.51) == [1, 2, 3])
    #expect(try left(0.01) == [3])
    #expect(try left(1) == [0, 1, 2, 3])
  }

  @Test func theWorldNeedsASyntheticDataset() throws {
    let truth = try WorldEmbeddings(configuration: .init()).tables(ToyWorldContext.make())
    #expect(truth.users.rows == 12 && truth.items.rows == 17)
  }
}
