import Beckon
import BeckonTesting
import Testing

@testable import BundledPlugins

struct IRNTests {
  /// Three users among seven items.
  private static func world() throws -> ToyWorld {
    let items = Matrix<Float>(rows: 7, columns: 4, values: (0..<28).map { Float($0 % 5) - 2 })
    return try ToyWorld(
      sequences: [[0, 1, 2, 3, 4, 5], [6, 2, 0, 5], [3, 4, 1, 6, 0, 2, 5]],
      users: items.selectingRows([0, 1, 2]), items: items)
  }

  private static func encoder(_ change: (inout IRNEncoder.Configuration) -> Void = { _ in }) throws
    -> IRNEncoder
  {
    var configuration = IRNEncoder.Configuration()
    configuration.hiddenSize = 4
    configuration.heads = 2
    configuration.innerSize = 5
    configuration.layers = 2
    configuration.maximumLength = 6
    configuration.userDimension = 3
    configuration.pastWeight = 0.3
    configuration.targetWeight = 1.5
    change(&configuration)
    var encoder = IRNEncoder(configuration: configuration)
    var parameters = try encoder.initialParameters(ToyWorldContext.make(world()))
    // As in Tests/ReferenceImplementations/irn.py: 0.5·sin(1 + k + 0.7·i), gains 1 more.
    for (k, name) in parameters.names.enumerated() {
      let base = name.contains("norm") && name.hasSuffix("weight") ? 1.0 : 0
      for i in parameters[name].values.indices {
        parameters[name].values[i] = Float(base + 0.5 * sin(1 + Double(k) + 0.7 * Double(i)))
      }
    }
    encoder.parameters = parameters
    return encoder
  }

  private static func preferences(_ encoder: IRNEncoder, _ histories: [UserHistory]) throws -> Matrix<Float> {
    encoder.preferences(of: try encoder.encode(histories))
  }

  private static func sample(_ user: Int32, _ items: ArraySlice<Int32>) -> TrainingSample {
    TrainingSample(user: user, items: items, key: UInt32(user))
  }

