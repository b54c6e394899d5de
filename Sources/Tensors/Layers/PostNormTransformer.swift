/// The causal transformer encoder of S3Rec, ICLRec, ICSRec and SASRec's re-implementations: post-norm, learned
/// positions, exact GELU.
///
///     X₀ = Dropout(LN(E[item] + P[position]))
///     Y  = LN(X + Dropout(Attention(X)·Wo + bo))
///     X′ = LN(Y + Dropout(W₂·gelu(W₁·Y + b₁) + b₂))
///
/// There is no final normalisation; the score of item i is ⟨h, E_i⟩. Sequences are packed (`RaggedLayout`), so
/// padding is never computed unless the layout asks for it. Row 0 of the item table is the pad item: look-ups send
/// it no gradient.
///
/// Source: Zhou et al., "S3-Rec", CIKM'20, section 4.2; Chen et al., "Intent Contrastive Learning", WWW'22.
public struct PostNormTransformer: Sendable, Equatable {
  /// Rows of the item table, pad and mask rows included.
  public var items: Int
  /// d.
  public var hiddenSize: Int
  /// Number of blocks.
  public var layers: Int
  /// Attention heads; divides `hiddenSize`.
  public var heads: Int
  /// Width of the feed-forward layer; 4·d in the published code.
  public var innerSize: Int
  /// Rows of the position table.
  public var maximumLength: Int
  /// Rate of every dropout, in training.
  public var dropout: Double
  /// Added to the variance in layer normalisation.
  public var epsilon: Double
  /// Names of the parameters.
  public var naming: Naming

  /// The families of published PyTorch checkpoints, which name the parameters of a block differently.
  public enum Naming: Sendable {
    /// `item_encoder.layer.0.attention.query.weight`: S3Rec, ICLRec, ICSRec.
    case layers
    /// `item_encoder.blocks.0.layer.attention_layer.query.weight`: BSARec.
    case blocks
  }

  /// A transformer of the given sizes; `innerSize` is 4·hiddenSize unless given.
  public init(
    items: Int, hiddenSize: Int, layers: Int, heads: Int, innerSize: Int? = nil, maximumLength: Int,
    dropout: Double, epsilon: Double = 1e-12, naming: Naming = .layers
  ) {
    self.items = items
    self.hiddenSize = hiddenSize
    self.layers = layers
    self.heads = heads
    self.innerSize = innerSize ?? 4 * hiddenSize
    self.maximumLength = maximumLength
    self.dropout = dropout
    self.epsilon = epsilon
    self.naming = naming
  }

  /// The name of the item table, `[items, d]`.
  public static let itemTable = "item_embeddings.weight"
  /// The name of the position table, `[maximumLength, d]`.
  public static let positionTable = "position_embeddings.weight"

  /// Weights N(0, 0.02²), row 0 of the item table included (as the published code does, which overwrites the
  /// zero pad row); biases 0, gains 1. Each matrix has its own stream.
  public func initialParameters<S: Scalar>(stream: RandomStream) -> ParameterSet<S> {
    var initial = InitialParameters<S>(stream: stream)
    let small: InitialParameters<S>.Draw = { 0.02 * $0.normal() }
    initial.draw(Self.itemTable, items, hiddenSize, small)
    initial.draw(Self.positionTable, maximumLength, hiddenSize, small)
    initial.layerNorm("LayerNorm", hiddenSize)
    for layer in 0..<layers {
      let (attention, inner) = (attentionName(layer), innerName(layer))
      for part in ["query", "key", "value", "dense"] {
        initial.linear("\(attention).\(part)", hiddenSize, to: hiddenSize, small)
      }
      initial.layerNorm(attention + ".LayerNorm", hiddenSize)
      initial.linear(inner + ".dense_1", hiddenSize, to: innerSize, small)
      initial.linear(inner + ".dense_2", innerSize, to: hiddenSize, small)
      initial.layerNorm(inner + ".LayerNorm", hiddenSize)
    }
    return initial.parameters
  }

  /// The hidden vector of every token.
  ///
  /// - Parameters:
  ///   - tape: holds the parameters.
  ///   - items: `[tokens]`, row numbers of the item table.
  ///   - positions: `[tokens]`, row numbers of the position table (right-aligned in published code: the newest
  ///     token has the last position).
  ///   - layout: where the sequences lie in `tokens`.
  ///   - mixing: what else mixes the tokens beside attention; nothing if nil.
  /// - Returns: `[tokens, d]`.
  public func callAsFunction<S: Scalar>(
    _ tape: Tape<S>, items: [Int32], positions: [Int32], layout: RaggedLayout, mixing: Mixing<S>? = nil
  ) -> Var<S> {
    var x = embed(tape, items, positions)
    for layer in 0..<layers { x = block(layer, tape, x, layout, mixing, lastOnly: false) }
    return x
  }

