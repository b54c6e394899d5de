import Beckon

/// The low-pass filter along time, as a matrix.
enum LowPass {
  /// What the inverse real Fourier transform makes of the lowest frequencies of the transform of N values: a
  /// symmetric projection, `[length, length]`.
  ///
  ///     L[n, m] = (1/N)·(1 + 2·Σ_k cos(2πk(n − m)/N)),  k = 1 ..< kept
  ///
  /// The frequency N/2, of which an even N has one copy instead of two, counts once.
  ///
  /// - Parameters:
  ///   - length: N ≥ 1, values of a window.
  ///   - kept: frequencies that pass, the mean included; all of them if there are fewer.
  static func matrix<S: Scalar>(length: Int, kept: Int) -> Matrix<S> {
    // A function of n − m, which the transform takes to go round a circle of N places.
    let response = (0..<length).map { lag in
      (0..<min(kept, length / 2 + 1)).reduce(0) { sum, k in
        let copies = k == 0 || 2 * k == length ? 1.0 : 2.0
        // The angle from a whole number below N, so that equal lags give equal cosines.
        return sum + copies * cos(2 * .pi * Double(k * lag % length) / Double(length))
      } / Double(length)
    }
    return Matrix(
      rows: length, columns: length,
      values: (0..<length * length).map { S(response[abs($0 / length - $0 % length)]) })
  }

  /// The rest, I − L: what the low-pass takes away.
  static func complement<S: Scalar>(length: Int, kept: Int) -> Matrix<S> {
    var matrix: Matrix<S> = matrix(length: length, kept: kept)
    for index in matrix.values.indices { matrix.values[index].negate() }
    for n in 0..<length { matrix[n, n] += 1 }
    return matrix
  }
}
