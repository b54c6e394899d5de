import Beckon
import BeckonCLI
import BeckonTesting
import Testing

@testable import BundledPlugins

struct LowPassTests {
  /// Keeps the lowest frequencies of a real signal, by the sums that define the transform and its inverse.
  private static func filtered(_ signal: [Double], kept: Int) -> [Double] {
    let n = signal.count
    func turn(_ k: Int, _ t: Int) -> Double { 2 * .pi * Double(k) * Double(t) / Double(n) }
    // The upper half of the spectrum mirrors the lower one, so a frequency passes with its mirror image.
    let spectrum = (0..<n).map { k in
      let passes = min(k, n - k) < kept
      let (real, imaginary) = signal.enumerated().reduce((0.0, 0.0)) {
        ($0.0 + $1.element * cos(turn(k, $1.offset)), $0.1 - $1.element * sin(turn(k, $1.offset)))
      }
      return passes ? (real, imaginary) : (0, 0)
    }
    return (0..<n).map { t in
      spectrum.enumerated().reduce(0) {
        $0 + $1.element.0 * cos(turn($1.offset, t)) - $1.element.1 * sin(turn($1.offset, t))
      } / Double(n)
    }
  }

  @Test(arguments: [1, 2, 5, 6, 7, 50], [1, 2, 3, 5, 26])
  func isTheTransformCutOff(length: Int, kept: Int) {
    let matrix: Matrix<Double> = LowPass.matrix(length: length, kept: kept)
    var stream = RandomStream(seed: 3, purpose: Purpose("signal"))
    let signal = (0..<length).map { _ in stream.normal() }
    let product = matrix.times(Matrix(rows: length, columns: 1, values: signal))
    for (found, expected) in zip(product.values, Self.filtered(signal, kept: kept)) {
      #expect(abs(found - expected) < 1e-12)
    }
  }

