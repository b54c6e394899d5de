import Beckon
import BeckonTesting
import Testing

@testable import BundledPlugins

struct MSteinTests {
  private static func encoder(_ change: (inout MSteinEncoder.Configuration) -> Void = { _ in })
    -> MSteinEncoder
  {
    var configuration = MSteinEncoder.Configuration()
    configuration.hiddenSize = 4
    configuration.innerSize = 3
    configuration.maximumLength = 5
    configuration.dropout = 0.2
    configuration.temperature = 0.05
    configuration.contrastWeight = 0.5
    configuration.positiveNegativeWeight = 0.3
    configuration.augmentation.threshold = 3
    change(&configuration)
    return MSteinEncoder(configuration: configuration)
  }

  /// Tests/ReferenceImplementations/mstein.py; sequences hold item rows there and items here.
  private struct Reference {
    let meanStream: MSteinEncoder.MeanStream
    let means: [Double]
    let covariances: [Double]
    let ranking: Double
    let contrast: Double
  }

  private static let references = [
    Reference(
      meanStream: .fixed,
      means: [
        -0.6412706584, -0.2920265099, -0.4749280735, 0.2085322867, -0.5409093632, -0.2902734208,
        -0.4689449374, 0.2051354846,
      ],
      covariances: [
        0.9257364703, 0.9047808097, 0.9641715042, 1.6834608935, 1.0419358090, 0.7682640277, 1.0377496612,
        1.6182965677,
      ], ranking: 0.7392201617, contrast: 0.9885456943),
    Reference(
      meanStream: .official,
      means: [
        0.0585907879, 0.6575036877, 0.4827972775, 0.1845896062, 0.2853209291, 0.5120585655, 0.2796543082,
        0.2027624567,
      ],
      covariances: [
        0.9192584400, 0.9243442111, 0.9536009957, 1.6847983654, 1.0426034558, 0.7688010564, 1.0367274640,
        1.6178551170,
      ], ranking: 0.9038917726, contrast: 2.3708079027),
  ]

  @Test(arguments: [0, 1])
  func valuesEqualAnIndependentProgram(number: Int) {
    let reference = Self.references[number]
    let encoder = Self.encoder {
      $0.meanStream = reference.meanStream
      $0.layers = 2
    }
    let network = encoder.network(itemCount: 6)
    let parameters: ParameterSet<Double> = network.initialParameters(stream: .unused)
    let tape = Tape(parameters: withFixedValues(parameters), training: false, stream: .unused)
    let tokens = TokenBatch([[2, 0, 3, 0], [1, 5]], length: 5, keepingPads: false)
    let last = network(tape, tokens, lastOnly: true)
    expectEqual(last.mean.value.values, reference.means)
    expectEqual(last.covariance.value.values, reference.covariances)

    let hidden = network(tape, tokens)
    #expect(hidden.covariance.value.selectingRows(tokens.layout.lastRows) == last.covariance.value)
    let ranking = encoder.rankingLoss(
      tape, hidden, positives: network.itemGaussians(tape, [1, 4, 1, 5, 6, 3]),
      negatives: network.itemGaussians(tape, [2, 2, 6, 3, 5, 1]))
    expectEqual([ranking.scalar], [reference.ranking])
    let views = [[[2, nil, 3, 0], [5, 1]], [[0, 2], [1, 4, nil]]].map { (sequences: [[Int32?]]) in
      let tokens = TokenBatch(sequences, length: 5, keepingPads: true)
      return encoder.windows(tape, network(tape, tokens), tokens.layout)
    }
    expectEqual([tape.distanceContrast(views[0], views[1], temperature: 0.05).scalar], [reference.contrast])
  }

  @Test(arguments: [(MSteinEncoder.MeanStream.fixed, 2), (.official, 1)])
  func gradients(meanStream: MSteinEncoder.MeanStream, layers: Int) throws {
    let found = try EncoderChecks.gradientMistakes(
      Self.encoder {
        $0.meanStream = meanStream
        $0.layers = layers
        $0.attentionDropout = 0.2
      }, step: 4e-5)
    #expect(found.isEmpty, "\(found)")
  }

