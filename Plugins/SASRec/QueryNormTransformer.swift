import Beckon

/// The transformer of the first SASRec, which normalises the query before attention and adds the result to it:
///
///     H  = Dropout(√d·E[item] + P[position])
///     Q  = LN(H)
///     Y  = LN(Q + Attention(Q, H, H)·Wo + bo)
///     H′ = Y + Dropout(W₂·relu(Dropout(W₁·Y + b₁)) + b₂)
///
/// and LN(H) after the last block. Rows of pads are zeroed before and after every block.
///
/// Source: Kang and McAuley, "Self-Attentive Sequential Recommendation", ICDM 2018, section III.
struct QueryNormTransformer: SequenceNetwork, Equatable {
  /// Rows of the item table, the pad row 0 included.
  var items: Int
  /// d, also the width of the feed-forward layer.
  var hiddenSize: Int
  var layers: Int
  var heads: Int
  /// Rows of the position table.
  var maximumLength: Int
  /// Rate of every dropout, in training.
  var dropout: Double

  /// What the names of a block's parameters begin with.
  static func blockName(_ layer: Int) -> String { "item_encoder.layer.\(layer)" }
  private static let epsilon = 1e-8

  func initialParameters<S: Scalar>(stream: RandomStream) -> ParameterSet<S> {
    var initial = InitialParameters<S>(stream: stream)
    let d = hiddenSize
    initial.draw(PostNormTransformer.itemTable, items, d, Xavier.normal(items, d))
    initial.draw(PostNormTransformer.positionTable, maximumLength, d, Xavier.normal(maximumLength, d))
    for layer in 0..<layers {
      let block = Self.blockName(layer)
      initial.layerNorm(block + ".attention.LayerNorm", d)
      for part in ["query", "key", "value", "dense"] {
        initial.linear(block + ".attention." + part, d, to: d, Xavier.normal(d, d))
      }
      initial.layerNorm(block + ".intermediate.LayerNorm", d)
      for part in ["dense_1", "dense_2"] {
        initial.linear(block + ".intermediate." + part, d, to: d, Xavier.normal(d, d))
      }
    }
    initial.layerNorm("LayerNorm", d)
    return initial.parameters
  }

  func callAsFunction<S: Scalar>(
    _ tape: Tape<S>, items: [Int32], positions: [Int32], layout: RaggedLayout
  ) -> Var<S> {
    run(tape, items, positions, layout, lastOnly: false)
  }

  func lastHidden<S: Scalar>(
    _ tape: Tape<S>, items: [Int32], positions: [Int32], layout: RaggedLayout
  ) -> Var<S> {
    run(tape, items, positions, layout, lastOnly: true)
  }

  private func run<S: Scalar>(
    _ tape: Tape<S>, _ items: [Int32], _ positions: [Int32], _ layout: RaggedLayout, lastOnly: Bool
  ) -> Var<S> {
    let scaled = tape.scale(
      tape.gather(PostNormTransformer.itemTable, items, frozenRow: 0), by: Double(hiddenSize).squareRoot())
    let sum = tape.add(scaled, tape.gather(PostNormTransformer.positionTable, positions))
    var x = zeroingPads(tape, tape.dropout(sum, rate: dropout), items)
    for layer in 0..<layers {
      let last = lastOnly && layer == layers - 1
      let after = block(layer, tape, x, layout, lastOnly: last)
      x = zeroingPads(tape, after, last ? layout.lastRows.map { items[$0] } : items)
    }
    return norm(tape, x, "LayerNorm")
  }

  private func block<S: Scalar>(
    _ layer: Int, _ tape: Tape<S>, _ x: Var<S>, _ layout: RaggedLayout, lastOnly: Bool
  ) -> Var<S> {
    let (attention, inner) = (Self.blockName(layer) + ".attention", Self.blockName(layer) + ".intermediate")
    func linear(_ x: Var<S>, _ name: String) -> Var<S> {
      tape.linear(x, weight: name + ".weight", bias: name + ".bias")
    }
    let normalized = norm(tape, lastOnly ? tape.rows(x, layout.lastRows) : x, attention + ".LayerNorm")
    let query = linear(normalized, attention + ".query")
    let (key, value) = (linear(x, attention + ".key"), linear(x, attention + ".value"))
    let mixed =
      lastOnly
      ? tape.attentionLast(
        query: query, key: key, value: value, layout: layout, heads: heads, dropout: dropout)
      : tape.attention(
        query: query, key: key, value: value, layout: layout, heads: heads, dropout: dropout)
    let y = norm(tape, linear(mixed, attention + ".dense"), residual: normalized, inner + ".LayerNorm")
    let wide = tape.relu(tape.dropout(linear(y, inner + ".dense_1"), rate: dropout))
    return tape.add(y, tape.dropout(linear(wide, inner + ".dense_2"), rate: dropout))
  }

  private func norm<S: Scalar>(_ tape: Tape<S>, _ x: Var<S>, residual: Var<S>? = nil, _ name: String) -> Var<
    S
  > {
    tape.layerNorm(
      x, residual: residual, weight: name + ".weight", bias: name + ".bias", epsilon: Self.epsilon)
  }

  private func zeroingPads<S: Scalar>(_ tape: Tape<S>, _ x: Var<S>, _ items: [Int32]) -> Var<S> {
    guard items.contains(0) else { return x }
    let keep = items.flatMap { [S](repeating: $0 == 0 ? 0 : 1, count: x.columns) }
    return tape.multiply(x, tape.constant(Matrix(rows: x.rows, columns: x.columns, values: keep)))
  }
}
