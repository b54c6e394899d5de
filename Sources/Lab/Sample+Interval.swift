import Foundation

extension Sample {
  /// Half the width of the interval that covers the mean in 95 of 100 studies, by Student's t over the seeds; nil for
  /// fewer than two.
  public var halfWidth: Double? {
    deviation.map { deviation in
      let known = Self.quantiles.indices.contains(count - 2)
      let quantile = known ? Self.quantiles[count - 2] : Self.quantile(freedom: count - 1)
      return quantile * deviation / Double(count).squareRoot()
    }
  }

  /// Those of 1, 2, … degrees of freedom: a big report asks often.
  private static let quantiles = (1...64).map { quantile(freedom: $0) }

  /// The t beyond which, on both sides together, lies a probability of 0.05.
  static func quantile(freedom: Int) -> Double {
    // The tails fall steadily; 13 is beyond the widest, that of one degree of freedom.
    var (low, high) = (1.0, 13.0)
    for _ in 0..<60 {
      let middle = (low + high) / 2
      if StudentT.twoTails(middle, freedom: Double(freedom)) > 0.05 { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }
}