  // Golden values of Tests/ReferenceImplementations/irn.py.
  @Test(arguments: [
    (
      false,
      [
        [0.0544818, 0.3785155, 0.6694904, 0.0525066, 0.3835046, -0.7057338, -0.099268],
        [0.6094773, -0.2120304, 1.2273461, -0.4081957, 0.6938168, -0.8297977, -0.1757886],
        [0.6079443, -0.2173784, 1.2389571, -0.4247279, 0.7133599, -0.8500934, -0.1570856],
      ], 2.0373005
    ),
    (
      true,
      [
        [-0.1420402, -0.8167027, -0.0259691, -0.4341327, 0.5628665, 0.2430648, 0.5905415],
        [-0.500149, -0.3857405, -0.4799848, -0.0095275, 0.2167371, 0.4707214, 0.5076649],
        [-0.4379392, -0.4380752, -0.4435728, -0.0258091, 0.211007, 0.497801, 0.4623648],
      ], 1.9330566
    ),
  ])
  func equalsPyTorch(cross: Bool, logits: [[Float]], loss: Double) throws {
    let encoder = try Self.encoder { $0.crossAttentionOnZeros = cross }
    let found = try Self.preferences(
      encoder,
      [
        UserHistory(user: 0, past: [3, 1], clicked: [4], target: 6),
        UserHistory(user: 2, past: [4, 0, 5, 2, 6, 1], target: 4), UserHistory(user: 1, past: [2, 3]),
      ])
    // Of the second history the oldest item is outside the window.
    for row in 0..<3 { #expect(isClose(found.row(row), logits[row], 2e-6), "\(found.row(row))") }

    let samples = [Self.sample(0, [3, 1, 4, 6]), Self.sample(2, [0, 5, 2])]
    let batch = TrainingBatch([0, 1], of: samples, split: try Self.world().split, step: 1, seed: 1)
    let tape = Tape(
      parameters: encoder.parameters.mapScalars(to: Double.self), training: false, stream: .unused)
    #expect(abs(try encoder.loss(tape, batch).scalar - loss) < 2e-6)
  }

  @Test(arguments: [false, true])
  func gradients(cross: Bool) throws {
    let encoder = try Self.encoder {
      $0.crossAttentionOnZeros = cross
      $0.maximumLength = 4
      $0.dropout = 0.3
    }
    let found = try EncoderChecks.gradientMistakes(encoder)
    #expect(found.isEmpty, "\(found)")
  }

  @Test func learnsTheCircle() throws {
    try EncoderChecks.expectLearning(
      Self.encoder {
        $0.hiddenSize = 8
        $0.innerSize = 16
        $0.layers = 1
        $0.dropout = 0
        $0.training = EncoderChecks.training(40)
      })
  }

  @Test func withoutImpressionabilityItIsACausalModel() throws {
    var encoder = try Self.encoder()
    let guided = [
      UserHistory(user: 0, past: [3, 1, 4], target: 6), UserHistory(user: 1, past: [5], target: 2),
    ]
    let alone = guided.map { UserHistory(user: $0.user, past: $0.past) }
    #expect(!isClose(try encoder.encode(guided).values, try encoder.encode(alone).values, 1e-3))
    encoder.parameters["impressionability.bias"].values = [-1e9]
    #expect(isClose(try encoder.encode(guided).values, try encoder.encode(alone).values, 1e-6))
  }

  /// The objective sees the whole sequence and every item sees the objective, so from the second layer on training
  /// looks ahead: so it is in the published mask.
  @Test(arguments: [1, 2])
  func theFutureIsSeenThroughTheObjectiveAlone(layers: Int) throws {
    var encoder = try Self.encoder { $0.layers = layers }
    func hidden(_ items: ArraySlice<Int32>) -> Matrix<Float> {
      let tape = Tape<Float>(parameters: encoder.parameters, training: false, stream: .unused)
      return encoder.network(tape, IRNTokens([Self.sample(0, items)], length: 6), lastOnly: false).value
    }
    func isBlind() -> Bool {
      let (one, other) = (hidden([3, 1, 4, 2, 6]), hidden([3, 1, 5, 0, 6]))
      // Row 0 is the objective's, rows 1 and 2 those of the shared items.
      return isClose(one.row(1), other.row(1), 1e-6) && isClose(one.row(2), other.row(2), 1e-6)
        && !isClose(one.row(3), other.row(3), 1e-6)
    }
    #expect(isBlind() == (layers == 1))
    encoder.parameters["impressionability.bias"].values = [-1e9]
    #expect(isBlind())
  }

  @Test func theLastLayerOfTheLastRowIsTheSame() throws {
    let encoder = try Self.encoder()
    let histories = [
      UserHistory(user: 0, past: [3, 1, 4], target: 6), UserHistory(user: 1, past: [], target: 2),
      UserHistory(user: 2, past: []),
    ]
    let tokens = IRNTokens(histories, length: 6, legacy: false)
    #expect(tokens.layout.offsets == [0, 4, 5, 6])
    let tape = Tape<Float>(parameters: encoder.parameters, training: false, stream: .unused)
    let all = encoder.network(tape, tokens, lastOnly: false).value
    #expect(
      bits(try encoder.encode(histories)) == bits(all.selectingRows(tokens.layout.lastRows)))
  }

  @Test func windows() {
    let samples = [Self.sample(0, [9, 3, 1, 4, 6]), Self.sample(1, [5, 2])]
    let training = IRNTokens(samples, length: 4)
    #expect(training.items == [7, 4, 2, 5, 3, 6] && training.positions == [3, 0, 1, 2, 3, 2])
    #expect(training.itemRows == [1, 2, 3, 5] && training.layout.isKey.isEmpty)

    let history = UserHistory(user: 4, past: [3, 1], clicked: [8], target: 6, padding: .right)
    let guided = IRNTokens([history], length: 5, legacy: false)
    #expect(guided.items == [7, 2, 9] && guided.positions == [4, 0, 3] && guided.users == [4])
    var unguided = history
    unguided.target = nil
    let closed = IRNTokens([unguided], length: 5, legacy: true)
    #expect(closed.items == [0, 2, 9] && closed.layout.isKey == [false, true, true])
    // The released driver: 1 – – – 8 in the window. The click is taken for the objective and the pad is asked.
    let legacy = IRNTokens([history], length: 5, legacy: true)
    #expect(legacy.items == [9, 2, 0] && legacy.positions == [4, 0, 3])
    #expect(legacy.layout.isKey == [true, true, false] && legacy.users == [0])
    // A full window, and a user who knows the target.
    let full = UserHistory(user: 4, past: [3, 1, 6, 2, 5], target: 6, padding: .right)
    let known = IRNTokens([full], length: 3, legacy: true)
    #expect(known.items == [6, 7, 3] && known.positions == [2, 0, 1] && known.users == [1])
  }

