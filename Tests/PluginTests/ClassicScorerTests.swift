import Beckon
import BeckonCLI
import BeckonTesting
import Testing

@testable import BundledPlugins

enum ToyWorldContext {
  static func make(_ world: ToyWorld? = nil, seed: UInt64 = 1) throws -> TrainingContext {
    try (world ?? ToyWorld()).context(seed: seed, registry: StandardRegistry.make())
  }
}

struct ClassicScorerTests {
  // Training parts: (0, 1), (0, 1, 2), (1); the last two of each sequence are held out.
  private static func world() throws -> ToyWorld {
    let vectors = Matrix<Float>([[1, 0], [0, 1], [1, 1], [2, 1]])
    return try ToyWorld(
      sequences: [[0, 1, 3, 3], [0, 1, 2, 3, 3], [1, 3, 3]], users: vectors.selectingRows([0, 1, 2]),
      items: vectors)
  }

  private func values(_ spec: String, history: [Int32]) throws -> [Float] {
    let world = try Self.world()
    let scorer = try make(.scorer, spec, as: (any Scorer).self)
    let batch = try world.batch([UserHistory(user: 0, past: history[...])], target: nil)
    return try scores(scorer, batch).values
  }

  @Test func popularityCountsTheTrainingPart() throws {
    #expect(try values(#""popularity""#, history: [2]) == [2, 3, 1, 0])
  }

  @Test func neighboursByHand() throws {
    // Cosines of columns {a, b}, {a, b, c}, {b}: 0–1 2/√6, 0–2 1/√2, 1–2 1/√3; nothing with itself.
    let (a, b, c) = (2 / Float(6).squareRoot(), 1 / Float(2).squareRoot(), 1 / Float(3).squareRoot())
    #expect(isClose(try values(#""item-knn""#, history: [0]), [0, a, b, 0]))
    #expect(isClose(try values(#""item-knn""#, history: [0, 1, 0]), [a, a, b + c, 0]))
    #expect(try values(#""item-knn""#, history: []) == [0, 0, 0, 0])
  }

