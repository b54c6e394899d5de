/// How large a difference is, whatever the number of units.
public struct EffectSize: Sendable, Equatable {
  /// Cohen's d of the differences: mean over standard deviation. nil for a single pair, and for equal differences,
  /// whose deviation is 0.
  public let cohensDz: Double?
  /// Matched-pairs rank-biserial correlation: (R₊ − R₋) / (R₊ + R₋) over the ranks of Wilcoxon's test, zeros left
  /// out; in [−1, 1], and 0 if no pair differs. Kerby 2014, doi:10.2466/11.IT.3.1.
  public let rankBiserial: Double
  /// Probability that a unit drawn at random has the higher value under the first condition, ties counted half; in
  /// [0, 1], 0.5 without an effect. The common-language effect size of paired data.
  public let superiority: Double
}

extension PairedDifferences {
  /// Effect sizes of the differences.
  public var effect: EffectSize {
    let isConstant = values.allSatisfy { $0 == values[0] }
    let positive = wilcoxon(.greater).statistic
    let moving = Double(count - tally.equal)
    let ranks = moving * (moving + 1) / 2
    return EffectSize(
      cohensDz: isConstant ? nil : deviation.map { mean / $0 },
      rankBiserial: ranks == 0 ? 0 : (2 * positive - ranks) / ranks,
      superiority: (Double(tally.higher) + Double(tally.equal) / 2) / Double(count))
  }
}
