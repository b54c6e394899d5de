import Beckon

/// IRN's decoder: post-norm layers with ReLU, and attention that is drawn to the objective.
///
///     X₀ = Dropout(√d·E[item] + P[slot]), P sinusoidal
///     Y  = LN(X + Dropout(Attention(X)))
///     X′ = LN(Y + Dropout(W₂·Dropout(relu(W₁·Y + b₁)) + b₂))
///
/// Added to the attention logits: w_h on the past and the present, w_t·r_u on the objective, r_u = w·e(u) + b being
/// the user's impressionability. A constant on all logits of a row cancels, so w_t·r_u − w_h on the objective alone
/// is the same.
struct IRNNetwork: Sendable {
  let configuration: IRNEncoder.Configuration
  /// P, `[slot, d]`.
  private let positionTable: Matrix<Float>

  /// The name of the item table, `[items + 1, d]`.
  static let itemTable = "item_embeddings.weight"
  /// The name of the output layer, with `.weight` `[items, d]` and `.bias` `[1, items]`.
  static let output = "output"
  private static let userTable = "user_embeddings.weight"
  private static let impressionability = "impressionability"

  init(_ configuration: IRNEncoder.Configuration) {
    self.configuration = configuration
    let d = configuration.hiddenSize
    positionTable = Matrix(
      (0..<configuration.maximumLength).map { slot in
        (0..<d).map { column in
          let angle = Double(slot) / pow(10_000, Double(column / 2 * 2) / Double(d))
          return Float(column % 2 == 0 ? sin(angle) : cos(angle))
        }
      })
  }

  /// First values as PyTorch draws them, except for items: N(0, 1/d), so that √d·E and P weigh alike.
  func initialParameters(items: Int, users: Int, stream: RandomStream) -> ParameterSet<Float> {
    let d = configuration.hiddenSize
    var parameters = ParameterSet<Float>()
    func fill(_ name: String, _ rows: Int, _ columns: Int, _ draw: (inout RandomStream) -> Double) {
      var stream = stream.keyed(UInt32(parameters.names.count))
      parameters[name] = Matrix(
        rows: rows, columns: columns, values: (0..<rows * columns).map { _ in Float(draw(&stream)) })
    }
    func uniform(_ name: String, _ rows: Int, _ columns: Int, _ bound: Double) {
      fill(name, rows, columns) { bound * (2 * $0.uniform() - 1) }
    }
    func linear(_ name: String, _ columns: Int, to rows: Int, bound: Double? = nil, zeroBias: Bool = false) {
      let bound = bound ?? 1 / Double(columns).squareRoot()
      uniform(name + ".weight", rows, columns, bound)
      uniform(name + ".bias", 1, rows, zeroBias ? 0 : bound)
    }
    func norm(_ name: String) {
      fill(name + ".weight", 1, d) { _ in 1 }
      fill(name + ".bias", 1, d) { _ in 0 }
    }
    fill(Self.itemTable, items + 1, d) { $0.normal() / Double(d).squareRoot() }
    parameters[Self.itemTable].setRow(0, [Float](repeating: 0, count: d))
    fill(Self.userTable, users, configuration.userDimension) { $0.normal() }
    linear(Self.impressionability, configuration.userDimension, to: 1)
    for layer in 0..<configuration.layers {
      let name = "layers.\(layer)"
      for part in ["query", "key", "value"] {
        linear("\(name).attention.\(part)", d, to: d, bound: (1.5 / Double(d)).squareRoot(), zeroBias: true)
      }
      linear(name + ".attention.dense", d, to: d, zeroBias: true)
      norm(name + ".norm1")
      if configuration.crossAttentionOnZeros {
        fill(name + ".cross.value.bias", 1, d) { _ in 0 }
        linear(name + ".cross.dense", d, to: d, zeroBias: true)
        norm(name + ".norm2")
      }
      linear(name + ".linear1", d, to: configuration.innerSize)
      linear(name + ".linear2", configuration.innerSize, to: d)
      norm(name + ".norm3")
    }
    linear(Self.output, d, to: items)
    return parameters
  }

  /// Hidden vectors: of every token, `[tokens, d]`, or of the last one of each sequence, `[sequences, d]`, whose last
  /// layer then computes only those rows.
  func callAsFunction<S: Scalar>(_ tape: Tape<S>, _ tokens: IRNTokens, lastOnly: Bool) -> Var<S> {
    let d = configuration.hiddenSize
    let positions = positionTable.selectingRows(tokens.positions.map { Int($0) }).mapScalars(to: S.self)
    let items = tape.scale(
      tape.gather(Self.itemTable, tokens.items, frozenRow: 0), by: Double(d).squareRoot())
    var x = tape.dropout(tape.add(items, tape.constant(positions)), rate: configuration.dropout)
    let (layout, objective) = (tokens.layout, objective(tape, tokens.users))
    for layer in 0..<configuration.layers {
      x = self.layer(
        "layers.\(layer)", tape, x, layout, objective,
        lastOnly: lastOnly && layer == configuration.layers - 1)
    }
    return x
  }

  /// w_t·r_u − w_h, `[sequences, 1]`.
  private func objective<S: Scalar>(_ tape: Tape<S>, _ users: [Int32]) -> Var<S> {
    let r = tape.linear(
      tape.gather(Self.userTable, users), weight: Self.impressionability + ".weight",
      bias: Self.impressionability + ".bias")
    let past = Matrix<S>(
      rows: users.count, columns: 1, values: users.map { _ in S(configuration.pastWeight) })
    return tape.sum([(configuration.targetWeight, r), (-1, tape.constant(past))])
  }

  private func layer<S: Scalar>(
    _ name: String, _ tape: Tape<S>, _ x: Var<S>, _ layout: RaggedLayout, _ objective: Var<S>, lastOnly: Bool
  ) -> Var<S> {
    let (heads, rate) = (configuration.heads, configuration.dropout)
    func linear(_ x: Var<S>, _ part: String) -> Var<S> {
      tape.linear(x, weight: "\(name).\(part).weight", bias: "\(name).\(part).bias")
    }
    func norm(_ x: Var<S>, _ residual: Var<S>, _ part: String) -> Var<S> {
      tape.layerNorm(
        tape.dropout(x, rate: rate), residual: residual, weight: "\(name).\(part).weight",
        bias: "\(name).\(part).bias", epsilon: 1e-5)
    }
    let (key, value) = (linear(x, "attention.key"), linear(x, "attention.value"))
    let rows = lastOnly ? tape.rows(x, layout.lastRows) : x
    let query = linear(rows, "attention.query")
    let mixed =
      lastOnly
      ? tape.attentionLast(
        query: query, key: key, value: value, layout: layout, heads: heads, dropout: rate,
        objective: objective)
      : tape.attention(
        query: query, key: key, value: value, layout: layout, heads: heads, dropout: rate,
        objective: objective)
    var y = norm(linear(mixed, "attention.dense"), rows, "norm1")
    if configuration.crossAttentionOnZeros {
      // Keys of zeros are all alike and their values are the bias, whatever the weights.
      let constant = linear(tape.parameter(name + ".cross.value.bias"), "cross.dense")
      y = norm(tape.rows(constant, [Int](repeating: 0, count: y.rows)), y, "norm2")
    }
    guard tape.training, rate > 0 else {
      let wide = tape.feedForward(y, inner: name + ".linear1", outer: name + ".linear2", activation: .relu)
      return norm(wide, y, "norm3")
    }
    let inner = tape.dropout(tape.relu(linear(y, "linear1")), rate: rate)
    return norm(linear(inner, "linear2"), y, "norm3")
  }
}
