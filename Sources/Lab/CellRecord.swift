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

/// Finished cells on disk: `cells/<identity>/result.json`, written last, beside the per-user values.
struct CellStore {
  let folder: URL

  func folder(of identity: String) -> URL { folder.appending(path: String(identity.prefix(24))) }

  func users(of identity: String) -> URL { folder(of: identity).appending(path: "users.csv") }

  func trajectories(of identity: String) -> URL { folder(of: identity).appending(path: "trajectories.jsonl") }

  func load(_ identity: String) -> CellRecord? {
    let file = folder(of: identity).appending(path: "result.json")
    guard let text = try? String(contentsOf: file, encoding: .utf8), let json = try? JSON(parsing: text),
      let record = CellRecord(json: json), record.identity == identity
    else { return nil }
    return record
  }

  func hasTrajectories(_ identity: String) -> Bool {
    FileManager.default.fileExists(atPath: trajectories(of: identity).path(percentEncoded: false))
  }

  func save(_ record: CellRecord, _ result: TaskResult, trajectories wanted: Bool, dataset: Dataset) throws {
    try AtomicFile.write(Self.perUser(result), to: users(of: record.identity))
    if wanted, let outcome = result.outcome {
      try TrajectoryWriter.write(outcome, dataset: dataset, to: trajectories(of: record.identity))
    }
    try AtomicFile.write(
      record.json.pretty + "\n", to: folder(of: record.identity).appending(path: "result.json"))
  }

  /// Per-user values of every metric: what paired tests need.
  private static func perUser(_ result: TaskResult) -> String {
    let values = result.values.filter { !$0.perUser.isEmpty }
    let count = values.map(\.perUser.count).max() ?? 0
    let head = (["index"] + values.map(\.name)).joined(separator: ",")
    let rows = (0..<count).map { row in
      ([String(row)] + values.map { row < $0.perUser.count ? "\($0.perUser[row])" : "" }).joined(
        separator: ",")
    }
    return ([head] + rows).joined(separator: "\n") + "\n"
  }
}

/// Writes who was shown what, with which probability, and what they did: a JSON object a line.
enum TrajectoryWriter {
  static func write(_ outcome: NudgeOutcome, dataset: Dataset, to url: URL) throws {
    try AtomicFile.write(to: url) { append in
      for (label, run) in [("guided", outcome.trajectories), ("twin", outcome.twin)] {
        for target in run.targets.indices {
          var lines = ""
          for user in 0..<run.users {
            for round in 0..<run.rounds {
              for slot in 0..<run.slateSize {
                lines += line(label, run, dataset, target, round, user, slot).compact + "\n"
              }
            }
          }
          try append(Data(lines.utf8))
        }
      }
    }
  }

  private static func line(
    _ label: String, _ run: Trajectories, _ dataset: Dataset, _ target: Int, _ round: Int, _ user: Int,
    _ slot: Int
  ) -> JSON {
    let cell = run.cell(target, round, user)
    let item = run.shown[cell * run.slateSize + slot]
    let after = run.state(target, after: round + 1, user)
    let place = run.slateSize == 1 ? [] : [("slot", JSON.number(Double(slot + 1)))]
    return JSON.members(
      [
        ("run", .string(label)),
        ("target", .string(dataset.catalogue.identifiers[Int(run.targets[target])])),
        ("user", .string(dataset.users[user])), ("round", .number(Double(round + 1))),
      ] + place + [
        ("item", item < 0 ? .null : .string(dataset.catalogue.identifiers[Int(item)])),
        ("probability", .number(Double(run.probability[cell]))),
        ("clicked", .bool(run.choice[cell] == Int16(slot))),
        ("keep", .number(Double(run.keep[cell]))),
        ("interest", .number(Double(run.interest[after]))),
        ("rank", .number(Double(run.rank[after]))),
      ])
  }
}
