import Beckon

/// Differences of pairs: one number for each unit that was measured under two conditions.
///
/// Everything here is a pure function of the numbers (and of a seed, where something is drawn).
public struct PairedDifferences: Sendable {
  /// The differences, in the order of the units; finite, at least one.
  public let values: [Double]

  /// Differences.
  ///
  /// - Throws: `Problem` if there is none, or one is not finite.
  public init(_ values: [Double]) throws {
    guard !values.isEmpty else { throw Problem("", "there are no pairs to compare.") }
    if let place = values.firstIndex(where: { !$0.isFinite }) {
      throw Problem(
        "", "difference \(place) is \(values[place]); expected finite numbers. Leave such pairs out first.")
    }
    self.values = values
  }

  /// First minus second, pair by pair.
  ///
  /// - Throws: `Problem` if the counts differ, there is no pair, or a difference is not finite.
  public init(_ first: [Double], minus second: [Double]) throws {
    guard first.count == second.count else {
      throw Problem("", "\(first.count) values cannot be paired with \(second.count).")
    }
    try self.init(zip(first, second).map { $0 - $1 })
  }

  /// Number of pairs.
  public var count: Int { values.count }

  /// Mean difference.
  public var mean: Double { values.reduce(0, +) / Double(count) }

  /// Sample standard deviation (n − 1); nil for a single pair.
  public var deviation: Double? { Sample(values).deviation }

  /// Pairs in which the first value is higher, equal and lower.
  public var tally: Tally { Tally(values) }
}

/// How often something was higher, equal and lower than what it is compared with.
public struct Tally: Sendable, Equatable {
  /// Differences above 0. A win where the metric is better higher, a loss where it is better lower.
  public let higher: Int
  /// Differences of exactly 0.
  public let equal: Int
  /// Differences below 0.
  public let lower: Int

  /// Counts the signs of differences.
  public init(_ differences: [Double]) {
    higher = differences.count { $0 > 0 }
    lower = differences.count { $0 < 0 }
    equal = differences.count { $0 == 0 }
  }

  /// All of them.
  public var count: Int { higher + equal + lower }

  /// Wins, ties and losses, for a metric of this direction; one that is neither better higher nor lower is read as
  /// if higher were better.
  public func wins(_ direction: Direction) -> (wins: Int, ties: Int, losses: Int) {
    direction == .lower ? (lower, equal, higher) : (higher, equal, lower)
  }
}

/// What a test asks against the null hypothesis of no difference.
public enum Alternative: String, Sendable, Codable, CaseIterable {
  /// The differences are not centred at 0: what a study asks, unless its direction was fixed before it was run.
  case twoSided = "two-sided"
  /// They are centred above 0.
  case greater
  /// They are centred below 0.
  case less

  /// The p-value of tails that have been counted: P(statistic ≤ observed) and P(statistic ≥ observed).
  func p(lower: Double, upper: Double) -> Double {
    switch self {
    case .twoSided: min(1, 2 * min(lower, upper))
    case .greater: min(1, upper)
    case .less: min(1, lower)
    }
  }
}

/// What a test found.
public struct TestResult: Sendable, Equatable {
  /// The test's statistic.
  public let statistic: Double
  /// Probability of a statistic at least this extreme if there is no difference; in [0, 1].
  public let p: Double
}
