import Beckon
import BeckonCLI
import BeckonTesting
import Testing

@testable import BundledPlugins

struct SegmentTests {
  /// Training parts (0, 1, 2, 3), (4), (5, 1, 3, 2), (0, 1).
  private static func world() throws -> ToyWorld {
    let items = Matrix<Float>(rows: 8, columns: 1)
    return try ToyWorld(
      sequences: [[0, 1, 2, 3, 6, 7], [4, 6, 7], [5, 1, 3, 2, 6, 7], [0, 1, 6, 7]],
      users: items.selectingRows([0, 1, 2, 3]), items: items)
  }

  private static func samples(length: Int) throws -> [TrainingSample] {
    var configuration = ICSRecEncoder.Configuration()
    configuration.maximumLength = length
    return try ICSRecEncoder(configuration: configuration).samples(world().split, seed: 1)
  }

  @Test func segmentsAreListedByHand() throws {
    let samples = try Self.samples(length: 2)
    #expect(
      samples.map { Array($0.items) } == [
        [0, 1], [0, 1, 2], [1, 2, 3], [5, 1], [5, 1, 3], [1, 3, 2], [0, 1],
      ])
    #expect(samples.map(\.user) == [0, 0, 0, 2, 2, 2, 3])
    #expect(try Self.samples(length: 50).map { $0.items.count } == [2, 3, 4, 2, 3, 4, 2])
  }

  @Test func partnersLeadToTheSameItemFromElsewhere() throws {
    let samples = try Self.samples(length: 50)
    let partners = SameTargetPartners(samples)
    func chosen(_ index: Int, _ choice: SameTargetPartners.Choice, _ word: UInt32 = 0) -> Int {
      var stream = RandomStream(seed: 1, purpose: Purpose("partner"), word)
      return partners.partner(of: index, in: samples, choice, stream: &stream)
    }
    // Targets are 1, 2, 3, 1, 3, 2, 1. Samples 0 and 6 are equal, so only 3 is left to both of them.
    #expect((0..<7).map { chosen($0, .last) } == [3, 5, 4, 6, 2, 1, 3])
    let draws = Set((0..<50).map { chosen(3, .random, $0) })
    #expect(draws == [0, 6])
    #expect(Set((0..<50).map { chosen(0, .random, $0) }) == [3])
    // Alone with its target, a sample is its own partner.
    let alone = SameTargetPartners([samples[0], samples[1]])
    var stream = RandomStream(seed: 1, purpose: Purpose("partner"))
    #expect(alone.partner(of: 1, in: [samples[0], samples[1]], .last, stream: &stream) == 1)
    #expect(alone.partner(of: 1, in: [samples[0], samples[1]], .random, stream: &stream) == 1)
  }
}

struct ICSRecTests {
  private static func encoder(_ change: (inout ICSRecEncoder.Configuration) -> Void = { _ in })
    -> ICSRecEncoder
  {
    var configuration = ICSRecEncoder.Configuration()
    configuration.hiddenSize = 4
    configuration.innerSize = 5
    configuration.layers = 1
    configuration.maximumLength = 3
    configuration.dropout = 0.3
    configuration.intentCount = 2
    configuration.coarseWeight = 0.7
    configuration.fineWeight = 0.6
    change(&configuration)
    return ICSRecEncoder(configuration: configuration)
  }

  @Test func theContrastIsThePublishedOne() {
    // Softmax over [own partner | all of other targets]: with z₁ = (1,0), (0,1), (1,1), z₂ = (1,1), (0,1), (1,0) and
    // targets 5, 7, 5 the mean over six rows of −ln(e^pos / (e^pos + Σ e^other)) is 0.9893359940, summed by hand.
    let tape = Tape<Double>(parameters: ParameterSet(), training: false, stream: .unused)
    let first = tape.constant(Matrix([[1, 0], [0, 1], [1, 1]]))
    let second = tape.constant(Matrix([[1, 1], [0, 1], [1, 0]]))
    let loss = tape.contrastive(first, second, temperature: 1, excluding: [5, 7, 5])
    #expect(abs(loss.scalar - 0.9893359940) < 1e-9)
  }

  @Test(arguments: [(0.7, 0.6), (0.7, 0), (0, 0.6), (0, 0)])
  func gradients(coarse: Double, fine: Double) throws {
    let found = try EncoderChecks.gradientMistakes(
      Self.encoder {
        $0.coarseWeight = coarse
        $0.fineWeight = fine
        $0.temperature = 0.8
      })
    #expect(found.isEmpty, "\(found)")
  }

  @Test func gradientsOfADeeperOneWithoutMasks() throws {
    let found = try EncoderChecks.gradientMistakes(
      Self.encoder {
        $0.layers = 2
        $0.masksFalseNegatives = false
        $0.partner = .random
      })
    #expect(found.isEmpty, "\(found)")
  }

  @Test func everyPartCounts() throws {
    // The loss is that of the parts, weighed: each weight moves it, and without weights the contrasts are gone.
    func loss(_ coarse: Double, _ fine: Double) throws -> Float {
      try EncoderChecks.firstLoss(
        Self.encoder {
          $0.dropout = 0
          $0.coarseWeight = coarse
          $0.fineWeight = fine
        })
    }
    let (none, coarse, fine, both) = (try loss(0, 0), try loss(1, 0), try loss(0, 1), try loss(0.5, 0.25))
    #expect(coarse > none + 0.1 && fine > none + 0.1)
    #expect(abs(both - (none + 0.5 * (coarse - none) + 0.25 * (fine - none))) < 1e-4)
  }

  @Test func hasAMaskRowAndTheNamesOfItsFamily() throws {
    let encoder = ICSRecEncoder(configuration: .init())
    let found = try encoder.initialParameters(ToyWorldContext.make(EncoderChecks.circle()))
    // rows·d + N·d + 2d + L·(12d² + 13d) with 12 items, the pad and the mask
    #expect(found.count == 14 * 64 + 50 * 64 + 2 * 64 + 2 * (12 * 64 * 64 + 13 * 64))
    #expect(found.contains("item_encoder.layer.1.attention.query.weight"))
  }

  @Test func moreIntentsThanSegmentsAreRefused() throws {
    var encoder = Self.encoder { $0.intentCount = 300 }
    #expect(
      complaint { try encoder.train(ToyWorldContext.make(EncoderChecks.circle())) }
        == "encoder.intentCount: 300 intents need as many segments, and 200 can be used.")
  }

  @Test func learnsTheCircle() throws {
    try EncoderChecks.expectLearning(
      Self.encoder {
        $0.hiddenSize = 8
        $0.innerSize = 8
        $0.maximumLength = 5
        $0.dropout = 0
        $0.coarseWeight = 0.1
        $0.fineWeight = 0.1
        $0.training = EncoderChecks.training(15)
      })
  }
}
