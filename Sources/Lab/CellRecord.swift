import Beckon

/// A finished cell: one variant with one seed.
public struct CellRecord: Sendable {
  /// Hash of everything the result depends on.
  public let identity: String
  /// Metrics in the order asked for; nil where a run cannot give one.
  public let metrics: [(name: String, value: Double?)]
  /// Means of each round.
  public let rounds: (columns: [String], rows: [[Double]])
  /// Targets, dynamics' owner, range of probabilities, …
  public let facts: JSON

  /// A record from its parts.
  init(
    identity: String, metrics: [(name: String, value: Double?)],
    rounds: (columns: [String], rows: [[Double]]), facts: JSON
  ) {
    self.identity = identity
    self.metrics = metrics
    self.rounds = rounds
    self.facts = facts
  }

  /// A record of a task's result.
  public init(identity: String, result: TaskResult) {
    self.identity = identity
    metrics = result.values.map { ($0.name, $0.mean.flatMap { $0.isFinite ? $0 : nil }) }
    rounds = result.rounds
    facts = result.facts
  }

  /// The value of a metric, by `name@cutoff`.
  public func metric(_ name: String) -> Double? { metrics.first { $0.name == name }?.value }

  /// Names of metrics that this run cannot give.
  public var missing: [String] { metrics.filter { $0.value == nil }.map(\.name) }

  var json: JSON {
    .members([
      ("identity", .string(identity)),
      ("metrics", .members(metrics.map { ($0.name, $0.value.map { .number($0) } ?? .null) })),
      ("roundColumns", .array(rounds.columns.map { .string($0) })),
      ("rounds", .array(rounds.rows.map { .array($0.map { .number($0) }) })),
      ("facts", facts),
    ])
  }

  init?(json: JSON) {
    guard let identity = json["identity"]?.string, let metrics = json["metrics"]?.object,
      let columns = json["roundColumns"]?.array, let rows = json["rounds"]?.array, let facts = json["facts"]
    else { return nil }
    self.identity = identity
    self.metrics = metrics.members.map { ($0.key, $0.value.number) }
    rounds = (columns.compactMap(\.string), rows.map { ($0.array ?? []).compactMap(\.number) })
    self.facts = facts
  }
}
