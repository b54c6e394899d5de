import Beckon
import BeckonTesting
import Testing

@testable import BundledPlugins

struct PathScorerTests {
  // A user's state is (1, 0) plus the vectors of what was clicked or planned.
  private static let items: [[Float]] = [[1, 0], [0.5, 1], [0, 2], [-1, -1]]

  private func plan(
    target: Int32, rounds: Int = 5, past: [Int32] = [],
    _ change: (inout PathScorer.Configuration) -> Void = { _ in }
  ) throws -> [[Int32]] {
    var configuration = PathScorer.Configuration()
    change(&configuration)
    let one = try batch(users: [[1, 0], [1, 0]], items: Self.items, target: target)
    let with = UserBatch(
      model: one.model,
      histories: one.histories.map { UserHistory(user: $0.user, past: past[...], target: target) },
      states: one.states, preferences: one.preferences, unavailable: one.unavailable, target: target, round: 0
    )
    return try PathScorer(configuration: configuration).plan(with, rounds: rounds)
  }

  @Test func plansByHand() throws {
    // 0 by preference (1, 0.5, 0, −1); then 1 of (–, 1, 0, −2); then 2 of (–, –, 2, −3.5), the target.
    #expect(try plan(target: 2) == [[0, 1, 2], [0, 1, 2]])
    #expect(try plan(target: 2, rounds: 2) == [[0, 1], [0, 1]])
    #expect(try plan(target: 2) { $0.steps = 2 } == [[0, 1], [0, 1]])
    // An end without the target: nothing is left.
    #expect(try plan(target: 3) == [[0, 1, 2, 3], [0, 1, 2, 3]])
    #expect(try plan(target: 0) == [[0], [0]])
  }

  @Test func theVisibleHistoryIsNotRepeated() throws {
    #expect(try plan(target: 3, past: [0]) == [[1, 2, 3], [1, 2, 3]])
    // Of which only the newest item is looked at: 0 comes again once 1 and 2 stand before it.
    #expect(try plan(target: 3, past: [0]) { $0.visibleHistory = 1 } == [[1, 2, 0, 3], [1, 2, 0, 3]])
  }

  private func scored(plans: [[Int32]], round: Int, _ afterwards: PathScorer.Afterwards) throws -> [Float] {
    let one = try batch(users: [[1, 0]], items: Self.items, target: 2)
    let later = UserBatch(
      model: one.model, histories: one.histories, states: one.states, preferences: one.preferences,
      unavailable: one.unavailable, target: 2, round: round, plans: plans)
    var configuration = PathScorer.Configuration()
    configuration.afterwards = afterwards
    return try PathScorer(configuration: configuration).scores(later).values
  }

  @Test func thePlannedItemIsOnTopAndTheOthersFollow() throws {
    #expect(try scored(plans: [[3, 1]], round: 0, .preference) == [1, 0.5, 0, 2])
    #expect(try scored(plans: [[3, 1]], round: 1, .preference) == [1, 2, 0, -1])
    #expect(try scored(plans: [[3, 1]], round: 2, .preference) == [1, 0.5, 0, -1])
    #expect(try scored(plans: [[3, 1]], round: 2, .firstItem) == [2, 0.5, 0, -1])
    #expect(try scored(plans: [], round: 0, .firstItem) == [1, 0.5, 0, -1])
  }
}

struct Pf2InfTests {
  /// Edges: 1–2 three times, 0–1 twice, 0–3, 3–4 and 2–4 once; nothing leads to 5.
  private static func world() throws -> ToyWorld {
    let vectors = Matrix<Float>(rows: 7, columns: 2, values: (0..<14).map { Float($0) })
    let walks: [[Int32]] = [[0, 1, 2, 4], [1, 0], [1, 2, 1], [0, 3, 4], [4, 4]]
    return try ToyWorld(
      sequences: walks.map { $0 + [5, 6] }, users: vectors.selectingRows([0, 1, 2, 3, 4]), items: vectors)
  }

  private func plan(
    from last: [Int32], to target: Int32, unavailable: [Int32] = [], rounds: Int = 9,
    _ method: ItemGraph.Method, _ weights: ItemGraph.Weights
  ) throws -> [[Int32]] {
    let world = try Self.world()
    var scorer = Pf2InfScorer(configuration: .init(method: method, weights: weights))
    try scorer.fit(world.split, seed: 1)
    let histories = last.enumerated().map { UserHistory(user: Int32($0.offset), past: [6, $0.element]) }
    let all = try world.batch(histories, target: target)
    let batch = UserBatch(
      model: all.model, histories: all.histories, states: all.states, preferences: all.preferences,
      unavailable: histories.map { _ in unavailable }, target: target, round: 0)
    return try scorer.plan(batch, rounds: rounds)
  }