  @Test(arguments: [(1, 1), (5, 2), (6, 3), (7, 3), (50, 2), (50, 3), (50, 5)])
  func isASymmetricProjection(length: Int, kept: Int) {
    let matrix: Matrix<Double> = LowPass.matrix(length: length, kept: kept)
    let square = matrix.times(matrix)
    for n in 0..<length {
      #expect(abs(matrix.row(n).reduce(0, +) - 1) < 1e-12)
      for m in 0..<length {
        #expect(matrix[n, m] == matrix[m, n])
        #expect(abs(square[n, m] - matrix[n, m]) < 1e-12)
      }
    }
    // The rank of a projection is its trace.
    #expect(abs((0..<length).reduce(0) { $0 + matrix[$1, $1] } - Double(2 * kept - 1)) < 1e-12)
    let rest: Matrix<Double> = LowPass.complement(length: length, kept: kept)
    var sum = rest
    sum.add(matrix)
    for n in 0..<length { for m in 0..<length { #expect(abs(sum[n, m] - (n == m ? 1 : 0)) < 1e-15) } }
  }
}

struct BSARecTests {
  private static func encoder(_ change: (inout BSARecEncoder.Configuration) -> Void = { _ in })
    -> BSARecEncoder
  {
    var configuration = BSARecEncoder.Configuration()
    configuration.hiddenSize = 4
    configuration.innerSize = 5
    configuration.maximumLength = 6
    configuration.dropout = 0
    configuration.c = 3
    change(&configuration)
    return BSARecEncoder(configuration: configuration)
  }

  private static func world(items: Int) throws -> ToyWorld {
    try ToyWorld(
      sequences: [[0, 1, 2]], users: Matrix(rows: 1, columns: 1), items: Matrix(rows: items, columns: 1))
  }

  /// Values by a formula of the parameter's place in the sorted names: ReferenceImplementations/bsarec.py.
  private static func weights(of encoder: BSARecEncoder) throws -> ParameterSet<Double> {
    var parameters = try encoder.initialParameters(ToyWorldContext.make(world(items: 7)))
      .mapScalars(to: Double.self)
    for (place, name) in parameters.names.sorted().enumerated() {
      let offset = name.hasSuffix("LayerNorm.weight") ? 1.0 : 0
      for index in parameters[name].values.indices {
        parameters[name].values[index] = offset + 0.5 * sin(1 + Double(place) + 0.7 * Double(index))
      }
    }
    return parameters
  }

  /// Hidden vectors of a full window, a short history and an empty one, and the loss when items 6, 0 and 2 come
  /// next: printed by ReferenceImplementations/bsarec.py.
  private static let golden: [[Double]] = [
    [-1.0816766853, 0.7226024413, -0.2480294460, -0.6005162586],
    [0.0070295798, 0.4227450595, -1.1412407225, -1.7596604092],
    [-1.1040976194, -0.7114104300, -0.3609640219, 2.1595839461],
  ]
  private static let goldenLoss = 2.2900952566
  private static let histories: [[Int32]] = [[0, 1, 2, 3, 4, 5], [6, 1], []]

  @Test func agreesWithAFourierTransform() throws {
    var encoder = Self.encoder()
    let parameters = try Self.weights(of: encoder)
    let world = try Self.world(items: 7)
    let samples = zip(Self.histories, [6, 0, 2] as [Int32]).map {
      TrainingSample(user: 0, items: ($0 + [$1])[...], key: 0)
    }
    let tape = Tape<Double>(parameters: parameters, training: false, stream: .unused)
    let batch = TrainingBatch([0, 1, 2], of: samples, split: world.split, step: 1, seed: 1)
    #expect(abs(try encoder.loss(tape, batch).scalar - Self.goldenLoss) < 1e-9)

    encoder.parameters = parameters.mapScalars(to: Float.self)
    let states = try encoder.encode(Self.histories.map { UserHistory(user: 0, past: $0[...]) })
    for (row, expected) in Self.golden.enumerated() {
      #expect(isClose(states.row(row), expected.map { Float($0) }, 1e-5), "\(states.row(row))")
    }
  }

  @Test func theLastRowAloneIsTheSame() throws {
    let encoder = Self.encoder()
    let parameters = try Self.weights(of: encoder)
    let tape = Tape<Double>(parameters: parameters, training: false, stream: .unused)
    let tokens = TokenBatch(
      Self.histories.map { $0.map { Optional($0) } }, length: 6, keepingPads: true)
    let network = encoder.network(itemCount: 7)
    let mixing = encoder.mixing(network, tape)
    let all = network(
      tape, items: tokens.items, positions: tokens.positions, layout: tokens.layout, mixing: mixing)
    let last = network.lastHidden(
      tape, items: tokens.items, positions: tokens.positions, layout: tokens.layout, mixing: mixing)
    #expect(last.value == all.value.selectingRows(tokens.layout.lastRows))
    for (row, expected) in Self.golden.enumerated() {
      for (found, value) in zip(last.value.row(row), expected) { #expect(abs(found - value) < 1e-9) }
    }
  }

  @Test func padsOnTheRightChangeTheState() throws {
    var encoder = Self.encoder()
    encoder.parameters = try Self.weights(of: encoder).mapScalars(to: Float.self)
    let trained = encoder
    func states(_ padding: TokenBatch.Padding) throws -> Matrix<Float> {
      try trained.encode(
        [[6, 1], [0, 1, 2, 3, 4, 5]].map { UserHistory(user: 0, past: $0[...], padding: padding) })
    }
    let (left, right) = (try states(.left), try states(.right))
    #expect(!isClose(left.row(0), right.row(0), 1e-2))
    #expect(Array(left.row(1)) == Array(right.row(1)))
  }

  @Test(arguments: [(12_101, 878_208), (3646, 337_088)])
  func countsParametersLikeThePublishedLogs(items: Int, parameters: Int) throws {
    let encoder = BSARecEncoder(configuration: .init())
    let found = try encoder.initialParameters(ToyWorldContext.make(Self.world(items: items)))
    #expect(found.count == parameters)
    // √β is drawn wide, everything else narrow.
    let root = found["item_encoder.blocks.1.layer.filter_layer.sqrt_beta"]
    #expect((0.4...2.5).contains(root.squaredNorm / 64))
  }

  @Test func samplesArePrefixesOfTheNewestItems() throws {
    let items = Matrix<Float>(rows: 7, columns: 1)
    let world = try ToyWorld(
      sequences: [[0, 1, 2, 3, 4, 5, 6], [6, 5, 4]], users: items.selectingRows([0, 1]), items: items)
    let samples = try Self.encoder { $0.maximumLength = 3 }.samples(world.split, seed: 1)
    // Of the training items 0, 1, 2, 3, 4 the newest three; a first item is asked for after nothing.
    #expect(samples.map { Array($0.items) } == [[2], [2, 3], [2, 3, 4], [6]])
    #expect(samples.map(\.user) == [0, 0, 0, 1])
    #expect(Set(samples.map(\.key)).count == 4)
  }

  @Test func gradients() throws {
    for layers in [1, 2] {
      let encoder = Self.encoder {
        $0.layers = layers
        $0.maximumLength = 3
        $0.dropout = 0.3
      }
      let full = try EncoderChecks.gradientMistakes(encoder) { split in
        .prefixes(of: split, shortest: 4, window: 4)
      }
      #expect(full.isEmpty, "\(full)")
      // Shorter windows have pads, which are read and whose row's gradient is held back.
      let padded = try EncoderChecks.gradientMistakes(encoder)
      #expect(padded.map(\.name) == ["item_embeddings.weight"], "\(padded)")
      #expect(padded.allSatisfy { $0.index < 4 })
    }
  }

  @Test func learnsTheCircle() throws {
    try EncoderChecks.expectLearning(
      Self.encoder {
        $0.hiddenSize = 8
        $0.innerSize = 8
        $0.maximumLength = 5
        $0.layers = 1
        $0.training = EncoderChecks.training(15)
      })
  }
}
