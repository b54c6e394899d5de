import Beckon

/// The interpreter that programs of the tests are written for.
enum Python {
  static let isThere = ProgramSearch.find("python3", in: ProcessInfo.processInfo.environment["PATH"]) != nil

  static let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  /// The documentation's program for a kind of component.
  static func example(of kind: Kind) -> String? {
    let names: [Kind: String] = [
      .scorer: "novelty.py", .clickModel: "tired_clicks.py", .guard: "no_repeats.py",
      .metric: "first_click.py",
    ]
    return names[kind].map { package.appending(path: "Docs/Examples/\($0)").path(percentEncoded: false) }
  }
}

/// A program written for one test, gone afterwards.
final class Script {
  let folder = FileManager.default.temporaryDirectory.appending(path: "program-\(UUID().uuidString)")
  var path: String { folder.appending(path: "program.py").path(percentEncoded: false) }

  /// A program that shakes hands properly and then does as it likes.
  ///
  /// - Parameters:
  ///   - hello: what it says of itself, as Python arguments.
  ///   - begin: what it does when it begins, `message` in hand.
  ///   - work: what it does with a question, with `message`, `users` and the number of items `n` in hand.
  init(
    kind: Kind = .scorer, hello: String? = nil, begin: String = "reply(ready=True)",
    work: String = "reply(scores=[[0] * n for _ in users])"
  ) throws {
    func indented(_ text: String) -> String {
      text.split(separator: "\n").map { "        \($0)" }.joined(separator: "\n")
    }
    let text = """
      import json, os, random, sys, time
      FOLDER = os.path.dirname(os.path.abspath(__file__))
      n = 0
      for line in sys.stdin:
          message = json.loads(line)
          def reply(**rest): print(json.dumps({"id": message["id"], **rest}), flush=True)
          if message["message"] == "hello":
              reply(\(hello ?? "protocol=1, kind='\(kind.rawValue)', name='test'"))
          elif message["message"] == "begin":
              n = len(message.get("counts", []))
      \(indented(begin))
          else:
              users = message.get("users", [])
      \(indented(work))
      """
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try Data(text.utf8).write(to: URL(filePath: path))
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  func text(_ name: String) throws -> String {
    try String(contentsOf: folder.appending(path: name), encoding: .utf8)
  }

  /// A spec's object that runs it.
  func spec(_ settings: String = "") -> String {
    #"{"type": "external", "command": ["python3", "\#(path)"]\#(settings.isEmpty ? "" : ", \(settings)")}"#
  }
}
