import Beckon
import Synchronization

extension Purpose {
  /// Signs in a permutation test.
  static let signFlips = Purpose("sign-flips")
  /// Resampled units of a bootstrap.
  static let bootstrap = Purpose("bootstrap")
}

extension PairedDifferences {
  /// Student's paired t-test.
  ///
  /// Equals `scipy.stats.ttest_rel(a, b, alternative=…)`. Where all differences are 0 SciPy gives NaN; here t is 0
  /// and p 1.
  ///
  /// - Throws: `Problem` for a single pair, which has no variance.
  public func tTest(_ alternative: Alternative = .twoSided) throws -> TestResult {
    guard let deviation else {
      throw Problem("", "the t-test needs two pairs or more; there is one.")
    }
    guard values.contains(where: { $0 != 0 }) else { return TestResult(statistic: 0, p: 1) }
    // Equal differences may leave a deviation of rounding errors.
    let isConstant = values.allSatisfy { $0 == values[0] }
    let t =
      isConstant ? (values[0] > 0 ? .infinity : -.infinity) : mean / (deviation / Double(count).squareRoot())
    let both = StudentT.twoTails(t, freedom: Double(count - 1))
    let (toward, away) = (both / 2, 1 - both / 2)
    return TestResult(
      statistic: t,
      p: alternative == .twoSided
        ? both : alternative.p(lower: t < 0 ? toward : away, upper: t < 0 ? away : toward))
  }

  /// Permutation test of the mean: without a difference each pair could as well stand the other way round, so all
  /// signs are equally likely.
  ///
  /// If there are at most `resamples` ways to set the signs, each is counted, and p equals
  /// `scipy.stats.permutation_test((d,), np.mean, permutation_type='samples', alternative=…)`; otherwise so many are
  /// drawn and p = (k + 1) / (m + 1), k of m being as extreme as the observed mean. Sums that differ by less than
  /// 1e-12 of Σ|d| count as equal.
  ///
  /// - Parameters:
  ///   - alternative: what the test asks.
  ///   - resamples: at least 1.
  ///   - seed: of the drawn signs.
  /// - Returns: the statistic is the mean difference.
  public func signFlips(
    _ alternative: Alternative = .twoSided, resamples: Int = 9999, seed: UInt64 = 1
  ) -> TestResult {
    precondition(resamples > 0, "signFlips: there must be a resample.")
    // A pair without a difference is the same either way round.
    let moving = values.filter { $0 != 0 }
    let observed = moving.reduce(0, +)
    let slack = 1e-12 * moving.reduce(0) { $0 + abs($1) }
    let isExact = moving.count < 62 && 1 << moving.count <= resamples
    let stream = RandomStream(seed: seed, purpose: .signFlips)
    let draws = isExact ? 1 << moving.count : resamples
    let counts = Mutex((lower: 0, upper: 0))
    Parallel.forEach(draws, grain: 256) { range in
      var found = (lower: 0, upper: 0)
      for draw in range {
        let sum =
          isExact
          ? Self.sum(moving) { place in draw >> place }
          : Self.sum(moving, drawing: stream.keyed(UInt32(draw)))
        if sum <= observed + slack { found.lower += 1 }
        if sum >= observed - slack { found.upper += 1 }
      }
      counts.withLock { $0 = ($0.lower + found.lower, $0.upper + found.upper) }
    }
    let (lower, upper) = counts.withLock { $0 }
    // A drawn test counts the observed signs among those that it met, so that p is never 0.
    let extra = isExact ? 0 : 1
    return TestResult(
      statistic: mean,
      p: alternative.p(
        lower: Double(lower + extra) / Double(draws + extra),
        upper: Double(upper + extra) / Double(draws + extra)))
  }

  /// The sum with the signs that the lowest bits say.
  private static func sum(_ values: [Double], _ bits: (Int) -> Int) -> Double {
    var sum = 0.0
    for (place, value) in values.enumerated() { sum += bits(place) & 1 == 0 ? value : -value }
    return sum
  }

  private static func sum(_ values: [Double], drawing stream: RandomStream) -> Double {
    var stream = stream
    var word: UInt64 = 0
    var sum = 0.0
    for (place, value) in values.enumerated() {
      if place & 63 == 0 { word = stream.nextUInt64() }
      sum += word & 1 == 0 ? value : -value
      word >>= 1
    }
    return sum
  }
}
