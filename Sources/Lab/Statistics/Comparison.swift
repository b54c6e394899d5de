import Beckon

/// One variant against the baseline in one metric.
public struct Comparison: Sendable, Equatable {
  /// The variant.
  public let variant: String
  /// What it is compared with.
  public let baseline: String
  /// `metric@cutoff`.
  public let metric: String
  /// The variant's mean over the users compared.
  public let mean: Double
  /// The baseline's mean over the same users.
  public let baselineMean: Double
  /// Mean over the users of variant minus baseline.
  public let difference: Double
  /// Bootstrap interval of the mean difference, over the users; nil for a single user.
  public let interval: ConfidenceInterval?
  /// p-value of the test, for itself.
  public let p: Double
  /// p-value corrected for the comparisons made together.
  public let correctedP: Double
  /// How large the difference is, whatever the number of users.
  public let effect: EffectSize
  /// Users whose value, averaged over the seeds, is higher than, equal to and lower than under the baseline.
  public let users: Tally
  /// Seeds whose mean is higher, equal and lower.
  public let seeds: Tally
  /// Users left out because a value is missing under one of the two.
  public let dropped: Int

  /// Number of users compared.
  public var count: Int { users.count }
}

/// The tests for which a comparison can be made.
public enum PairedTest: String, Sendable, Codable, CaseIterable {
  /// Wilcoxon's signed-rank test, zeros left out.
  case wilcoxon
  /// Student's paired t-test.
  case t
  /// Permutation test of the mean by signs.
  case signFlip = "sign-flip"

  func p(_ differences: PairedDifferences, _ options: Comparisons.Options) throws -> Double {
    switch self {
    case .wilcoxon: differences.wilcoxon(options.alternative).p
    case .t: try differences.tTest(options.alternative).p
    case .signFlip: differences.signFlips(options.alternative, seed: options.seed).p
    }
  }
}

extension Comparisons {
  /// How comparisons are made.
  public struct Options: Sendable, Equatable {
    /// The test behind the p-values.
    public var test = PairedTest.wilcoxon
    /// What the test asks.
    public var alternative = Alternative.twoSided
    /// How p-values are corrected for the comparisons of one call.
    public var correction = Correction.holm
    /// How intervals are made.
    public var interval = IntervalMethod.bca
    /// The share of studies whose interval covers the truth.
    public var level = 0.95
    /// Bootstrap replicates.
    public var resamples = 2000
    /// Of whatever is drawn.
    public var seed: UInt64 = 1

    /// Two-sided Wilcoxon tests, corrected by Holm, with 95 % intervals by BCa.
    public init() {}
  }

  /// A comparison that cannot be made, and why.
  public struct Omission: Sendable, Equatable {
    /// The variant.
    public let variant: String
    /// `metric@cutoff`.
    public let metric: String
    /// One sentence.
    public let reason: String
  }
}
