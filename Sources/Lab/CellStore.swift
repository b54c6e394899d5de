import Beckon
import Hashing

/// Cells on disk: `cells/<identity>/result.json`, written last, beside the per-user values.
struct CellStore: Sendable {
  let folder: URL

  func folder(of identity: String) -> URL { folder.appending(path: String(identity.prefix(24))) }

  func trajectories(of identity: String) -> URL { folder(of: identity).appending(path: "trajectories.jsonl") }

  func users(of identity: String) -> URL { folder(of: identity).appending(path: "users.csv") }

  func hasTrajectories(_ identity: String) -> Bool {
    FileManager.default.fileExists(atPath: trajectories(of: identity).path(percentEncoded: false))
  }

  /// What is there of a cell.
  enum Found {
    case nothing
    case record(CellRecord)
    /// A file that cannot be trusted, and why.
    case damaged(String)
  }

  /// Looks for a finished cell. The digests of the record and of the per-user values must fit.
  func find(_ identity: String) -> Found {
    let file = folder(of: identity).appending(path: "result.json")
    guard FileManager.default.fileExists(atPath: file.path(percentEncoded: false)) else { return .nothing }
    guard let text = try? String(contentsOf: file, encoding: .utf8), let json = try? JSON(parsing: text)
    else {
      return .damaged("it is no whole JSON text")
    }
    guard let record = CellRecord(json: json), json["digest"]?.string == Self.digest(of: json) else {
      return .damaged("its digest does not fit what it says")
    }
    guard record.identity == identity else { return .damaged("it is another cell's") }
    guard let digest = json["users"]?.string,
      (try? SHA256.hexadecimal(contentsOf: users(of: identity))) == digest
    else { return .damaged("users.csv beside it is not the file it was written with") }
    return .record(record)
  }

  /// Puts a damaged result out of the way, where it can be looked at.
  ///
  /// - Returns: a sentence for whoever runs the study.
  func setAside(_ identity: String, reason: String) throws -> String {
    let file = folder(of: identity).appending(path: "result.json").path(percentEncoded: false)
    guard rename(file, file + ".damaged") == 0 else {
      throw WriteError(path: file, reason: String(cString: strerror(errno)))
    }
    return "\(file): damaged, \(reason). It is set aside as result.json.damaged, and computed again."
  }

  func save(_ record: CellRecord, _ result: TaskResult, trajectories wanted: Bool, dataset: Dataset) throws {
    let users = Self.perUser(result)
    try AtomicFile.write(users, to: self.users(of: record.identity))
    if wanted, let outcome = result.outcome {
      try TrajectoryWriter.write(outcome, dataset: dataset, to: trajectories(of: record.identity))
    }
    var json = record.json
    json.set(.string(SHA256.hexadecimal(of: users.utf8)), at: ["users"])
    json.set(.string(Self.digest(of: json)), at: ["digest"])
    try AtomicFile.write(json.pretty + "\n", to: folder(of: record.identity).appending(path: "result.json"))
  }

  private static func digest(of json: JSON) -> String {
    var json = json
    json.set(nil, at: ["digest"])
    return SHA256.hexadecimal(of: json.canonical.utf8)
  }

  // MARK: Who works on a cell

  private func lock(of identity: String) -> URL { folder(of: identity).appending(path: "lock") }

  /// Takes a cell to work on it; nil if another process does.
  func claim(_ identity: String) throws -> FileLock? { try FileLock.take(lock(of: identity), waiting: false) }

  /// Whether a process works on a cell now.
  func isRunning(_ identity: String) -> Bool { FileLock.isHeld(lock(of: identity)) }

  // MARK: What went wrong

  private func failure(of identity: String) -> URL { folder(of: identity).appending(path: "failure.json") }

  /// Why a cell failed the last time, and when; nil if it did not.
  func failure(_ identity: String) -> (reason: String, date: Date)? {
    let file = failure(of: identity)
    guard let text = try? String(contentsOf: file, encoding: .utf8),
      let reason = (try? JSON(parsing: text))?["error"]?.string
    else { return nil }
    let values = try? FileManager.default.attributesOfItem(atPath: file.path(percentEncoded: false))
    return (reason, values?[.modificationDate] as? Date ?? .distantPast)
  }

  func saveFailure(_ reason: String, of identity: String, variant: String, seed: UInt64) throws {
    let json = JSON.members([
      ("identity", .string(identity)), ("variant", .string(variant)), ("seed", .number(Double(seed))),
      ("error", .string(reason)),
    ])
    try AtomicFile.write(json.pretty + "\n", to: failure(of: identity))
  }

  func forgetFailure(_ identity: String) throws {
    let path = failure(of: identity).path(percentEncoded: false)
    guard unlink(path) == 0 || errno == ENOENT else {
      throw WriteError(path: path, reason: String(cString: strerror(errno)))
    }
  }

  // MARK: What it took

  /// What a finished cell took; nil if nobody noted it.
  func effort(_ identity: String) -> Effort? {
    Effort(contentsOf: folder(of: identity).appending(path: "effort.json"))
  }

  func save(_ effort: Effort, of identity: String) throws {
    try AtomicFile.write(effort.json.pretty + "\n", to: folder(of: identity).appending(path: "effort.json"))
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