  /// The hidden vector of the last token of each sequence; the last block computes only those rows.
  ///
  /// Outside training, the same bytes as the last rows of the full pass; with pads among the rows the same but for
  /// rounding, since the last block passes over them.
  ///
  /// - Returns: `[sequences, d]`.
  public func lastHidden<S: Scalar>(
    _ tape: Tape<S>, items: [Int32], positions: [Int32], layout: RaggedLayout, mixing: Mixing<S>? = nil
  ) -> Var<S> {
    var x = embed(tape, items, positions)
    guard layers > 0 else { return tape.rows(x, layout.lastRows) }
    for layer in 0..<layers { x = block(layer, tape, x, layout, mixing, lastOnly: layer == layers - 1) }
    return x
  }

  /// What a block hands to its feed-forward layer in place of Y, from what its attention made.
  public typealias Mixing<S: Scalar> = (Attended<S>) -> Var<S>

  /// A block after its attention.
  public struct Attended<S: Scalar> {
    /// Number of the block, from 0.
    public let layer: Int
    /// X of all tokens, `[tokens, d]`.
    public let input: Var<S>
    /// X of the tokens that are asked for, `[rows, d]`: all of them, or the last of each sequence.
    public let rows: Var<S>
    /// Whether `rows` are the last tokens only.
    public let lastOnly: Bool
    /// Y of these tokens, `[rows, d]`.
    public let output: Var<S>
  }

  /// What the names of a block's parameters begin with.
  public func blockName(_ layer: Int) -> String {
    switch naming {
    case .layers: "item_encoder.layer.\(layer)"
    case .blocks: "item_encoder.blocks.\(layer)"
    }
  }
  private func attentionName(_ layer: Int) -> String {
    blockName(layer) + (naming == .layers ? ".attention" : ".layer.attention_layer")
  }
  private func innerName(_ layer: Int) -> String {
    blockName(layer) + (naming == .layers ? ".intermediate" : ".feed_forward")
  }

  private func embed<S: Scalar>(_ tape: Tape<S>, _ items: [Int32], _ positions: [Int32]) -> Var<S> {
    let sum = tape.layerNorm(
      tape.gather(Self.itemTable, items, frozenRow: 0), residual: tape.gather(Self.positionTable, positions),
      weight: "LayerNorm.weight", bias: "LayerNorm.bias", epsilon: epsilon)
    return tape.dropout(sum, rate: dropout)
  }

  private func block<S: Scalar>(
    _ layer: Int, _ tape: Tape<S>, _ x: Var<S>, _ layout: RaggedLayout, _ mixing: Mixing<S>?, lastOnly: Bool
  ) -> Var<S> {
    let (attention, inner) = (attentionName(layer), innerName(layer))
    func linear(_ x: Var<S>, _ name: String) -> Var<S> {
      tape.linear(x, weight: name + ".weight", bias: name + ".bias")
    }
    func norm(_ x: Var<S>, _ residual: Var<S>, _ name: String) -> Var<S> {
      tape.layerNorm(
        tape.dropout(x, rate: dropout), residual: residual, weight: name + ".LayerNorm.weight",
        bias: name + ".LayerNorm.bias", epsilon: epsilon)
    }
    let rows = lastOnly ? tape.rows(x, layout.lastRows) : x
    let query = linear(rows, attention + ".query")
    // Whoever the last tokens do not see needs no key.
    let seen = lastOnly && !layout.isKey.isEmpty ? layout.seenByLast : nil
    let source = seen.map { tape.rows(x, $0.rows) } ?? x
    let (key, value) = (linear(source, attention + ".key"), linear(source, attention + ".value"))
    let mixed =
      lastOnly
      ? tape.attentionLast(
        query: query, key: key, value: value, layout: seen?.layout ?? layout, heads: heads, dropout: dropout)
      : tape.attention(
        query: query, key: key, value: value, layout: layout, heads: heads, dropout: dropout)
    var y = norm(linear(mixed, attention + ".dense"), rows, attention)
    if let mixing { y = mixing(Attended(layer: layer, input: x, rows: rows, lastOnly: lastOnly, output: y)) }
    let wide = tape.feedForward(y, inner: inner + ".dense_1", outer: inner + ".dense_2")
    return norm(wide, y, inner)
  }
}
