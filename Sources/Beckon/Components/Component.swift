/// The roles a component can play. A kind is added when a system needs it, never for its own sake.
public enum Kind: String, CaseIterable, Sendable, Codable {
  case dataset, filter, split, encoder, embeddings, intents, targetSelector, scorer
  case `guard`, arousal, clickModel, dynamics, metric, task
}

/// A swappable part of an experiment: a value made from a configuration and found in the registry.
///
/// The parts of a conformance are the role's own requirement and three facts: `about`, the `Configuration` with
/// its `defaults`, and an initializer. A stored property `let configuration: Configuration` gives the last for free.
public protocol Component: Sendable {
  /// The keys of the component in a spec, beside `type`. Encoding `defaults` must yield every key: write a
  /// sentinel (an empty string, zero) rather than an optional, since encoding omits `nil`.
  associatedtype Configuration: Codable & Equatable & Sendable

  /// The role; given by the role's protocol.
  static var kind: Kind { get }
  /// Identifier, summary, source, and examples that the tests execute.
  static var about: About { get }
  /// The configuration of an empty spec.
  static var defaults: Configuration { get }
  /// Named settings, such as a publication's: `"preset": "official"` lays the spec's keys over this one.
  static var presets: [String: Configuration] { get }
  /// Keys that say how the work is done and not what comes out, such as a time-out: no part of a run's identity.
  static var operationalKeys: [String] { get }
  /// Reports values out of range.
  static func check(_ configuration: Configuration, _ checks: inout Checks)

  /// Makes the component; the configuration has passed `check`.
  init(configuration: Configuration) throws
}

extension Component {
  /// None, unless the component says otherwise.
  public static var presets: [String: Configuration] { [:] }
  /// None, unless the component says otherwise.
  public static var operationalKeys: [String] { [] }
  /// Nothing to check, unless the component says otherwise.
  public static func check(_ configuration: Configuration, _ checks: inout Checks) {}
}

/// For components without settings.
public struct NoConfiguration: Codable, Equatable, Sendable {
  /// The only value.
  public init() {}
}

extension Component where Configuration == NoConfiguration {
  /// The only value.
  public static var defaults: NoConfiguration { NoConfiguration() }
}

/// What a component says of itself: shown by `beckon components`, executed by the conformance suite.
public struct About: Sendable {
  /// Lowercase with hyphens; never changes.
  public let identifier: String
  /// One sentence.
  public let summary: String
  /// The publication with equation numbers, and every deviation from it with the reason.
  public let source: String
  /// Identifiers of earlier releases, still accepted.
  public let formerIdentifiers: [String]
  /// Checked facts.
  public let examples: [Example]

  /// A description; `source` may be empty for what nobody published.
  public init(
    _ identifier: String, _ summary: String, source: String = "", formerIdentifiers: [String] = [],
    examples: [Example] = []
  ) {
    self.identifier = identifier
    self.summary = summary
    self.source = source
    self.formerIdentifiers = formerIdentifiers
    self.examples = examples
  }
}

/// A fact about a component that can be computed: documentation that a test executes.
public struct Example: Sendable {
  /// What is shown, as a sentence.
  public let title: String
  /// The numbers that must come out.
  public let expected: [Double]
  /// Largest absolute difference allowed.
  public let tolerance: Double
  /// Computes the numbers.
  public let compute: @Sendable () throws -> [Double]

  /// An example with its expected numbers.
  public init(
    _ title: String, expected: [Double], tolerance: Double = 1e-6,
    compute: @escaping @Sendable () throws -> [Double]
  ) {
    self.title = title
    self.expected = expected
    self.tolerance = tolerance
    self.compute = compute
  }
}

/// Collects the values of a configuration that are out of range.
public struct Checks: Sendable {
  /// Place of the component in the spec.
  public let path: String
  /// What was found.
  public private(set) var problems: [Problem] = []

  /// Checks of the component at a path.
  public init(path: String) { self.path = path }

  /// Names of ranking metrics that the configuration refers to, by key.
  public private(set) var rankingMetrics: [(key: String, name: String)] = []

  /// Notes a reference to a ranking metric such as `ndcg@20`; the registry refuses an unknown one.
  public mutating func rankingMetric(_ key: String, _ name: String) {
    rankingMetrics.append((path.isEmpty ? key : "\(path).\(key)", name))
  }

  /// Data files that the configuration names, by key: their contents count towards a run's identity.
  public private(set) var files: [(key: String, path: String)] = []

  /// Notes a reference to a file; an empty path is none.
  public mutating func file(_ key: String, _ path: String) {
    if !path.isEmpty { files.append((self.path.isEmpty ? key : "\(self.path).\(key)", path)) }
  }

  /// Refuses a value unless the condition holds.
  public mutating func require(_ condition: Bool, _ key: String, _ expectation: @autoclosure () -> String) {
    if !condition { problems.append(Problem(path.isEmpty ? key : "\(path).\(key)", expectation())) }
  }

  /// Refuses a value outside a closed range.
  public mutating func range<T: Comparable>(_ key: String, _ value: T, _ range: ClosedRange<T>) {
    require(
      range.contains(value), key,
      "\(value) is out of range; expected \(range.lowerBound) to \(range.upperBound).")
  }

  /// Refuses a value outside a half-open range.
  public mutating func range<T: Comparable>(_ key: String, _ value: T, _ range: Range<T>) {
    require(
      range.contains(value), key,
      "\(value) is out of range; expected at least \(range.lowerBound) and below \(range.upperBound).")
  }

  /// Refuses a value below a bound.
  public mutating func atLeast<T: Comparable>(_ key: String, _ value: T, _ bound: T) {
    require(value >= bound, key, "\(value) is out of range; expected at least \(bound).")
  }

  /// Refuses a value that is not above zero.
  public mutating func positive<T: Comparable & Numeric>(_ key: String, _ value: T) {
    require(value > 0, key, "\(value) is out of range; expected a value above 0.")
  }
}

/// An enumeration in a configuration: decoding names the known values and the nearest one.
public protocol Choice: RawRepresentable, CaseIterable, Codable, Equatable, Sendable
where RawValue == String {}

extension Choice {
  /// Decodes one of the known names.
  public init(from decoder: any Decoder) throws {
    let name = try decoder.singleValueContainer().decode(String.self)
    guard let value = Self(rawValue: name) else {
      let known = Self.allCases.map(\.rawValue)
      throw DecodingError.dataCorrupted(
        .init(
          codingPath: decoder.codingPath,
          debugDescription: "unknown value '\(name)'.\(Suggestion.sentence(for: name, among: known))"))
    }
    self = value
  }
}
