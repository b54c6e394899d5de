import Beckon

extension Conformance {
  /// One thing that components keep; Docs/Conformance.md lists them by kind.
  public enum Check: String, CaseIterable, Sendable {
    /// Identifiers are lowercase words, lead back to the component, and there is a summary.
    case description
    /// The examples of `About` hold.
    case examples
    /// An empty object makes the component: its defaults are valid, and its presets too.
    case defaults
    /// The effective configuration reads back as itself.
    case roundTrip = "round-trip"
    /// A value of the wrong kind, a wild number and an unknown key are refused at their key, in words, or do no harm.
    case badConfiguration = "bad-configuration"
    /// As many rows, columns and numbers as asked for.
    case shape
    /// No infinities, nothing that is not a number.
    case finite
    /// The same seed and question give the same bytes.
    case sameSeed = "same-seed"
    /// One thread and many give the same bytes.
    case threads
    /// Who else is in the batch makes no difference.
    case neighbours
    /// A user without a history is served.
    case emptyHistory = "empty-history"
    /// A user who has met every item is served.
    case longestHistory = "longest-history"
    /// An item that nobody met in training is served, in a history as among the candidates.
    case unseenItem = "unseen-item"
    /// Probabilities and weights are 0 to 1, tables have rows of length 1, guards only forbid, targets are items.
    case bounds
    /// Items with other numbers get the same answers.
    case permutation
    /// A scorer that says so looks at nothing but target and history.
    case historyAlone = "history-alone"
    /// Derivatives agree with differences, in double precision.
    case gradient
    /// Learned values restore what was trained.
    case restore
    /// A training that was stopped and goes on ends as one that was not.
    case resumption
    /// A metric rewards what is better; a user at an item stays; a filter only drops.
    case order
  }

  /// A check that failed.
  public struct Finding: Error, Equatable, Sendable, CustomStringConvertible {
    /// Which one.
    public let check: Check
    /// What was found.
    public let fact: String

    /// A failure.
    public init(_ check: Check, _ fact: String) {
      self.check = check
      self.fact = fact
    }

    /// `fact (check)`
    public var description: String { "\(fact) (\(check.rawValue))" }
  }

  /// All that is wrong with a component.
  public struct Failure: Error, CustomStringConvertible {
    /// The component.
    public let component: String
    /// At least one.
    public let findings: [Finding]

    /// One line a finding.
    public var description: String { findings.map { "\(component): \($0)" }.joined(separator: "\n") }
  }

  /// Collects findings.
  struct Findings {
    private(set) var all: [Finding] = []

    mutating func add(_ check: Check, _ fact: @autoclosure () -> String, unless isFine: Bool = false) {
      if !isFine { all.append(Finding(check, fact())) }
    }

    /// The body's value with one thread; it must be the same again, and with three threads.
    mutating func steady<T>(
      _ what: String, isSame: (T, T) -> Bool, _ body: () throws -> T
    ) rethrows -> T {
      let value = try Parallel.withThreads(1, body)
      add(
        .sameSeed, "the same seed gives other \(what)",
        unless: isSame(try Parallel.withThreads(1, body), value))
      add(
        .threads, "the number of threads changes the \(what)",
        unless: isSame(try Parallel.withThreads(3, body), value))
      return value
    }

    mutating func steady<T: Equatable>(_ what: String, _ body: () throws -> T) rethrows -> T {
      try steady(what, isSame: ==, body)
    }
  }
}

extension Matrix where S == Float {
  /// Whether shape and bits are equal.
  func isSameBytes(_ other: Matrix<Float>) -> Bool {
    rows == other.rows && columns == other.columns
      && values.map(\.bitPattern) == other.values.map(\.bitPattern)
  }
}

/// Whether numbers are equal but for the rounding of sums in another order; infinities must stand at the same places.
func areClose(_ a: some Sequence<Float>, _ b: some Sequence<Float>) -> Bool {
  let (a, b) = (Array(a), Array(b))
  return a.count == b.count
    && zip(a, b).allSatisfy {
      $0 == $1 || ($0.isNaN && $1.isNaN)
        || ($0.isFinite && $1.isFinite && abs($0 - $1) <= 1e-4 * max(1, abs($0), abs($1)))
    }
}
