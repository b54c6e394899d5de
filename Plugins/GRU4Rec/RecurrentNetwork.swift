import Beckon

/// Gated recurrent units over item embeddings, and a linear layer back to the width of an item.
///
/// Positions are not used. Parameter names are those of RecBole's checkpoints, except for the item table's.
struct RecurrentNetwork: SequenceNetwork, Equatable {
  /// Rows of the item table, the pad row 0 included.
  var items: Int
  /// Width of an item's vector and of the output.
  var embeddingSize: Int
  /// Width of the recurrent state.
  var hiddenSize: Int
  var layers: Int
  /// Rate of dropout of the embeddings, in training.
  var dropout: Double

  /// The name of a layer's input weights.
  static func inputWeights(_ layer: Int) -> String { "gru_layers.weight_ih_l\(layer)" }
  private static func recurrentWeights(_ layer: Int) -> String { "gru_layers.weight_hh_l\(layer)" }
  private static let output = "dense"

  /// Xavier-normal items, Xavier-uniform recurrent layers, and the last layer uniform between ±1/√hiddenSize.
  func initialParameters<S: Scalar>(stream: RandomStream) -> ParameterSet<S> {
    var initial = InitialParameters<S>(stream: stream)
    let (h, gates) = (hiddenSize, 3 * hiddenSize)
    initial.draw(PostNormTransformer.itemTable, items, embeddingSize, Xavier.normal(items, embeddingSize))
    for layer in 0..<layers {
      let input = layer == 0 ? embeddingSize : h
      initial.draw(Self.inputWeights(layer), gates, input, Xavier.uniform(gates, input))
      initial.draw(Self.recurrentWeights(layer), gates, h, Xavier.uniform(gates, h))
    }
    let bound = 1 / Double(h).squareRoot()
    initial.draw(Self.output + ".weight", embeddingSize, h) { bound * (2 * $0.uniform() - 1) }
    initial.draw(Self.output + ".bias", 1, embeddingSize) { bound * (2 * $0.uniform() - 1) }
    return initial.parameters
  }

  func callAsFunction<S: Scalar>(
    _ tape: Tape<S>, items: [Int32], positions: [Int32], layout: RaggedLayout
  ) -> Var<S> {
    outputs(tape, recurrent(tape, items, layout))
  }

  func lastHidden<S: Scalar>(
    _ tape: Tape<S>, items: [Int32], positions: [Int32], layout: RaggedLayout
  ) -> Var<S> {
    outputs(tape, tape.rows(recurrent(tape, items, layout), layout.lastRows))
  }

  private func recurrent<S: Scalar>(_ tape: Tape<S>, _ items: [Int32], _ layout: RaggedLayout) -> Var<S> {
    let embedded = tape.gather(PostNormTransformer.itemTable, items, frozenRow: 0)
    var x = tape.dropout(embedded, rate: dropout)
    for layer in 0..<layers {
      let gates = tape.linear(x, weight: Self.inputWeights(layer))
      x = tape.gru(gates, recurrent: Self.recurrentWeights(layer), layout: layout)
    }
    return x
  }

  private func outputs<S: Scalar>(_ tape: Tape<S>, _ states: Var<S>) -> Var<S> {
    tape.linear(states, weight: Self.output + ".weight", bias: Self.output + ".bias")
  }
}
