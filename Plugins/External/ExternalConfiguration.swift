import Beckon

/// Settings of a component that is a program of its own.
struct ExternalConfiguration: Codable, Equatable, Sendable {
  /// The program and its arguments, such as `["python3", "my_scorer.py", "--weight", "2"]`. A bare name is looked up in
  /// PATH, a path in the working directory. Arguments that are files count by their contents: an edited program is
  /// another component.
  var command: [String] = []
  /// Further files whose contents count: what the program reads or imports.
  var files: [String] = []
  /// The name that the program must give itself; empty takes any. A metric's values are reported under it.
  var name = ""
  /// What the program is sent beside the least it needs; Docs/ExternalComponents.md lists what there is.
  var sends: [String] = []
  /// Seconds within which a question must be answered.
  var timeoutSeconds = 60.0
  /// Seconds within which the program must be ready: what it does once, it does there.
  var startTimeoutSeconds = 600.0
  /// How often in a run a program that died or hung is started again and asked once more.
  var restarts = 2
  /// Processes at once; 0 for one a thread. Results do not depend on it.
  var processes = 0

  /// Ends of names that no program is called by: such an argument must be there.
  private static let scripts: Set = ["py", "r", "jl", "js", "mjs", "ts", "rb", "pl", "lua", "php", "sh"]

  /// - Parameter known: what this kind of component can be sent.
  func check(_ checks: inout Checks, canSend known: [String]) {
    checks.require(
      !command.isEmpty && !command.contains(""), "command",
      "expected the program and its arguments, such as [\"python3\", \"my_scorer.py\"].")
    for (index, word) in command.enumerated() {
      let path = Self.path(of: word)
      var isFolder: ObjCBool = false
      let isThere =
        FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && !isFolder.boolValue
      let isScript =
        Self.scripts.contains(URL(filePath: word).pathExtension.lowercased()) && !word.hasPrefix("-")
      // A program that is looked up in PATH is the machine's, like the interpreter's own library.
      guard index > 0 || word.contains("/") else {
        Self.checkProgram(word, &checks)
        continue
      }
      if isThere || isScript { checks.file("command[\(index)]", path) }
    }
    for (index, file) in files.enumerated() { checks.file("files[\(index)]", Self.path(of: file)) }
    for word in sends where !known.contains(word) {
      checks.require(
        false, "sends",
        "'\(word)' cannot be sent.\(Suggestion.sentence(for: word, among: known, label: "There is"))")
    }
    checks.require(
      name.wholeMatch(of: #/([a-z0-9]+(-[a-z0-9]+)*)?/#) != nil, "name",
      "'\(name)' is no name; expected lowercase words joined by hyphens.")
    checks.range("timeoutSeconds", timeoutSeconds, 0.01...86_400)
    checks.range("startTimeoutSeconds", startTimeoutSeconds, 0.01...86_400)
    checks.range("restarts", restarts, 0...1000)
    checks.range("processes", processes, 0...1024)
  }

  /// Training would come to nothing if only then the program turned out not to be there.
  private static func checkProgram(_ name: String, _ checks: inout Checks) {
    let path = ProcessInfo.processInfo.environment["PATH"]
    guard !name.isEmpty, ProgramSearch.find(name, in: path) == nil else { return }
    let guess = ProgramSearch.nearest(to: name, in: path).map { " Did you mean '\($0)'?" } ?? ""
    checks.require(false, "command[0]", "there is no program '\(name)' in PATH.\(guess)")
  }

  /// Paths lead from the working directory, for the program as for its identity.
  static func path(of word: String) -> String {
    URL(filePath: word).standardizedFileURL.path(percentEncoded: false)
  }

  /// What a program is given beside: preferences and vectors are an encoder's.
  var needs: Needs {
    var needs: Needs = []
    if sends.contains("target") { needs.insert(.target) }
    if sends.contains("preferences") || sends.contains("vectors") { needs.insert(.encoder) }
    return needs
  }
}
