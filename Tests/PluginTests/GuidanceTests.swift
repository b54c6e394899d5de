import Beckon
import BeckonTesting
import Testing

@testable import BundledPlugins

struct GuidanceTests {
  // One user h = (1, 0); the items' cosines to the target (0, 2) are 0, 1 and 0.8.
  private static let items: [[Float]] = [[1, 0], [0, 2], [3, 4]]
  private static let intents: [[Float]] = [[1, 0], [0, 1]]

  @Test func ipgByHand() throws {
    let one = try batch(users: [[1, 0]], items: Self.items, target: 1)
    let released = try scores(IPGScorer(configuration: .init()), one)
    #expect(isClose(released.values, [0, 0.5, 0.8 * sigmoid(3)]))
    var printed = IPGScorer.Configuration()
    printed.interaction = .dot
    printed.guidance = .dot
    // (v_i − h)·v_j = (0, 4, 8) times h·v_i = (1, 0, 3).
    #expect(isClose(try scores(IPGScorer(configuration: printed), one).values, [0, 0, 24]))
  }

  @Test func guidanceIsNegativeAwayFromTheTarget() throws {
    let one = try batch(users: [[1, 1]], items: [[0, 1], [1, 0], [-1, -1]], target: 0)
    let values = try scores(IPGScorer(configuration: .init()), one).values
    #expect(values[0] > 0 && values[1] < 0 && values[2] < 0)
  }

  @Test func itmprecByHand() throws {
    let one = try batch(users: [[1, 0]], items: Self.items, intents: Self.intents, target: 1)
    var configuration = ITMPRecScorer.Configuration()
    configuration.lambda = 2
    // The user and item 0 have intent 0, the others intent 1: affinities σ(1), σ(0), σ(0).
    let released = try scores(ITMPRecScorer(configuration: configuration), one)
    #expect(isClose(released.values, [0, 0.5 + 2 * 0.5, 0.8 * (sigmoid(3) + 2 * 0.5)]))
    configuration.interaction = .dot
    configuration.intention = .dot
    configuration.guidance = .dot
    // (h·v + 2 c_u·c_i) · (v_i − h)·v_j
    #expect(isClose(try scores(ITMPRecScorer(configuration: configuration), one).values, [0, 0, 24]))
  }

  @Test func theNearestIntentDependsOnTheMeasure() throws {
    // (1, 1) points along (4, 4) and lies by (1, 0).
    let one = try batch(
      users: [[1, 1]], items: [[1, 0], [0, 1], [4, 4]], intents: [[1, 0], [4, 4]], target: 1)
    var configuration = ITMPRecScorer.Configuration()
    configuration.intention = .dot
    func intention(_ nearest: ITMPRecScorer.Nearest) throws -> [Float] {
      configuration.nearest = nearest
      var scorer = ITMPRecScorer(configuration: configuration)
      try scorer.attach(to: one.model)
      return try #require(try scorer.terms(one).first { $0.name == "intention" }).values.values
    }
    // The user has intent 1 and the items 0, 1, 1 by cosine; by distance the user has 0 and the items 0, 0, 1.
    #expect(try intention(.cosine) == [4, 32, 32])
    #expect(try intention(.euclidean) == [1, 1, 4])
  }

  @Test func intentsOfAnotherWidthAreRefused() throws {
    let one = try batch(users: [[1, 0]], items: Self.items, intents: [[1, 0, 0]], target: 1)
    var scorer = ITMPRecScorer(configuration: .init())
    #expect(
      complaint { try scorer.attach(to: one.model) } == "intents: intents have 3 components and items 2.")
  }

  @Test func theScoreIsTheProductOfItsTerms() throws {
    let world = try ToyWorld(seed: 3)
    let batch = try world.batch(target: 4)
    var scorer = ITMPRecScorer(configuration: .init())
    try scorer.attach(to: world.model)
    let terms = Dictionary(uniqueKeysWithValues: try scorer.terms(batch).map { ($0.name, $0.values.values) })
    let interaction = try #require(terms["interaction"])
    let intention = try #require(terms["intention"])
    let guidance = try #require(terms["guidance"])
    let product = interaction.indices.map { (interaction[$0] + intention[$0]) * guidance[$0] }
    #expect(isClose(try scorer.scores(batch).values, product))
  }

  @Test(arguments: 1...12)
  func withoutIntentionItIsIPGBitForBit(seed: UInt64) throws {
    let world = try ToyWorld(users: 7, items: 23, width: 6, seed: seed)
    let batch = try world.batch(target: Int32(seed))
    for (interaction, guidance) in [
      (InteractionForm.sigmoid, GuidanceForm.cosine), (.dot, .cosine), (.sigmoid, .dot),
    ] {
      var own = ITMPRecScorer.Configuration()
      own.lambda = 0
      own.interaction = interaction
      own.guidance = guidance
      var other = IPGScorer.Configuration()
      other.interaction = interaction
      other.guidance = guidance
      let found = try scores(ITMPRecScorer(configuration: own), batch)
      #expect(bits(found) == bits(try scores(IPGScorer(configuration: other), batch)))
      own.lambda = 0.5
      #expect(bits(try scores(ITMPRecScorer(configuration: own), batch)) != bits(found))
    }
  }

  @Test func guidanceNeedsATarget() throws {
    let one = try batch(users: [[1, 0]], items: Self.items, target: nil)
    #expect(
      complaint { try scores(IPGScorer(configuration: .init()), one) } == "scorer: guidance needs a target.")
    #expect(
      complaint { try TIACPolicy(configuration: .init()).keep(one) } == "arousal: 'tiac' needs a target.")
  }
}