  @Test func theReleasedDriverNeverSeesTheTarget() throws {
    let encoder = try Self.encoder { $0.legacy = true }
    let histories = [6, 2, 0].map { UserHistory(user: 0, past: [3, 1], target: $0, padding: .right) }
    let states = try encoder.encode(histories)
    #expect(Array(states.row(0)) == Array(states.row(1)) && Array(states.row(0)) == Array(states.row(2)))
    #expect(states.allFinite)
    let correct = try Self.encoder().encode(histories)
    #expect(Array(correct.row(0)) != Array(correct.row(1)))
  }

  @Test func filesOfOtherModelsAreRefused() throws {
    let context = try ToyWorldContext.make(Self.world())
    let path = FileManager.default.temporaryDirectory.appending(path: "irn-\(UUID().uuidString).safetensors")
    defer { try? FileManager.default.removeItem(at: path) }
    try Safetensors.data(of: Self.encoder().parameters).write(to: path)
    var shallow = try Self.encoder {
      $0.weights = path.path(percentEncoded: false)
      $0.layers = 1
    }
    #expect(
      complaint { try shallow.train(context) }.hasSuffix(
        "the file has tensors of more layers, or of crossAttentionOnZeros, than the spec asks for."))
  }
}

/// A world in which only the objective tells the way: from item 0 on, half of the users walk 1, 2, 3, the others
/// 4, 5, 6.
struct IRNPathTests {
  private static func trained() throws -> (IRNEncoder, ToyWorld) {
    let vectors = Matrix<Float>(rows: 8, columns: 2, values: (0..<16).map { Float($0 % 3) })
    let world = try ToyWorld(
      sequences: (0..<40).map { $0 % 2 == 0 ? [0, 1, 2, 3, 7, 7] : [0, 4, 5, 6, 7, 7] },
      users: vectors.selectingRows((0..<40).map { $0 % 8 }), items: vectors)
    var configuration = IRNEncoder.Configuration()
    configuration.hiddenSize = 8
    configuration.heads = 2
    configuration.layers = 2
    configuration.innerSize = 16
    configuration.maximumLength = 5
    configuration.training.epochs = 60
    configuration.training.batchSize = 16
    configuration.training.learningRate = 0.01
    configuration.training.earlyStopping.metric = ""
    var encoder = IRNEncoder(configuration: configuration)
    try encoder.train(ToyWorldContext.make(world))
    return (encoder, world)
  }

  /// Share of users at item 0 whose path of three contains the target, over both targets.
  private static func success(_ trained: IRNEncoder, _ world: ToyWorld, targetWeight: Double) throws -> Double
  {
    var configuration = trained.configuration
    configuration.targetWeight = targetWeight
    var encoder = IRNEncoder(configuration: configuration)
    encoder.parameters = trained.parameters
    // Everybody as impressionable as the others.
    encoder.parameters["impressionability.weight"].values = [Float](repeating: 0, count: 10)
    encoder.parameters["impressionability.bias"].values = [1]
    let model = FittedModel(split: world.split, encoder: encoder, intents: Matrix(rows: 0, columns: 0))
    let reached = try [3, 6].map { (target: Int32) in
      let histories = (0..<8).map { UserHistory(user: $0, past: [0], target: target) }
      let states = try encoder.encode(histories)
      let batch = UserBatch(
        model: model, histories: histories, states: states, preferences: encoder.preferences(of: states),
        unavailable: histories.map { Array($0.past) }, target: target, round: 0)
      let paths = try PathScorer(configuration: .init()).plan(batch, rounds: 3)
      return Double(paths.count { $0.contains(target) }) / Double(paths.count)
    }
    return reached.reduce(0, +) / 2
  }

  @Test func aHeavierTargetIsReachedMoreOften() throws {
    let (encoder, world) = try Self.trained()
    let shares = try [-1000.0, 0, 1].map { try Self.success(encoder, world, targetWeight: $0) }
    // Without the objective both targets get the same path, which contains one of them.
    #expect(shares[0] == 0.5)
    #expect(shares[1] > 0.9 && shares[2] >= shares[1], "\(shares)")
  }
}
