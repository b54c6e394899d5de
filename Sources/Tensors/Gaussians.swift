/// Normal distributions with diagonal covariances, one a row.
public struct Gaussians<S: Scalar>: Sendable {
  /// `[rows, d]`
  public let mean: Var<S>
  /// The diagonals, `[rows, d]`, not negative.
  public let covariance: Var<S>

  /// From means and diagonals of equal shape.
  public init(mean: Var<S>, covariance: Var<S>) {
    precondition(
      mean.rows == covariance.rows && mean.columns == covariance.columns, "Gaussians: the shapes differ.")
    self.mean = mean
    self.covariance = covariance
  }
}

extension Tape {
  /// ELU(x) + 1, which is never negative.
  public func positive(_ x: Var<S>) -> Var<S> {
    let ones = Matrix<S>(rows: x.rows, columns: x.columns, values: [S](repeating: 1, count: x.value.count))
    return add(elu(x), constant(ones))
  }

  /// The points [mean | √covariance], `[rows, 2·d]`: their squared Euclidean distances are the squared
  /// 2-Wasserstein distances of the distributions, ‖m₁ − m₂‖² + ‖√c₁ − √c₂‖².
  public func points(_ x: Gaussians<S>) -> Var<S> { concatColumns([x.mean, squareRoot(x.covariance)]) }

  /// The squared distance of each row of a to the same row of b: `[rows, 1]`.
  public func squaredDistances(_ a: Var<S>, _ b: Var<S>) -> Var<S> {
    let difference = subtract(a, b)
    return rowDots(difference, difference)
  }

  /// The rows with the given numbers.
  public func rows(_ x: Gaussians<S>, _ indices: [Int]) -> Gaussians<S> {
    Gaussians(mean: rows(x.mean, indices), covariance: rows(x.covariance, indices))
  }
}
