import Beckon

/// Alignment of neighbours over several propagations, and uniformity of users and of items. (GraphAU eq. 6 to 9)
struct GraphLoss {
  let graph: BipartiteGraph
  let configuration: GraphAUEmbeddings.Configuration

  /// The loss of some edges, 1 × 1.
  func callAsFunction<S: Scalar>(_ tape: Tape<S>, _ edges: ArraySlice<Edge>) -> Var<S> {
    let (userRows, itemRows) = (edges.map { Int($0.user) }, edges.map { Int($0.item) })
    let (users, items) = (tape.parameter("users"), tape.parameter("items"))
    func unit(_ table: Var<S>, _ rows: [Int]) -> Var<S> { tape.normalizeRows(tape.rows(table, rows)) }
    let (ownUsers, ownItems) = (unit(users, userRows), unit(items, itemRows))

    let layers = Double(configuration.layers)
    var terms: [(weight: Double, term: Var<S>)] = [(1 / layers, alignment(tape, ownUsers, ownItems))]
    var reached = (users: users, items: items)
    for layer in stride(from: 1, to: configuration.layers, by: 1) {
      reached = graph.propagate(tape, users: reached.users, items: reached.items)
      let weight = pow(configuration.base, Double(layer)) / layers / 2
      terms.append((weight, alignment(tape, ownUsers, unit(reached.items, itemRows))))
      terms.append((weight, alignment(tape, unit(reached.users, userRows), ownItems)))
    }
    if configuration.gamma > 0 {
      terms.append((configuration.gamma / 2, uniformity(tape, ownUsers)))
      terms.append((configuration.gamma / 2, uniformity(tape, ownItems)))
    }
    return tape.sum(terms)
  }

  /// Mean squared distance of the pairs.
  private func alignment<S: Scalar>(_ tape: Tape<S>, _ a: Var<S>, _ b: Var<S>) -> Var<S> {
    let difference = tape.subtract(a, b)
    return tape.scale(tape.mean(tape.multiply(difference, difference)), by: Double(a.columns))
  }

  private func uniformity<S: Scalar>(_ tape: Tape<S>, _ points: Var<S>) -> Var<S> {
    let (loss, gradient) = Self.uniformity(of: points.value)
    return tape.custom([points], output: Matrix(rows: 1, columns: 1, values: [loss])) { outer, _ in
      [Matrix(rows: gradient.rows, columns: gradient.columns, values: gradient.values.map { $0 * outer.values[0] })]
    }
  }

  /// log of the mean over pairs a < b of exp(−2 ‖x_a − x_b‖²), with its derivative.
  ///
  /// With unit rows ‖x_a − x_b‖² = 2 − 2 x_a·x_b, so all pairs are one matrix product.
  ///
  /// - Parameter points: `[n, d]`, n ≥ 2, rows of length 1.
  static func uniformity<S: Scalar>(of points: Matrix<S>) -> (loss: S, gradient: Matrix<S>) {
    let count = points.rows
    var affinity = points.timesTransposed(points)
    for index in affinity.values.indices { affinity.values[index] = 4 * affinity.values[index] - 4 }
    affinity = affinity.activated(.exponential)
    for row in 0..<count { affinity[row, row] = 0 }
    // Every pair stands twice in the table, so the sum of all is twice the sum over pairs.
    let total = S(affinity.values.reduce(0.0) { $0 + Double($1) } / 2)
    let pairs = S(count * (count - 1) / 2)
    // d/dx_a of Σ_pairs exp(4 x_a·x_b − 4) is 4 Σ_b w_ab x_b: `affinity` is symmetric, so one product gives all rows.
    var gradient = affinity.times(points)
    let scale = 4 / total
    for index in gradient.values.indices { gradient.values[index] *= scale }
    return (S(log(Double(total / pairs))), gradient)
  }
}
