import Beckon
import BeckonCLI
import Synchronization
import Testing

@testable import Lab

extension Registry {
  /// The same components after an edit of a plugin's code.
  mutating func pretendEdited(_ plugin: String) throws {
    try register(plugin: plugin, digest: "edited") { _ in }
  }
}

/// What a study said while it ran.
final class Log: Sendable {
  private let events = Mutex([StudyEvent]())
  func add(_ event: StudyEvent) { events.withLock { $0.append(event) } }

  private func count(_ matches: (StudyEvent) -> Bool) -> Int { events.withLock { $0.count(where: matches) } }
  var reused: Int { count { if case .reused = $0 { true } else { false } } }
  var played: Int { count { if case .began = $0 { true } else { false } } }
  var waited: Int { count { if case .waiting = $0 { true } else { false } } }
  var failed: Int { count { if case .failed = $0 { true } else { false } } }
  var notes: [String] {
    events.withLock { $0.compactMap { if case .note(let text) = $0 { text } else { nil } } }
  }
  func began(_ word: String) -> Int {
    count { if case .progress(.began(let what)) = $0 { what.contains(word) } else { false } }
  }
}

/// A folder for cells and pieces that goes away again.
final class Bench {
  let folder = FileManager.default.temporaryDirectory.appending(path: "lab-\(UUID().uuidString)")
  deinit { try? FileManager.default.removeItem(at: folder) }

  /// A nudge in a synthetic world of 40 users, small in every respect.
  static let base = """
    {"name": "tiny",
     "dataset": {"type": "synthetic", "users": 40, "items": 30, "topics": 3, "steps": 40, "offset": 0.3, "slope": 5},
     "split": {"type": "leave-one-out", "shortHistories": "drop"},
     "task": {"type": "nudge", "rounds": 3, "cutoffs": [1, 2, 3]},
     "encoder": {"type": "iclrec", "hiddenSize": 6, "innerSize": 6, "maximumLength": 6, "layers": 1, "intentCount": 2,
       "training": {"epochs": 2, "batchSize": 16}},
     "intents": {"type": "learned", "count": 2},
     "environment": {"embeddings": "world"},
     "targetSelector": {"type": "pre-match", "count": 3},
     "scorer": {"type": "itmprec", "lambda": 1},
     "arousal": {"type": "tiac"},
     "metrics": ["hr", "ioi", "ioi-code", "ior", "ioi-over-twin"],
     "seeds": [2, 1],
     "variants": {"full": {}, "ipg": {"scorer": "ipg"}}}
    """

  struct Run {
    let results: StudyResults
    let log: Log
    var text: String { ResultFiles(results).json.pretty }
    var identities: [String] { results.runs.map(\.record.identity) }
  }

  /// Runs the base with a patch over it.
  func run(
    _ patch: String = "{}", output: String = "out", registry: Registry? = nil, log: Log = Log(),
    options: Study.Options = .init()
  ) throws -> Run {
    var base = try JSON(parsing: Self.base)
    let patch = try JSON(parsing: patch)
    if patch["variants"] != nil { base.set(nil, at: ["variants"]) }
    return try run(SpecDocument(base.merging(patch)), output, registry, log, options)
  }

  func run(
    _ document: SpecDocument, _ output: String, _ registry: Registry? = nil, _ log: Log = Log(),
    _ options: Study.Options = .init()
  ) throws -> Run {
    let registry = try registry ?? StandardRegistry.make()
    let study = Study(
      spec: try document.resolve(in: registry), registry: registry,
      locations: DataLocations(folders: [folder]),
      output: folder.appending(path: output), pieces: folder.appending(path: "pieces"),
      report: { log.add($0) })
    return Run(results: try study.run(options), log: log)
  }

  /// The files of a folder, by name.
  func files(_ name: String, ending: String) throws -> [URL] {
    let walk = FileManager.default.enumerator(
      at: folder.appending(path: name), includingPropertiesForKeys: nil)
    return (walk?.compactMap { $0 as? URL } ?? []).filter { $0.path().hasSuffix(ending) }.sorted {
      $0.path() < $1.path()
    }
  }
}

/// The description of what a body throws, or that it threw nothing.
func complaint(_ body: () throws -> some Any) -> String {
  do {
    let value = try body()
    return "no error, but \(value)"
  } catch { return "\(error)" }
}
