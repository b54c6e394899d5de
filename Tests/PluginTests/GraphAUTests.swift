import Beckon
import BeckonCLI
import BeckonTesting
import Synchronization
import Testing

@testable import BundledPlugins

struct GraphAUTests {
  private static let edges = [(0, 0), (0, 1), (1, 1), (2, 3), (2, 0), (1, 2)].map {
    Edge(user: Int32($0.0), item: Int32($0.1))
  }

  private static func matrix(_ rows: Int, _ columns: Int, _ word: UInt32) -> Matrix<Double> {
    var stream = RandomStream(seed: 8, purpose: Purpose("graph"), word)
    return Matrix(rows: rows, columns: columns, values: (0..<rows * columns).map { _ in stream.normal() })
  }

  @Test func uniformityAgreesWithAllPairs() {
    let known = GraphLoss.uniformity(of: Matrix<Double>([[1, 0], [0, 1], [-1, 0]])).loss
    #expect(abs(known - -4.39635) < 1e-5)
    // More rows than a block of the loss has.
    let points = Self.matrix(150, 3, 5).rowsNormalized()
    #expect(abs(GraphLoss.uniformity(of: points).loss - Self.uniformityOfAllPairs(points)) < 1e-9)
  }

  /// A row with a count is as many equal rows, and their derivatives add up.
  @Test func countsAreRepeatedRows() {
    let points = Self.matrix(150, 3, 6).rowsNormalized()
    let counts = (0..<150).map { 1 + $0 % 3 }
    let places = counts.indices.flatMap { [Int](repeating: $0, count: counts[$0]) }
    let repeated = points.selectingRows(places)
    let found = GraphLoss.uniformity(of: points, counts: counts)
    #expect(abs(found.loss - Self.uniformityOfAllPairs(repeated)) < 1e-9)
    var sums = Matrix<Double>(rows: 150, columns: 3, values: [Double](repeating: 0, count: 450))
    let gradient = GraphLoss.uniformity(of: repeated).gradient
    for (row, place) in places.enumerated() {
      for column in 0..<3 { sums[place, column] += gradient[row, column] }
    }
    expectEqual(found.gradient.values, sums.values)
  }

  /// log of the mean of exp(−2 ‖x_a − x_b‖²), pair by pair.
  private static func uniformityOfAllPairs(_ points: Matrix<Double>) -> Double {
    var (sum, pairs) = (0.0, 0)
    for a in 0..<points.rows {
      for b in 0..<a {
        let square = zip(points.row(a), points.row(b)).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        sum += exp(-2 * square)
        pairs += 1
      }
    }
    return log(sum / Double(pairs))
  }

  @Test func lossByHand() {
    // One edge twice over: uniformity of two equal points is log e⁰ = 0; alignment ‖(1,0) − (0,1)‖² = 2.
    let edges = [Edge(user: 0, item: 0), Edge(user: 0, item: 0)]
    var configuration = GraphAUEmbeddings.Configuration()
    configuration.layers = 1
    let loss = GraphLoss(graph: BipartiteGraph(edges, users: 1, items: 1), configuration: configuration)
    let parameters = ParameterSet([
      ("users", Matrix<Double>([[3, 0]])), ("items", Matrix<Double>([[0, 2]])),
    ])
    let tape = Tape(parameters: parameters, training: false, stream: RandomStream(seed: 0, purpose: .dropout))
    #expect(abs(loss(tape, edges[...]).scalar - 2) < 1e-12)
    // A second layer: the neighbour's neighbour is the node itself, so both new terms are 0; weights ½ and 1.4/2.
    configuration.layers = 2
    let deeper = GraphLoss(graph: BipartiteGraph(edges, users: 1, items: 1), configuration: configuration)
    #expect(abs(deeper(tape, edges[...]).scalar - 1) < 1e-12)
  }

