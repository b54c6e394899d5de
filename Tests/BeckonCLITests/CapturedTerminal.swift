import Beckon
import BeckonCLI
import Synchronization

/// What a call of the command line did.
struct Outcome {
  let code: Int32
  let output: String
  let error: String
}

/// Calls the command line and keeps what it writes.
func beckon(_ arguments: String..., environment: [String: String] = [:], isWatched: Bool = false) -> Outcome {
  beckon(arguments, environment: environment, isWatched: isWatched)
}

/// Calls the command line and keeps what it writes.
func beckon(
  _ arguments: [String], environment: [String: String] = [:], isWatched: Bool = false,
  adding: @escaping RegistryAddition = { _ in }
) -> Outcome {
  final class Buffer: Sendable {
    let text = Mutex("")
    func add(_ more: String) { text.withLock { $0 += more } }
  }
  let (output, error) = (Buffer(), Buffer())
  let terminal = Terminal(
    output: { output.add($0) }, error: { error.add($0) }, isWatched: isWatched, environment: environment)
  let code = CommandLineInterface.main(arguments, terminal: terminal, adding: adding)
  return Outcome(code: code, output: output.text.withLock { $0 }, error: error.text.withLock { $0 })
}

/// A folder for one test, gone afterwards.
final class Scratch {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "beckon-tests-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  /// The path of something in the folder.
  func path(_ name: String) -> String { url.appending(path: name).path(percentEncoded: false) }

  /// Writes a file and returns its path.
  func file(_ name: String, _ text: String) throws -> String {
    try Data(text.utf8).write(to: url.appending(path: name))
    return path(name)
  }

  func data(_ name: String) throws -> Data { try Data(contentsOf: url.appending(path: name)) }

  func json(_ name: String) throws -> JSON { try JSON(parsing: String(decoding: data(name), as: UTF8.self)) }

  func has(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path(name)) }
}

/// A study of two variants and two seeds that runs in a moment.
let tinySpec = """
  {
    "name": "tiny",
    "dataset": { "type": "synthetic", "users": 40, "items": 60, "seed": 1 },
    "filters": [{ "type": "k-core", "users": 3, "items": 1 }],
    "task": { "type": "nudge", "rounds": 3, "cutoffs": [2, 3] },
    "encoder": {
      "type": "sasrec", "hiddenSize": 8, "innerSize": 8, "layers": 1, "heads": 1, "maximumLength": 8,
      "training": { "epochs": 1, "batchSize": 32, "earlyStopping": { "metric": "" } }
    },
    "environment": { "embeddings": "world", "clickModel": { "type": "sigmoid", "slope": 4, "offset": 0 } },
    "targetSelector": { "type": "popular", "count": 2 },
    "scorer": "ipg",
    "metrics": ["hr", "ioi"],
    "seeds": [1, 2],
    "variants": { "guided": {}, "plain": { "scorer": "preference" } }
  }
  """
