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
    let (itsUsers, itsItems) = (Tally(userRows, below: users.rows), Tally(itemRows, below: items.rows))
    let (unitUsers, unitItems) = (unit(users, itsUsers.distinct), unit(items, itsItems.distinct))
    let (ownUsers, ownItems) = (tape.rows(unitUsers, itsUsers.places), tape.rows(unitItems, itsItems.places))

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
      terms.append((configuration.gamma / 2, uniformity(tape, unitUsers, itsUsers.counts)))
      terms.append((configuration.gamma / 2, uniformity(tape, unitItems, itsItems.counts)))
    }
    return tape.sum(terms)
  }

  /// Mean squared distance of the pairs.
  private func alignment<S: Scalar>(_ tape: Tape<S>, _ a: Var<S>, _ b: Var<S>) -> Var<S> {
    let difference = tape.subtract(a, b)
    return tape.scale(tape.mean(tape.multiply(difference, difference)), by: Double(a.columns))
  }

  private func uniformity<S: Scalar>(_ tape: Tape<S>, _ points: Var<S>, _ counts: [Int]) -> Var<S> {
    let (loss, gradient) = Self.uniformity(of: points.value, counts: counts)
    return tape.custom([points], output: Matrix(rows: 1, columns: 1, values: [loss])) { outer, _ in
      [
        Matrix(
          rows: gradient.rows, columns: gradient.columns, values: gradient.values.map { $0 * outer.values[0] }
        )
      ]
    }
  }

  /// log of the mean over pairs of points of exp(−2 ‖x_a − x_b‖²), with its derivative.
  ///
  /// A batch of edges holds its users and items many times over, so each distinct point stands once with its count
  /// c, and a pair of distinct points counts c_a·c_b times. With unit rows ‖x_a − x_b‖² = 2 − 2 x_a·x_b, so the
  /// exponent is 4 x_a·x_b − 4; the factor e⁻⁴ is left to the logarithm. Rows are taken in blocks, so that all pairs
  /// never exist at once.
  ///
  /// - Parameters:
  ///   - points: `[n, d]`, rows of length 1.
  ///   - counts: `[n]`, each above 0, their sum at least 2; all 1 if not given.
  static func uniformity<S: Scalar>(of points: Matrix<S>, counts: [Int]? = nil) -> (
    loss: S, gradient: Matrix<S>
  ) {
    let (count, width) = (points.rows, points.columns)
    let counts = counts ?? [Int](repeating: 1, count: count)
    let doubled = Matrix(rows: count, columns: width, values: points.values.map { 2 * $0 })
    let shares = counts.map { S($0) }
    let weighted = points.scaledRows(by: Matrix(rows: count, columns: 1, values: shares))
    let (table, right) = (PackedRows(doubled), PackedRows(columnsOf: weighted))
    let tally = PackedRows(Matrix(rows: 1, columns: count, values: shares))
    let blocks = Mutex([Int: (total: Double, sums: Matrix<S>)]())
    Parallel.forEach(count, grain: 128) { rows in
      var affinities = table.products(with: doubled.selectingRows(Array(rows))).activated(.exponential)
      // A point pairs with its c − 1 equals, not with itself.
      for (line, row) in rows.enumerated() { affinities[line, row] *= 1 - 1 / S(counts[row]) }
      let sums = right.products(with: affinities)
      let totals = tally.products(with: affinities)
      let total = zip(rows, totals.values).reduce(0.0) { $0 + Double(counts[$1.0]) * Double($1.1) }
      blocks.withLock { $0[rows.lowerBound] = (total, sums) }
    }
    let ordered = blocks.withLock { $0 }.sorted { $0.key < $1.key }.map(\.value)
    // Every pair stands twice in the table, so the sum of all is twice the sum over pairs.
    let total = ordered.reduce(0.0) { $0 + $1.total } / 2
    let all = Double(counts.reduce(0, +))
    // The derivative for x_a is 4 c_a Σ_b c_b w_ab x_b over the total: the weights are symmetric, so rows are enough.
    let gradient = Matrix(rows: count, columns: width, values: ordered.flatMap(\.sums.values))
      .scaledRows(by: Matrix(rows: count, columns: 1, values: counts.map { S(4 * Double($0) / total) }))
    return (S(log(total / (all * (all - 1) / 2)) - 4), gradient)
  }
}

/// The distinct numbers of a list in order of first appearance, how often each occurs, and where each entry's stands.
private struct Tally {
  let distinct: [Int]
  let counts: [Int]
  let places: [Int]

  init(_ list: [Int], below bound: Int) {
    var known = [Int](repeating: -1, count: bound)
    var (distinct, counts): ([Int], [Int]) = ([], [])
    places = list.map { number in
      if known[number] >= 0 {
        counts[known[number]] += 1
      } else {
        known[number] = distinct.count
        distinct.append(number)
        counts.append(1)
      }
      return known[number]
    }
    (self.distinct, self.counts) = (distinct, counts)
  }
}
