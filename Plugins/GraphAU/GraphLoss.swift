import Beckon
import Synchronization

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
      [
        Matrix(
          rows: gradient.rows, columns: gradient.columns, values: gradient.values.map { $0 * outer.values[0] }
        )
      ]
    }
  }

  /// log of the mean over pairs a < b of exp(−2 ‖x_a − x_b‖²), with its derivative.
  ///
  /// With unit rows ‖x_a − x_b‖² = 2 − 2 x_a·x_b, so the exponent is 4 x_a·x_b − 4. The pairs are taken block of
  /// rows by block of rows, so that n × n of them never exist at once; the factor e⁻⁴ is left to the logarithm.
  ///
  /// - Parameter points: `[n, d]`, n ≥ 2, rows of length 1.
  static func uniformity<S: Scalar>(of points: Matrix<S>) -> (loss: S, gradient: Matrix<S>) {
    let (count, width) = (points.rows, points.columns)
    let doubled = Matrix(rows: count, columns: width, values: points.values.map { 2 * $0 })
    let blocks = Mutex([Int: (total: Double, sums: Matrix<S>)]())
    Parallel.forEach(count, grain: 128) { rows in
      let part = Matrix(
        rows: rows.count, columns: width,
        values: Array(doubled.values[rows.lowerBound * width..<rows.upperBound * width]))
      var weights = part.timesTransposed(doubled).activated(.exponential)
      for (line, row) in rows.enumerated() { weights[line, row] = 0 }
      let total = weights.values.reduce(0.0) { $0 + Double($1) }
      let sums = weights.times(points)
      blocks.withLock { $0[rows.lowerBound] = (total, sums) }
    }
    let ordered = blocks.withLock { $0 }.sorted { $0.key < $1.key }.map(\.value)
    // Every pair stands twice in the table, so the sum of all is twice the sum over pairs.
    let total = ordered.reduce(0.0) { $0 + $1.total } / 2
    let pairs = Double(count * (count - 1) / 2)
    // The derivative for x_a is 4 Σ_b w_ab x_b over the total: the weights are symmetric, so rows are enough.
    let scale = S(4 / total)
    let gradient = Matrix(
      rows: count, columns: width, values: ordered.flatMap { $0.sums.values.map { scale * $0 } })
    return (S(log(total / pairs) - 4), gradient)
  }
}
