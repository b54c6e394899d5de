import Beckon

extension Tape {
  /// The contrastive loss of `contrastive`, with the similarity 1/(1 + ‖x − y‖²) in place of the dot product.
  ///
  /// - Parameters:
  ///   - a: the points of one view, `[B, m]`.
  ///   - b: the points of the other view, `[B, m]`.
  ///   - temperature: τ > 0.
  func distanceContrast(_ a: Var<S>, _ b: Var<S>, temperature: Double) -> Var<S> {
    let both = concatRows([a, b])
    let count = both.rows
    let ones = constant(Matrix(rows: count, columns: 1, values: [S](repeating: 1, count: count)))
    let squares = rowDots(both, both)
    // 1 + ‖x‖² + ‖y‖² − 2·x·y as one product.
    let left = concatColumns([scale(both, by: -2), add(squares, ones), ones])
    let right = concatColumns([both, ones, squares])
    let similarities = scale(reciprocal(matmul(left, right, transposeB: true)), by: 1 / temperature)
    var diagonal = Matrix<S>(rows: count, columns: count)
    for row in 0..<count { diagonal[row, row] = -.infinity }
    let partners = (0..<count).map { Int32(($0 + a.rows) % count) }
    return crossEntropy(logits: add(similarities, constant(diagonal)), labels: partners)
  }
}
