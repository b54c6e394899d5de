import Beckon

/// Self-attention over normal distributions: every item is a mean and a diagonal covariance, and attention falls
/// with their Wasserstein distance.
///
///     m₀ = ELU(Dropout(LN(M[item] + Pm[position])))   c₀ = ELU(Dropout(LN(C[item] + Pc[position]))) + 1
///     A, contexts = GaussianAttention(Q, K, V)        means linear in m, covariances ELU(linear(c)) + 1
///     y = LN(Dropout(Wo·context) + input)             m′ = LN(Dropout(W₂·ELU(W₁·y + b₁) + b₂) + y), c′ = ELU(…) + 1
///
/// The two streams share the normalisations of the embeddings and of the attention.
///
/// Source: Fan et al., "Sequential Recommendation via Stochastic Self-Attention", WWW 2022, in the form of the
/// released code; parameter names as there.
struct StochasticTransformer: Sendable {
  /// Rows of the item tables, pad and mask rows included.
  var items: Int
  /// d of the means and of the covariances.
  var hiddenSize: Int
  var layers: Int
  var heads: Int
  var innerSize: Int
  /// Rows of the position tables.
  var maximumLength: Int
  /// Rate of dropout of hidden values and of attention weights, in training.
  var dropout: Double, attentionDropout: Double
  /// Whether means pass through the layers; the released code leaves them at layer 0.
  var updatesMeans: Bool

  static let itemMeans = "item_mean_embeddings.weight"
  static let itemCovariances = "item_cov_embeddings.weight"
  /// What the names of a layer's parameters begin with.
  static func layerName(_ layer: Int) -> String { "item_encoder.layer.\(layer)" }
  private static let streams = ["mean", "cov"]
  private static let epsilon = 1e-12

  /// Weights N(0.01, 0.02²), biases 0, gains 1.
  func initialParameters<S: Scalar>(stream: RandomStream) -> ParameterSet<S> {
    var initial = InitialParameters<S>(stream: stream)
    let draw: InitialParameters<S>.Draw = { 0.01 + 0.02 * $0.normal() }
    for name in [Self.itemMeans, Self.itemCovariances] { initial.draw(name, items, hiddenSize, draw) }
    for stream in Self.streams { initial.draw(positions(stream), maximumLength, hiddenSize, draw) }
    initial.layerNorm("LayerNorm", hiddenSize)
    for layer in 0..<layers {
      let attention = attention(layer)
      for part in ["query", "key", "value", "dense"] {
        for stream in Self.streams {
          initial.linear("\(attention).\(stream)_\(part)", hiddenSize, to: hiddenSize, draw)
        }
      }
      initial.layerNorm(attention + ".LayerNorm", hiddenSize)
      for stream in Self.streams {
        let inner = inner(layer, stream)
        initial.linear(inner + ".dense_1", hiddenSize, to: innerSize, draw)
        initial.linear(inner + ".dense_2", innerSize, to: hiddenSize, draw)
        initial.layerNorm(inner + ".LayerNorm", hiddenSize)
      }
    }
    return initial.parameters
  }

  /// The distribution of every token, or of the last one of each sequence.
  ///
  /// - Parameters:
  ///   - tape: holds the parameters.
  ///   - tokens: rows of the item tables with their positions.
  ///   - lastOnly: whether only the last tokens are asked for; the last layer computes no others.
  func callAsFunction<S: Scalar>(
    _ tape: Tape<S>, _ tokens: TokenBatch, lastOnly: Bool = false
  ) -> Gaussians<S> {
    func embedded(_ table: String, _ stream: String) -> Var<S> {
      let sum = tape.layerNorm(
        tape.gather(table, tokens.items, frozenRow: 0),
        residual: tape.gather(positions(stream), tokens.positions),
        weight: "LayerNorm.weight", bias: "LayerNorm.bias", epsilon: Self.epsilon)
      return tape.dropout(sum, rate: dropout)
    }
    let layout = tokens.layout
    var x = Gaussians(
      mean: tape.elu(embedded(Self.itemMeans, "mean")),
      covariance: tape.positive(embedded(Self.itemCovariances, "cov")))
    for layer in 0..<layers {
      x = block(layer, tape, x, layout, lastOnly: lastOnly && layer == layers - 1)
    }
    return x
  }

  /// The distributions of rows of the item tables: M[item], ELU(C[item]) + 1.
  func itemGaussians<S: Scalar>(_ tape: Tape<S>, _ rows: [Int32]) -> Gaussians<S> {
    Gaussians(
      mean: tape.gather(Self.itemMeans, rows),
      covariance: tape.positive(tape.gather(Self.itemCovariances, rows)))
  }

  private func attention(_ layer: Int) -> String { Self.layerName(layer) + ".attention" }
  private func inner(_ layer: Int, _ stream: String) -> String {
    "\(Self.layerName(layer)).\(stream)_intermediate"
  }
  private func positions(_ stream: String) -> String { "position_\(stream)_embeddings.weight" }

  private func block<S: Scalar>(
    _ layer: Int, _ tape: Tape<S>, _ x: Gaussians<S>, _ layout: RaggedLayout, lastOnly: Bool
  ) -> Gaussians<S> {
    let attention = attention(layer)
    func linear(_ x: Var<S>, _ name: String) -> Var<S> {
      tape.linear(x, weight: "\(attention).\(name).weight", bias: "\(attention).\(name).bias")
    }
    func projected(_ x: Gaussians<S>, _ part: String) -> Gaussians<S> {
      Gaussians(
        mean: linear(x.mean, "mean_" + part), covariance: tape.positive(linear(x.covariance, "cov_" + part)))
    }
    func norm(_ x: Var<S>, _ residual: Var<S>, _ name: String) -> Var<S> {
      tape.layerNorm(
        tape.dropout(x, rate: dropout), residual: residual, weight: name + ".LayerNorm.weight",
        bias: name + ".LayerNorm.bias", epsilon: Self.epsilon)
    }
    func updated(_ context: Var<S>, _ input: Var<S>, _ stream: String) -> Var<S> {
      let inner = inner(layer, stream)
      let y = norm(linear(context, stream + "_dense"), input, attention)
      return norm(
        tape.feedForward(y, inner: inner + ".dense_1", outer: inner + ".dense_2", activation: .elu), y, inner)
    }
    let rows = lastOnly ? tape.rows(x, layout.lastRows) : x
    let contexts = tape.gaussianAttention(
      query: projected(rows, "query"), key: projected(x, "key"), value: projected(x, "value"),
      layout: layout, heads: heads, dropout: attentionDropout, lastOnly: lastOnly)
    return Gaussians(
      mean: updatesMeans ? updated(contexts.mean, rows.mean, "mean") : rows.mean,
      covariance: tape.positive(updated(contexts.covariance, rows.covariance, "cov")))
  }
}