  @Test func waysByHand() throws {
    // 1/2 + 1/3 + 1 by 1 and 2, 1 + 1 by 3; counted in items the other way round.
    #expect(try plan(from: [0], to: 4, .shortest, .coOccurrence) == [[1, 2, 4]])
    #expect(try plan(from: [0], to: 4, .shortest, .unit) == [[3, 4]])
    #expect(try plan(from: [3], to: 4, .shortest, .coOccurrence) == [[4]])
    // The tree: 1–2, 0–1, and of the three edges that cost 1 the first two, 0–3 and 2–4.
    #expect(try plan(from: [3], to: 4, .spanningTree, .coOccurrence) == [[0, 1, 2, 4]])
    #expect(
      try plan(from: [4, 2, 1], to: 3, .spanningTree, .coOccurrence) == [[2, 1, 0, 3], [1, 0, 3], [0, 3]])
  }

  @Test func endsAndHoles() throws {
    #expect(try plan(from: [5, 0, 4], to: 5, .shortest, .unit) == [[], [], []])
    #expect(try plan(from: [4], to: 4, .shortest, .unit) == [[]])
    #expect(try plan(from: [0], to: 4, rounds: 2, .shortest, .coOccurrence) == [[1, 2]])
    // What cannot be shown is passed over.
    #expect(try plan(from: [0], to: 4, unavailable: [1, 6], .shortest, .coOccurrence) == [[2, 4]])
    let world = try Self.world()
    var scorer = Pf2InfScorer(configuration: .init())
    try scorer.fit(world.split, seed: 1)
    #expect(try scorer.plan(world.batch([UserHistory(user: 0, past: [])], target: 4), rounds: 3) == [[]])
  }

  @Test(arguments: 1...8)
  func oneTreeServesAllTargets(seed: UInt64) throws {
    let graph = ItemGraph(try ToyWorld(users: 30, items: 20, seed: seed).split, weights: .coOccurrence)
    func edges(_ root: Int32) -> Set<[Int32]> {
      let next = graph.routes(to: root, .spanningTree)
      return Set(
        next.enumerated().filter { $0.element >= 0 && $0.element != $0.offset }.map {
          [min(Int32($0.offset), $0.element), max(Int32($0.offset), $0.element)]
        })
    }
    let reached = graph.routes(to: 0, .spanningTree).enumerated().filter { $0.element >= 0 }.map(\.offset)
    #expect(reached.count > 10)
    for root in reached { #expect(edges(Int32(root)) == edges(0)) }
  }

  @Test(arguments: 1...8)
  func theShortestWayIsTheShortest(seed: UInt64) throws {
    let split = try ToyWorld(users: 30, items: 20, seed: seed).split
    // Floyd and Warshall's algorithm, written down a second time.
    var cost = [[Double]](repeating: [Double](repeating: .infinity, count: 20), count: 20)
    for sequence in split.training {
      for (a, b) in zip(sequence, sequence.dropFirst()) where a != b {
        let count = cost[Int(a)][Int(b)].isFinite ? 1 / cost[Int(a)][Int(b)] : 0
        cost[Int(a)][Int(b)] = 1 / (count + 1)
        cost[Int(b)][Int(a)] = cost[Int(a)][Int(b)]
      }
    }
    let edge = cost
    for item in 0..<20 { cost[item][item] = 0 }
    for k in 0..<20 {
      for i in 0..<20 { for j in 0..<20 { cost[i][j] = min(cost[i][j], cost[i][k] + cost[k][j]) } }
    }
    let graph = ItemGraph(split, weights: .coOccurrence)
    for target in 0..<20 {
      let next = graph.routes(to: Int32(target), .shortest)
      for start in 0..<20 {
        guard next[start] >= 0 else {
          #expect(cost[start][target] == .infinity)
          continue
        }
        var (item, total) = (start, 0.0)
        while item != target {
          total += edge[item][Int(next[item])]
          item = Int(next[item])
        }
        #expect(abs(total - cost[start][target]) < 1e-12)
      }
    }
  }
}

