import Beckon

/// What Wilcoxon's test does with pairs that do not differ.
public enum ZeroRule: String, Sendable, Codable, CaseIterable {
  /// They are left out (Wilcoxon 1945).
  case wilcox
  /// They take part in the ranking, and their ranks are left out afterwards (Pratt 1959).
  case pratt
}

extension PairedDifferences {
  /// Wilcoxon's signed-rank test.
  ///
  /// Equals `scipy.stats.wilcoxon(d, zero_method=…, alternative=…)` of SciPy 1.17, with its choice of method: the
  /// exact distribution for up to 50 differences without ties and zeros, and for up to 13 with them; else the normal
  /// approximation with the correction for ties, without that for continuity.
  ///
  /// Differs from SciPy where no difference is left: p is 1, while SciPy's approximation divides 0 by 0.
  ///
  /// - Returns: the statistic is the smaller of the sums of positive and negative ranks for a two-sided test, else
  ///   the sum of the positive ranks.
  public func wilcoxon(
    _ alternative: Alternative = .twoSided, zeros: ZeroRule = .wilcox
  ) -> TestResult {
    let ranks = SignedRanks(values, zeros)
    let statistic = alternative == .twoSided ? min(ranks.positive, ranks.negative) : ranks.positive
    let isExact = count <= 13 || (count <= 50 && !ranks.hasTies && ranks.zeroCount == 0)
    guard ranks.zeroCount < count else { return TestResult(statistic: 0, p: 1) }
    return TestResult(
      statistic: statistic, p: isExact ? ranks.exact(alternative) : ranks.approximate(alternative))
  }
}

/// Ranks of absolute differences, ties sharing their mean.
private struct SignedRanks {
  /// Sum of the ranks of positive differences.
  let positive: Double
  /// Sum of the ranks of negative differences.
  let negative: Double
  let zeroCount: Int
  let hasTies: Bool
  /// Twice the ranks that a sign goes with: whole numbers.
  private let doubled: [Int]
  /// How many differences took part in the ranking.
  private let ranked: Double
  /// Zeros that took part in the ranking.
  private let rankedZeros: Double
  /// Σ t³ − t over groups of t equal absolute differences, zeros left out.
  private let tieTerm: Double

  init(_ differences: [Double], _ rule: ZeroRule) {
    let kept = rule == .wilcox ? differences.filter { $0 != 0 } : differences
    let order = kept.indices.sorted { (abs(kept[$0]), $0) < (abs(kept[$1]), $1) }
    var sums = (positive: 0, negative: 0)
    var doubled: [Int] = []
    var term = 0.0
    var ties = false
    var start = 0
    while start < order.count {
      let size = abs(kept[order[start]])
      var end = start + 1
      while end < order.count, abs(kept[order[end]]) == size { end += 1 }
      // Places start + 1 … end; twice their mean.
      let rank = start + 1 + end
      if size > 0 {
        let group = Double(end - start)
        term += group * group * group - group
        for place in order[start..<end] {
          if kept[place] > 0 { sums.positive += rank } else { sums.negative += rank }
          doubled.append(rank)
        }
        ties = ties || end - start > 1
      }
      start = end
    }
    positive = Double(sums.positive) / 2
    negative = Double(sums.negative) / 2
    zeroCount = differences.count { $0 == 0 }
    rankedZeros = rule == .pratt ? Double(zeroCount) : 0
    ranked = Double(kept.count)
    hasTies = ties
    tieTerm = term
    self.doubled = doubled
  }

  /// Over all ways to give the ranks their signs.
  func exact(_ alternative: Alternative) -> Double {
    // ways[s]: sign vectors whose positive ranks, doubled, add up to s.
    var ways = [1.0]
    for rank in doubled {
      var next = ways + [Double](repeating: 0, count: rank)
      for sum in ways.indices { next[sum + rank] += ways[sum] }
      ways = next
    }
    let observed = Int(2 * positive)
    let all = exp2(Double(doubled.count))
    return alternative.p(
      lower: ways[...observed].reduce(0, +) / all, upper: ways[observed...].reduce(0, +) / all)
  }

  /// By the normal distribution; Cureton 1967 for zeros that were ranked.
  func approximate(_ alternative: Alternative) -> Double {
    let mean = (ranked * (ranked + 1) - rankedZeros * (rankedZeros + 1)) / 4
    let squares =
      ranked * (ranked + 1) * (2 * ranked + 1) - rankedZeros * (rankedZeros + 1) * (2 * rankedZeros + 1)
    let z = (positive - mean) / ((squares - tieTerm / 2) / 24).squareRoot()
    return alternative.p(lower: Normal.cumulative(z), upper: Normal.upperTail(z))
  }
}
