import Beckon
import BeckonTesting
import Testing

@testable import BundledPlugins

struct SASRecOriginalTests {
  private static func encoder(_ change: (inout SASRecOriginalEncoder.Configuration) -> Void = { _ in })
    -> SASRecOriginalEncoder
  {
    var configuration = SASRecOriginalEncoder.Configuration()
    configuration.hiddenSize = 4
    configuration.heads = 2
    configuration.maximumLength = 5
    configuration.dropout = 0.3
    change(&configuration)
    return SASRecOriginalEncoder(configuration: configuration)
  }

  /// Against torch.nn.MultiheadAttention: Tests/ReferenceImplementations/sasrec_original.py.
  @Test func hiddenVectorsEqualPyTorch() {
    let network = Self.encoder().network(itemCount: 7)
    let parameters: ParameterSet<Double> = network.initialParameters(stream: .unused)
    let tape = Tape(parameters: withFixedValues(parameters), training: false, stream: .unused)
    let tokens = TokenBatch([[2, 0, 3, 0, 4], [1, 5], [6]], length: 5, keepingPads: false)
    let last = network.lastHidden(
      tape, items: tokens.items, positions: tokens.positions, layout: tokens.layout)
    expectEqual(
      last.value.values,
      [
        0.3282736887, 0.1502198622, 0.2150807290, 0.2189154791, 0.2739081316, 0.3225766344, 0.2310550531,
        0.1795708001, 0.3218998945, 0.1797446340, 0.2123557316, 0.2126950689,
      ])
    let all = network(tape, items: tokens.items, positions: tokens.positions, layout: tokens.layout)
    #expect(all.value.selectingRows(tokens.layout.lastRows) == last.value)
  }

  @Test(arguments: NextItemLoss.allCases)
  func gradients(loss: NextItemLoss) throws {
    let found = try EncoderChecks.gradientMistakes(Self.encoder { $0.loss = loss })
    #expect(found.isEmpty, "\(found)")
  }

  @Test func itLearnsTheCircle() throws {
    try EncoderChecks.expectLearning(
      Self.encoder {
        $0.hiddenSize = 8
        $0.dropout = 0
        $0.training = EncoderChecks.training(40)
      })
  }

  /// A pad in the last slot is zeroed after every block: whoever asks there gets the last bias.
  @Test func padsStayZero() throws {
    var encoder = Self.encoder()
    encoder.parameters = try encoder.initialParameters(
      ToyWorldContext.make(EncoderChecks.circle()))
    encoder.parameters["LayerNorm.bias"].values = [1, 2, 3, 4]
    let states = try encoder.encode([
      UserHistory(user: 0, past: [3, 1], padding: .right), UserHistory(user: 1, past: []),
    ])
    #expect(Array(states.row(0)) == [1, 2, 3, 4] && Array(states.row(1)) == [1, 2, 3, 4])
    let full = try encoder.encode([UserHistory(user: 0, past: [3, 1, 2, 4, 5])])
    #expect(Array(full.row(0)) != [1, 2, 3, 4])
  }

  @Test func theAuthorsSettings() throws {
    let presets = SASRecOriginalEncoder.presets
    let dense = try #require(presets["ml-1m"])
    #expect(dense.maximumLength == 200 && dense.dropout == 0.2 && dense.training.beta2 == 0.98)
    let sparse = try #require(presets["beauty"])
    #expect(sparse.maximumLength == 50 && sparse.dropout == 0.5 && sparse.hiddenSize == 50)
    // Items, positions, and per block four d × d layers, two feed-forward layers and two normalisations.
    let parameters: ParameterSet<Float> = SASRecOriginalEncoder(configuration: sparse)
      .network(itemCount: 1682).initialParameters(stream: .unused)
    #expect(parameters.count == 1683 * 50 + 50 * 50 + 2 * (6 * 2550 + 4 * 50) + 2 * 50)
    let table = parameters[PostNormTransformer.itemTable]
    #expect(abs(table.squaredNorm / Double(table.count) * Double(1683 + 50) / 2 - 1) < 0.02)
  }
}