  @Test func transitionsByHand() throws {
    #expect(
      isClose(try values(#"{"type": "markov", "popularityWeight": 0}"#, history: [2, 0]), [0, 1, 0, 0]))
    #expect(isClose(try values(#"{"type": "markov", "popularityWeight": 0}"#, history: [1]), [0, 0, 1, 0]))
    #expect(
      isClose(try values(#"{"type": "markov", "popularityWeight": 0.5}"#, history: [1]), [1, 1.5, 1.5, 0]))
    #expect(
      isClose(try values(#"{"type": "markov", "popularityWeight": 0.5}"#, history: []), [1, 1.5, 0.5, 0]))
  }

  @Test func easeSolvesItsEquation() throws {
    let items = 9
    let world = try ToyWorld(users: 20, items: items, width: 3, seed: 5)
    let penalty = 3.0
    var configuration = EASEScorer.Configuration()
    configuration.regularization = penalty
    // Row i of the weights is the score of a history of item i alone.
    let batch = try world.batch(
      (0..<Int32(items)).map { UserHistory(user: 0, past: [$0]) }, target: nil)
    let weights = try scores(EASEScorer(configuration: configuration), batch)
    // The optimum of ‖X − XB‖² + λ‖B‖² with zero diagonal: off the diagonal XᵀX(I − B) = λB.
    let sets = world.split.training.map { Set($0) }
    func gram(_ a: Int, _ b: Int) -> Double {
      Double(sets.count { $0.contains(Int32(a)) && $0.contains(Int32(b)) })
    }
    for row in 0..<items {
      #expect(weights[row, row] == 0)
      for column in 0..<items where column != row {
        let fitted = (0..<items).reduce(0.0) { $0 + gram(row, $1) * Double(weights[$1, column]) }
        #expect(abs(gram(row, column) - fitted - penalty * Double(weights[row, column])) < 1e-4)
      }
    }
  }

  @Test(arguments: [
    "popularity", "item-knn", "ease", "markov", "preference", "ipg", "itmprec",
  ])
  func renumberingItemsRenumbersScores(name: String) throws {
    let scorer = try make(.scorer, "\"\(name)\"", as: (any Scorer).self)
    for seed in 1...3 as ClosedRange<UInt64> {
      let world = try ToyWorld(users: 9, items: 13, width: 4, seed: seed)
      var stream = RandomStream(seed: seed, purpose: Purpose("renumbering"))
      let order = stream.sample(13, of: 13)
      let other = try world.renumbering(items: order)
      let target: Int32? = scorer.needs.contains(.target) ? 5 : nil
      let before = try scores(scorer, world.batch(target: target))
      let after = try scores(scorer, other.batch(target: target.map { Int32(order[Int($0)]) }))
      for user in 0..<before.rows {
        #expect(isClose(before.row(user), order.map { after[user, $0] }, 1e-4), "user \(user), seed \(seed)")
      }
    }
  }

  @Test func randomScoresDifferByUserRoundAndSeed() throws {
    let world = try ToyWorld()
    let scorer = try make(.scorer, #""random""#, as: (any Scorer).self)
    let first = try scores(scorer, world.batch(target: 1))
    #expect(first.row(0) != first.row(1))
    #expect(bits(try scores(scorer, world.batch(target: 1, round: 1))) != bits(first))
    #expect(bits(try scores(scorer, world.batch(target: 2))) != bits(first))
    #expect(bits(try scores(scorer, world.batch(target: 1), seed: 2)) != bits(first))
    #expect(first.values.allSatisfy { (0..<1).contains($0) })
    // A user's draw does not depend on who else is asked.
    let alone = try scores(scorer, world.batch([world.split.histories[4]], target: 1))
    #expect(Array(alone.row(0)) == Array(first.row(4)))
  }

  @Test func preferenceIsTheEncoders() throws {
    let batch = try ToyWorld().batch(target: nil)
    #expect(bits(try scores(PreferenceScorer(configuration: .init()), batch)) == bits(batch.preferences))
  }
}

struct FiveCoreTests {
  @Test func byHand() throws {
    // Five users meet items 0 to 4, all five times: nothing is rare. Item 5 is met once, by user 0.
    var events = Interactions()
    events.userIdentifiers = (0..<5).map { "u\($0)" }
    for item in 0..<6 { events.catalogue.append("i\(item)") }
    for user in 0..<5 as Range<Int32> {
      for item in 0..<5 as Range<Int32> {
        events.users.append(user)
        events.items.append(item)
      }
    }
    let filter = ITMPRecFiveCore(configuration: .init())
    #expect(try filter.apply(events).count == 25)
    events.users.append(0)
    events.items.append(5)
    // The pass over items finds item 5 rare, keeps 5 ≤ count < 5: nothing at all.
    #expect(try filter.apply(events).count == 0)
    // With one more event of item 4 that item alone is the most frequent: items 0 to 3 stay, each user keeps
    // four, which is rare, so the next pass over users drops everybody.
    events.users.append(1)
    events.items.append(4)
    #expect(try filter.apply(events).count == 0)
    let rows = Array(events.items.indices)
    #expect(ITMPRecFiveCore.pass(rows, events.items).count == 20)
    #expect(ITMPRecFiveCore.pass(ITMPRecFiveCore.pass(rows, events.items), events.users).isEmpty)
  }

  @Test func frequentItemsGoOnlyWhenSomethingIsRare() {
    let column: [Int32] = [0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1]
    #expect(ITMPRecFiveCore.pass(Array(column.indices), column).count == 11)
    let withRare = column + [2]
    #expect(ITMPRecFiveCore.pass(Array(withRare.indices), withRare).map { withRare[$0] } == [1, 1, 1, 1, 1])
  }
}

struct IntentTests {
  @Test func learnedIntentsAreTheUsersGroups() throws {
    // Two far groups of users; histories do not matter to the fixed encoder.
    let users: [[Float]] = [[10, 0], [10, 1], [-10, 0], [-10, -1]]
    let world = try ToyWorld(
      sequences: users.map { _ in [0, 1, 2] }, users: Matrix(users),
      items: Matrix([[1, 0], [0, 1], [1, 1]]))
    var configuration = LearnedIntents.Configuration()
    configuration.count = 2
    let encoder = try #require(world.model.encoder)
    let found = try LearnedIntents(configuration: configuration)
      .centroids(encoder: encoder, split: world.split, seed: 1)
    let rows = (0..<2).map { Array(found.row($0)) }.sorted { $0[0] > $1[0] }
    #expect(rows == [[10, 0.5], [-10, -0.5]])
    configuration.count = 5
    #expect(
      complaint {
        try LearnedIntents(configuration: configuration).centroids(
          encoder: encoder, split: world.split, seed: 1)
      } == "intents.count: 5 intents need as many users, and there are 4.")
  }

  @Test func frozenIntentsAreSmallAndSeeded() throws {
    let world = try ToyWorld()
    let encoder = try #require(world.model.encoder)
    var configuration = FrozenRandomIntents.Configuration()
    configuration.count = 400
    let model = FrozenRandomIntents(configuration: configuration)
    let found = try model.centroids(encoder: encoder, split: world.split, seed: 1)
    let deviation = (found.values.reduce(0) { $0 + $1 * $1 } / Float(found.count)).squareRoot()
    #expect(abs(deviation - 0.02) < 0.002)
    #expect(bits(try model.centroids(encoder: encoder, split: world.split, seed: 2)) != bits(found))
  }
}