struct TIACTests {
  // Cosines to the user (1, 0): 1, 0.8, 0, −1. Item lengths must not matter.
  private static let items: [[Float]] = [[1, 0], [0.08, 0.06], [0, 5], [-1, 0]]

  private func keep(
    q: Int, _ direction: TIACPolicy.Direction, target: Int32, seen: [Int32] = [0], length: Float = 1
  ) throws -> Float {
    var configuration = TIACPolicy.Configuration()
    configuration.topQ = q
    configuration.direction = direction
    let one = try batch(users: [[length, 0]], items: Self.items, seen: [seen], target: target)
    return try #require(try TIACPolicy(configuration: configuration).keep(one).first)
  }

  @Test func byHand() throws {
    // The two nearest unseen items are 1 and 2, with cosines 1 and 0.6 to the target: m = 0.8.
    #expect(isClose([try keep(q: 2, .code, target: 1)], [0.2], 1e-6))
    #expect(isClose([try keep(q: 2, .paper, target: 1)], [0.8], 1e-6))
    #expect(isClose([try keep(q: 2, .code, target: 1, length: 9)], [0.2], 1e-6))
    // Three: 1, 0.6 and −0.8: m = 0.2666…, and the released code keeps three decimals.
    #expect(try keep(q: 3, .code, target: 1) == 0.733)
    // More than there are is all there are.
    #expect(try keep(q: 9, .code, target: 1) == 0.733)
  }

  @Test func bothDirectionsAreBounded() throws {
    // Target 3: cosines −0.8 and 0 of the two nearest, m = −0.4.
    #expect(try keep(q: 2, .code, target: 3) == 0.8)
    #expect(try keep(q: 2, .paper, target: 3) == 0)
    #expect(try keep(q: 1, .paper, target: 1) <= 1)
    // Nothing left to ask: m = 0.
    #expect(try keep(q: 2, .code, target: 1, seen: [0, 1, 2, 3]) == 0.8)
    #expect(try keep(q: 2, .paper, target: 1, seen: [0, 1, 2, 3]) == 0)
  }

  @Test func whatWasSeenIsNotAsked() throws {
    #expect(isClose([try keep(q: 1, .paper, target: 1, seen: [])], [0.8], 1e-6))
    #expect(isClose([try keep(q: 1, .paper, target: 2, seen: [0, 1])], [1], 1e-6))
  }
}

struct SelectorTests {
  private static func world() throws -> ToyWorld {
    // Sums over the users (1, 0) and (0, 2): 1, 2, 3, 5.
    try ToyWorld(
      sequences: [[0, 1, 2], [0, 3, 1, 2]], users: Matrix([[1, 0], [0, 2]]),
      items: Matrix([[1, 0], [0, 1], [1, 1], [-1, 3]]))
  }

  private func targets(_ spec: String) throws -> [Int32] {
    let selector = try make(.targetSelector, spec, as: (any TargetSelector).self)
    let world = try Self.world()
    try selector.verify(world.split.dataset, DataLocations(folders: []))
    return try selector.targets(
      SelectionContext(model: world.model, seed: 1, locations: DataLocations(folders: [])))
  }

  @Test func preMatchByHand() throws {
    #expect(try targets(#"{"type": "pre-match", "count": 3}"#) == [3, 2, 1])
    #expect(try targets(#"{"type": "pre-match", "count": 2, "category": "group 0"}"#) == [3, 0])
    #expect(Set(try targets(#"{"type": "pre-match", "count": 2, "pool": 3}"#)).count == 2)
  }

  @Test func popularTargetsByHand() throws {
    // Training holds 0 twice and 3 once.
    #expect(try targets(#"{"type": "popular", "count": 3}"#) == [0, 3, 1])
  }

  @Test func listedTargets() throws {
    #expect(try targets(#"{"type": "list", "items": ["i2", "i0"]}"#) == [2, 0])
    #expect(
      complaint { try targets(#"{"type": "list", "items": ["i9"]}"#) } == "no item has the identifier 'i9'.")
    #expect(
      complaint { try targets(#"{"type": "list", "items": ["i1", "i1"]}"#) }
        == "the target 'i1' is named twice.")
    #expect(complaint { try targets(#""list""#) }.hasPrefix("no targets: give 'items'"))
  }

  @Test func randomTargetsAreAPermutation() throws {
    #expect(Set(try targets(#"{"type": "random", "count": 4}"#)) == [0, 1, 2, 3])
  }

  @Test(arguments: ["pre-match", "random", "popular"])
  func whatTheDataLackIsSaid(type: String) throws {
    #expect(
      complaint { try targets(#"{"type": "\#(type)", "count": 1, "category": "group 9"}"#) }
        == "no item has the category 'group 9'. Did you mean 'group 0'? Known: group 0, group 1, group 2.")
    #expect(
      complaint { try targets(#"{"type": "\#(type)", "count": 3, "category": "group 0"}"#) }
        == "3 targets are asked for, and the category 'group 0' has 2 items.")
    #expect(
      complaint { try targets(#"{"type": "\#(type)", "count": 5}"#) }
        == "5 targets are asked for, and the dataset has 4 items.")
  }
}
