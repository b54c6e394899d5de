/// Which way a metric is better, for the one who runs the system.
public enum Direction: String, Sendable, Codable {
  case higher, lower, neither
}

/// A number reported of a run; refined by what it is computed from.
public protocol Metric: Component {
  /// Which way is better.
  static var direction: Direction { get }
  /// Unit, in a word or two.
  static var unit: String { get }
  /// What its values go by in results; the identifier, unless one component stands for many metrics.
  var name: String { get }
}

extension Metric {
  /// The role.
  public static var kind: Kind { .metric }
  /// Larger is better, unless the metric says otherwise.
  public static var direction: Direction { .higher }
  /// The identifier.
  public var name: String { Self.about.identifier }
}

/// A metric of next-item prediction: a function of where the answer stands. Of several answers it is asked about the
/// one that stands best.
public protocol RankingMetric: Metric {
  /// The value of one query.
  ///
  /// - Parameters:
  ///   - rank: number of items ranked before the answer; 0 is best.
  ///   - cutoff: length of the list shown.
  func value(rank: Int, cutoff: Int) -> Double
  /// The values of queries with any number of answers, in their order: what tasks ask for. A metric that asks somebody
  /// else answers here.
  func values(_ queries: [RankedAnswers], cutoff: Int) throws -> [Double]
}

/// A metric of next-item prediction that looks at all answers of a query, and at their grades.
public protocol AnswersMetric: RankingMetric {
  /// The value of one query.
  ///
  /// - Parameters:
  ///   - answers: where the answers stand, best first.
  ///   - cutoff: length of the list shown.
  func value(of answers: RankedAnswers, cutoff: Int) -> Double
}

extension AnswersMetric {
  /// That of a single answer of grade 1.
  public func value(rank: Int, cutoff: Int) -> Double { value(of: RankedAnswers(rank: rank), cutoff: cutoff) }
}

extension RankingMetric {
  /// One after the other.
  public func values(_ queries: [RankedAnswers], cutoff: Int) throws -> [Double] {
    guard let whole = self as? any AnswersMetric else {
      return queries.map { value(rank: $0.best, cutoff: cutoff) }
    }
    return queries.map { whole.value(of: $0, cutoff: cutoff) }
  }
}

/// A metric of what all users together are shown: one value a run, none per user.
public protocol ExposureMetric: Metric {
  /// The value of a run.
  func value(of exposure: Exposure) -> Double
}

/// A metric of nudging: a function of what happened over the rounds.
public protocol TrajectoryMetric: Metric {
  /// Whether it tells what guidance costs users, items or makers rather than what it attains: the report sets the
  /// two apart. A metric that is not better when higher is a cost, unless it says otherwise.
  static var isCost: Bool { get }
  /// The metric of which it is another publication's definition, such as `ioi`; nil for most. A bridge shows the
  /// change of definition as its last step.
  static var redefines: String? { get }

  /// The value of each user, by user index, over all targets; its mean is the metric.
  ///
  /// - Returns: nil if this run cannot give it (reported as missing).
  /// - Throws: what keeps a metric from being computed that asks somebody else.
  func perUser(_ outcome: NudgeOutcome, cutoff: Int) throws -> [Double]?
}

extension TrajectoryMetric {
  /// Whatever is not better when higher.
  public static var isCost: Bool { direction != .higher }
  /// Nothing.
  public static var redefines: String? { nil }
}

/// A metric of nudging minus its value in the no-guidance twin on the same draws: the part that guidance adds.
public struct OverTwin<Base: TrajectoryMetric>: TrajectoryMetric {
  /// `name-over-twin`.
  public static var about: About {
    About(
      Base.about.identifier + "-over-twin", "The part of `\(Base.about.identifier)` that guidance adds.",
      source: "Beckon's own: minus the value of the no-guidance twin on the same draws.")
  }
  /// That of the metric itself.
  public static var direction: Direction { Base.direction }
  /// That of the metric itself.
  public static var unit: String { Base.unit }
  /// That of the metric itself.
  public static var isCost: Bool { Base.isCost }
  /// The increment of what the metric itself redefines.
  public static var redefines: String? { Base.redefines.map { $0 + "-over-twin" } }
  /// That of the metric itself.
  public static var defaults: Base.Configuration { Base.defaults }
  /// That of the metric itself.
  public static func check(_ configuration: Base.Configuration, _ checks: inout Checks) {
    Base.check(configuration, &checks)
  }
  private let base: Base

  /// The metric of a configuration.
  public init(configuration: Base.Configuration) throws { base = try Base(configuration: configuration) }

  /// The difference, by user.
  public func perUser(_ outcome: NudgeOutcome, cutoff: Int) throws -> [Double]? {
    guard let own = try base.perUser(outcome, cutoff: cutoff),
      let twin = try base.perUser(outcome.ofTwin, cutoff: cutoff)
    else { return nil }
    return zip(own, twin).map { $0 - $1 }
  }
}