struct Rec2InfTests {
  // Preferences 3, 2, 1, 0 of a user (1, 0); cosines to the target (0, 1), item 3, grow with the number.
  private static let items: [[Float]] = [[3, 0], [2, 1], [1, 1], [0, 1]]

  private func order(_ count: Int, seen: [Int32] = []) throws -> [Int] {
    var configuration = Rec2InfScorer.Configuration()
    configuration.count = count
    let one = try batch(users: [[1, 0]], items: Self.items, seen: [seen], target: 3)
    let values = try scores(Rec2InfScorer(configuration: configuration), one).values
    return values.indices.sorted { values[$0] > values[$1] }
  }

  @Test func byHand() throws {
    #expect(try order(1) == [0, 1, 2, 3])
    #expect(try order(2) == [1, 0, 2, 3])
    #expect(try order(3) == [2, 1, 0, 3])
    #expect(try order(4) == [3, 2, 1, 0])
    #expect(try order(99) == [3, 2, 1, 0])
    // Favourites are counted among what can be shown: item 0 cannot.
    #expect(try Array(order(2, seen: [0]).prefix(2)) == [2, 1])
  }

  @Test func nearnessByCategories() throws {
    // In a toy world item i has the category i mod 3: items 0 and 3 share that of target 6.
    let world = try ToyWorld(users: 3, items: 8)
    var configuration = Rec2InfScorer.Configuration()
    configuration.space = .categories
    configuration.count = 8
    var scorer = Rec2InfScorer(configuration: configuration)
    try scorer.fit(world.split, seed: 1)
    let batch = try world.batch(target: 6)
    let values = try scorer.scores(batch)
    for user in 0..<3 {
      let likes = batch.preferences.row(user)
      let free = (0..<8).filter { !batch.unavailable[user].contains(Int32($0)) }
      // The nearer first, among equals the preferred.
      let expected = free.sorted {
        ($0 % 3 == 0 ? 0 : 1, -likes[likes.startIndex + $0]) < (
          $1 % 3 == 0 ? 0 : 1, -likes[likes.startIndex + $1]
        )
      }
      #expect(free.sorted { values[user, $0] > values[user, $1] } == expected)
    }
  }

  @Test func categoriesMustBeThere() throws {
    let world = try ToyWorld(users: 3, items: 8)
    var events = Interactions()
    events.users = [0, 0, 0]
    events.items = [0, 1, 2]
    events.userIdentifiers = ["u"]
    for item in 0..<3 { events.catalogue.append("i\(item)") }
    let dataset = try Dataset(events)
    let bare = Split(dataset: dataset, training: [dataset.sequences[0][...]], validation: [], test: [])
    var configuration = Rec2InfScorer.Configuration()
    configuration.space = .categories
    var scorer = Rec2InfScorer(configuration: configuration)
    try scorer.fit(world.split, seed: 1)
    #expect(
      complaint { try scorer.fit(bare, seed: 1) }
        == "scorer.space: this dataset names no categories. Give an items table, or take the space 'encoder'."
    )
  }

  @Test func theLargestByHand() {
    var values: [Float] = [1, 5, 3, 5, 4, 2]
    #expect(values[...].placesOfLargest(3) == [1, 3, 4])
    #expect(values[...].placesOfLargest(9) == [1, 3, 4, 2, 5, 0])
    #expect(values[2...].placesOfLargest(2) == [1, 2])
    values[1] = -.infinity
    values[4] = .nan
    #expect(values[...].placesOfLargest(3) == [3, 2, 5])
    #expect([Float]()[...].placesOfLargest(2).isEmpty)
  }

  @Test func thePullByHand() throws {
    var configuration = TowardsTargetScorer.Configuration()
    configuration.alpha = 2
    let one = try batch(users: [[1, 0]], items: Self.items, target: 2)
    // Preferences 3, 2, 1, 0 plus twice the products with (1, 1): 3, 3, 2, 1.
    #expect(try scores(TowardsTargetScorer(configuration: configuration), one).values == [9, 8, 5, 2])
  }
}

struct MinimumHeapTests {
  @Test func givesBackInOrder() {
    var stream = RandomStream(seed: 1, purpose: Purpose("heap"))
    for count in 0..<40 {
      let values = (0..<count).map { _ in stream.uniform(below: 20) }
      var heap = MinimumHeap<Int>()
      for value in values { heap.insert(value) }
      var out: [Int] = []
      while let value = heap.popSmallest() { out.append(value) }
      #expect(out == values.sorted())
    }
  }
}
