import Beckon
import Synchronization

/// An interval that covers the true mean difference in a given share of studies.
public struct ConfidenceInterval: Sendable, Equatable {
  /// Lower end.
  public let low: Double
  /// Upper end.
  public let high: Double

  /// An interval.
  public init(low: Double, high: Double) {
    self.low = low
    self.high = high
  }
}

/// How an interval is read off bootstrap replicates.
public enum IntervalMethod: String, Sendable, Codable, CaseIterable {
  /// Bias-corrected and accelerated: Efron 1987, doi:10.1080/01621459.1987.10478410.
  case bca
  /// Between two quantiles of the replicates.
  case percentile
}

extension PairedDifferences {
  /// A bootstrap interval of the mean difference.
  ///
  /// - Parameters:
  ///   - method: how the interval is taken from the replicates.
  ///   - level: the share of studies whose interval covers the truth, in (0, 1).
  ///   - resamples: replicates, at least 1.
  ///   - seed: of the draws. The resampled places depend on the seed and the number of pairs alone, so that
  ///     comparisons of the same users share them.
  /// - Returns: nil if no interval can be given: a single pair, or replicates that all lie on one side of the mean
  ///   (for `bca`).
  public func interval(
    _ method: IntervalMethod = .bca, level: Double = 0.95, resamples: Int = 2000, seed: UInt64 = 1
  ) -> ConfidenceInterval? {
    guard count > 1 else { return nil }
    return interval(method, level: level, replicates: replicates(resamples, seed: seed))
  }

  /// Means of as many pairs, drawn with replacement.
  ///
  /// - Returns: `[resample]`.
  public func replicates(_ resamples: Int, seed: UInt64) -> [Double] {
    let stream = RandomStream(seed: seed, purpose: .bootstrap)
    let means = Mutex([Double](repeating: 0, count: resamples))
    Parallel.forEach(resamples, grain: 64) { range in
      let part = range.map { mean(drawing: stream.keyed(UInt32($0))) }
      means.withLock { $0.replaceSubrange(range, with: part) }
    }
    return means.withLock { $0 }
  }

  private func mean(drawing stream: RandomStream) -> Double {
    var stream = stream
    var sum = 0.0
    for _ in values.indices { sum += values[stream.uniform(below: count)] }
    return sum / Double(count)
  }

  /// The interval that given replicates of the mean make.
  ///
  /// Equals `scipy.stats.bootstrap((d,), np.mean, method=…, confidence_level=level)` on those replicates: linear
  /// quantiles; the bias correction counts ties half; the acceleration is the jackknife's.
  ///
  /// - Returns: the value itself if all differences are equal; nil as described above.
  public func interval(
    _ method: IntervalMethod, level: Double, replicates: [Double]
  ) -> ConfidenceInterval? {
    precondition(level > 0 && level < 1, "interval: the level must be between 0 and 1.")
    precondition(!replicates.isEmpty, "interval: there must be a replicate.")
    if values.allSatisfy({ $0 == values[0] }) {
      return ConfidenceInterval(low: values[0], high: values[0])
    }
    let tail = (1 - level) / 2
    let sorted = replicates.sorted()
    switch method {
    case .percentile:
      return ConfidenceInterval(
        low: Self.quantile(tail, of: sorted), high: Self.quantile(1 - tail, of: sorted))
    case .bca:
      let bias = Normal.quantile(shareBelowMean(replicates))
      guard bias.isFinite else { return nil }
      let acceleration = acceleration
      let ends = [Normal.quantile(tail), -Normal.quantile(tail)].map { z in
        Normal.cumulative(bias + (bias + z) / (1 - acceleration * (bias + z)))
      }
      return ConfidenceInterval(
        low: Self.quantile(ends[0], of: sorted), high: Self.quantile(ends[1], of: sorted))
    }
  }

  /// Share of replicates below the mean, those at it counted half.
  private func shareBelowMean(_ replicates: [Double]) -> Double {
    let mean = mean
    let (below, notAbove) = (replicates.count { $0 < mean }, replicates.count { $0 <= mean })
    return Double(below + notAbove) / Double(2 * replicates.count)
  }

  /// A sixth of the skewness of the means that leave one pair out: Efron and Tibshirani 1993, eq. 14.15. For a mean
  /// these influences are the deviations of the values.
  private var acceleration: Double {
    let mean = mean
    let (squares, cubes) = values.reduce((0, 0)) { sums, value in
      let deviation = value - mean
      return (sums.0 + deviation * deviation, sums.1 + deviation * deviation * deviation)
    }
    return cubes / (6 * squares * squares.squareRoot())
  }

  /// The quantile between neighbours in proportion (type 7 of Hyndman and Fan 1996).
  private static func quantile(_ share: Double, of sorted: [Double]) -> Double {
    let place = share * Double(sorted.count - 1)
    let below = Int(place)
    let above = min(below + 1, sorted.count - 1)
    return sorted[below] + (place - Double(below)) * (sorted[above] - sorted[below])
  }
}
