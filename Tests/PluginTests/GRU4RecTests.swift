import Beckon
import BeckonTesting
import Testing

@testable import BundledPlugins

struct GRU4RecTests {
  private static func encoder(_ change: (inout GRU4RecEncoder.Configuration) -> Void = { _ in })
    -> GRU4RecEncoder
  {
    var configuration = GRU4RecEncoder.Configuration()
    configuration.embeddingSize = 4
    configuration.hiddenSize = 5
    configuration.maximumLength = 4
    change(&configuration)
    return GRU4RecEncoder(configuration: configuration)
  }

  @Test(arguments: NextItemLoss.allCases, [1, 2])
  func gradients(loss: NextItemLoss, layers: Int) throws {
    let found = try EncoderChecks.gradientMistakes(
      Self.encoder {
        $0.loss = loss
        $0.layers = layers
      })
    #expect(found.isEmpty, "\(found)")
  }

  @Test(arguments: NextItemLoss.allCases)
  func itLearnsTheCircle(loss: NextItemLoss) throws {
    try EncoderChecks.expectLearning(
      Self.encoder {
        $0.embeddingSize = 8
        $0.hiddenSize = 16
        $0.maximumLength = 5
        $0.dropout = 0
        $0.loss = loss
        $0.training = EncoderChecks.training(40)
      })
  }

  @Test func aDeeperModelsFileIsRefused() {
    let names = ["gru_layers.weight_ih_l1", "gru_layers.weight_hh_l1", "optimizer.step"]
    #expect(
      Self.encoder().refusal(ofExtraTensors: names)
        == "the file has 2 layers and encoder.layers is 1; set encoder.layers to 2.")
    #expect(Self.encoder().refusal(ofExtraTensors: ["optimizer.step"]) == nil)
  }
}