  @Test func gradientsWithPadsAndTheHeldBackPadRows() throws {
    let found = try EncoderChecks.gradientMistakes(
      Self.encoder { $0.pooling = .all }, step: 4e-5)
    #expect(
      found.map(\.name) == [StochasticTransformer.itemMeans, StochasticTransformer.itemCovariances],
      "\(found)")
    #expect(found.allSatisfy { $0.index < 4 && $0.derived == 0 })
  }

  @Test func meansThatStayAtLayerZero() throws {
    let world = try EncoderChecks.circle()
    func states(_ stream: MSteinEncoder.MeanStream, layers: Int) throws -> Matrix<Float> {
      var encoder = Self.encoder {
        $0.meanStream = stream
        $0.layers = layers
      }
      encoder.parameters = try encoder.initialParameters(ToyWorldContext.make(world))
      return encoder.vectors(of: try encoder.encode(world.split.histories))
    }
    // The tables come first, so the layers do not change what is drawn for them.
    #expect(try bits(states(.official, layers: 1)) == bits(states(.official, layers: 3)))
    #expect(try bits(states(.fixed, layers: 1)) != bits(states(.fixed, layers: 3)))
    #expect(try bits(states(.fixed, layers: 1)) != bits(states(.official, layers: 1)))
  }

  @Test func preferencesAreNegativeDistances() throws {
    let world = try EncoderChecks.circle()
    var encoder = Self.encoder()
    encoder.parameters = try encoder.initialParameters(ToyWorldContext.make(world))
    let states = try encoder.encode(world.split.histories)
    let preferences = encoder.preferences(of: states)
    #expect(!encoder.prefersByDotProduct && states.columns == 8 && preferences.columns == 12)
    let means = encoder.parameters[StochasticTransformer.itemMeans]
    let raw = encoder.parameters[StochasticTransformer.itemCovariances]
    #expect(Array(encoder.itemVectors.row(11)) == Array(means.row(12)))
    for user in 0..<5 {
      for item in 0..<12 {
        var distance: Float = 0
        for c in 0..<4 {
          let deviation = (raw[item + 1, c] > 0 ? raw[item + 1, c] + 1 : exp(raw[item + 1, c])).squareRoot()
          distance += pow(states[user, c] - means[item + 1, c], 2) + pow(states[user, 4 + c] - deviation, 2)
        }
        #expect(abs(preferences[user, item] + distance) < 1e-4)
      }
    }
  }

  @Test(arguments: MSteinEncoder.MeanStream.allCases)
  func itLearnsTheCircle(meanStream: MSteinEncoder.MeanStream) throws {
    try EncoderChecks.expectLearning(
      Self.encoder {
        $0.hiddenSize = 16
        $0.innerSize = 16
        $0.dropout = 0
        $0.meanStream = meanStream
        $0.contrastWeight = 0.005
        $0.positiveNegativeWeight = 0.01
        $0.training = EncoderChecks.training(60)
      })
  }

  @Test func theFarthestItemOnRequest() throws {
    let near: any Scorer = try make(.scorer, #""preference""#)
    let far: any Scorer = try make(.scorer, #"{"type": "preference", "direction": "farthest"}"#)
    let batch = try ToyWorld().batch(target: nil)
    #expect(try near.scores(batch).values == batch.preferences.values)
    #expect(try far.scores(batch).values == batch.preferences.values.map { -$0 })
  }
}

struct InformedAugmentationTests {
  private static let similar: [Int32] = (0..<40).map { $0 == 7 ? 7 : $0 + 100 }

  private static func views(of count: Int) -> [[Int32?]] {
    (0..<1000).map { draw in
      var stream = RandomStream(seed: 1, purpose: .augmentation, UInt32(draw))
      return InformedAugmentation().view(
        of: (0..<Int32(count)).map { $0 }[...], similar: similar, stream: &stream)
    }
  }

  private enum Change: Hashable { case insert, substitute, mask, crop, reorder, unknown }

  private static func change(_ view: [Int32?], _ count: Int) -> Change {
    let whole = (0..<Int32(count)).map { $0 }
    let items = view.compactMap { $0 }
    let replaced = items.count { $0 >= 100 }
    if view.count > count { return items.filter { $0 < 100 } == whole ? .insert : .unknown }
    if replaced > 0 { return view.count == count ? .substitute : .unknown }
    if view.count < count {
      return items == Array(whole[Int(items[0])...].prefix(items.count)) ? .crop : .unknown
    }
    if items.count < count { return .mask }
    return items.sorted() == whole ? .reorder : .unknown
  }

  @Test func shortSequencesAreInsertedSubstitutedOrMasked() {
    let counts = Dictionary(grouping: Self.views(of: 10)) { Self.change($0, 10) }.mapValues(\.count)
    #expect(Set(counts.keys) == [.insert, .substitute, .mask])
    for (change, count) in counts { #expect((270...400).contains(count), "\(change) \(count)") }
  }

  @Test func longSequencesInFiveWays() {
    let views = Dictionary(grouping: Self.views(of: 20)) { Self.change($0, 20) }
    #expect(Set(views.keys) == [.insert, .substitute, .mask, .crop, .reorder])
    for (change, views) in views { #expect((150...250).contains(views.count), "\(change) \(views.count)") }
    for view in views[.insert] ?? [] {
      // Six places; item 7 has no neighbour. What comes in stands right before the item that it is like.
      #expect((25...26).contains(view.count))
      for (place, item) in view.enumerated() {
        if let item, item >= 100 { #expect(view[place + 1] == item - 100) }
      }
    }
    for view in views[.substitute] ?? [] {
      #expect((9...10).contains(view.count { ($0 ?? 0) >= 100 }))
      for (place, item) in view.enumerated() { #expect(item == Int32(place) || item == Int32(place) + 100) }
    }
    for view in views[.mask] ?? [] { #expect(view.count { $0 == nil } == 14) }
    for view in views[.crop] ?? [] { #expect(view.count == 4) }
  }

  @Test func oneItemIsChangedAtLeast() {
    for view in Self.views(of: 1) {
      #expect([[100, 0], [100], [0]].contains(view))
    }
  }

  @Test func similarItemsByHand() throws {
    // 0 and 1 share two users. 2 meets 3 once and 0 and 1 once, but 3 has one user only. 4 and 5 tie for 6.
    // Item 7 is nobody's; item 8 is met alone.
    let sequences: [[Int32]] = [[0, 1], [0, 1, 2], [2, 3], [6, 5, 4], [8]]
    let world = try ToyWorld(
      sequences: sequences.map { $0 + [7, 7] }, users: Matrix(rows: 5, columns: 1),
      items: Matrix(rows: 9, columns: 1))
    #expect(mostSimilarItems(world.split) == [1, 0, 3, 2, 5, 4, 4, 7, 8])
  }

  @Test func fewerItemsOfAUserWeighMore() throws {
    // Item 0 meets 1 with one of four, and 2 with one of two; both have one user.
    let world = try ToyWorld(
      sequences: [[0, 1, 3, 4, 5, 5], [0, 2, 5, 5]], users: Matrix(rows: 2, columns: 1),
      items: Matrix(rows: 6, columns: 1))
    #expect(mostSimilarItems(world.split)[0] == 2)
  }
}