  @Test(arguments: [1, 2, 3])
  func gradientsAgreeWithDifferences(layers: Int) {
    var configuration = GraphAUEmbeddings.Configuration()
    configuration.layers = layers
    let graph = BipartiteGraph(Self.edges, users: 3, items: 4)
    let loss = GraphLoss(graph: graph, configuration: configuration)
    let parameters = ParameterSet([("users", Self.matrix(3, 3, 1)), ("items", Self.matrix(4, 3, 2))])
    let mistakes = GradientCheck().mistakes(parameters: parameters) { tape, _ in loss(tape, Self.edges[...]) }
    #expect(mistakes.isEmpty, "\(mistakes)")
    let control = GradientCheck().mistakes(parameters: parameters) { tape, _ in
      tape.detached(loss(tape, Self.edges[...]))
    }
    #expect(control.count == 2)
  }

  @Test func propagationIsSymmetric() {
    let graph = BipartiteGraph(Self.edges, users: 3, items: 4)
    let (users, items) = (Self.matrix(3, 2, 3), Self.matrix(4, 2, 4))
    let tape = Tape(
      parameters: ParameterSet<Double>(), training: false, stream: RandomStream(seed: 0, purpose: .dropout))
    let reached = graph.propagate(tape, users: tape.constant(users), items: tape.constant(items))
    func product(_ a: Matrix<Double>, _ b: Matrix<Double>) -> Double {
      zip(a.values, b.values).reduce(0) { $0 + $1.0 * $1.1 }
    }
    #expect(abs(product(users, reached.users.value) - product(items, reached.items.value)) < 1e-5)
    // Item 3 has the one neighbour 2, of degree 2: weight 1/√(2·1).
    #expect(abs(reached.items.value[3, 0] - users[2, 0] / 2.0.squareRoot()) < 1e-6)
  }

  @Test func onlyHighRatingsAreEdges() throws {
    let world = try ToyWorld()
    let none = complaint {
      var configuration = GraphAUEmbeddings.Configuration()
      configuration.ratingAbove = 5
      return try GraphAUEmbeddings(configuration: configuration).tables(ToyWorldContext.make(world))
    }
    #expect(none == "train: fewer than two events are rated above 5.0, so 'graphau' has no graph.")
    let (train, held) = Edges(world.split, ratingAbove: 3).divided(share: 0.2, seed: 1)
    let positive = world.split.training.enumerated().reduce(0) { sum, user in
      sum + user.element.indices.count { world.split.dataset.ratings[user.offset][$0] > 3 }
    }
    #expect(train.count + held.count == positive && !train.isEmpty)
  }

  @Test func trainingLowersTheLossAndGivesUnitVectors() throws {
    let losses = Mutex([Double]())
    let progress = ProgressReporter { event in
      if case .epoch(_, of: _, let loss, validation: _, seconds: _) = event {
        losses.withLock { $0.append(loss) }
      }
    }
    var configuration = GraphAUEmbeddings.Configuration()
    configuration.dimension = 8
    configuration.epochs = 30
    configuration.batchSize = 64
    let context = try ToyWorld(users: 30, items: 20, seed: 2)
      .context(registry: StandardRegistry.make(), progress: progress)
    let tables = try GraphAUEmbeddings(configuration: configuration).tables(context)
    let seen = losses.withLock { $0 }
    let (first, last) = (try #require(seen.first), try #require(seen.last))
    #expect(seen.count > 10 && last < first - 0.1, "\(first) → \(last)")
    #expect(isClose(tables.users.rowNorms(), [Float](repeating: 1, count: 30)))
    #expect(isClose(tables.items.rowNorms(), [Float](repeating: 1, count: 20)))
  }

  @Test func aDivergingTrainingNamesTheLastFiniteLoss() throws {
    var configuration = GraphAUEmbeddings.Configuration()
    configuration.dimension = 4
    configuration.learningRate = 1e39
    let message = complaint {
      try GraphAUEmbeddings(configuration: configuration).tables(ToyWorldContext.make())
    }
    #expect(
      message.hasPrefix(
        "train: the loss stopped being finite in epoch 1, step 1 (learning rate 1e+39). Last finite loss "))
  }
}
