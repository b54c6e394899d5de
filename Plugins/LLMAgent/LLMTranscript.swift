import Beckon
import Hashing
import Synchronization

/// Every answer that a language model gave, in a file of JSON lines: what was asked once is not asked again.
///
/// A line is appended as soon as its answer is there, so that a killed run loses the answers under way and no other.
/// The file belongs to one process as long as it is open.
final class LLMTranscript: Sendable {
  private struct State {
    /// Open since the first question.
    var handle: FileHandle?
    var replies: [String: String] = [:]
    /// Questions under way; who asks the same waits for their answer.
    var pending: [String: DispatchGroup] = [:]
    var sent = 0
  }

  /// Where the file is.
  let path: String
  private let state = Mutex(State())

  private init(path: String) { self.path = path }

  private struct Weak: Sendable { weak var transcript: LLMTranscript? }
  /// Variants of a study share the file and the count of requests; nothing outlives the last of them.
  private static let open = Mutex([String: Weak]())

  /// The transcript in a file, which is opened at the first question.
  static func shared(_ path: String) -> LLMTranscript {
    let path = URL(filePath: path).standardizedFileURL.path(percentEncoded: false)
    return open.withLock { known in
      if let transcript = known[path]?.transcript { return transcript }
      let transcript = LLMTranscript(path: path)
      known = known.filter { $0.value.transcript != nil }
      known[path] = Weak(transcript: transcript)
      return transcript
    }
  }

  /// Whether there are answers of an earlier run.
  var mayReplay: Bool {
    let size = try? URL(filePath: path).resourceValues(forKeys: [.fileSizeKey]).fileSize
    return (size ?? 0) > 0
  }

  /// Requests sent since it was opened, by all who share it.
  var sent: Int { state.withLock { $0.sent } }

  /// Counts one more request, unless as many as allowed were sent.
  func spend(limit: Int) -> Bool {
    state.withLock { state in
      guard limit == 0 || state.sent < limit else { return false }
      state.sent += 1
      return true
    }
  }

  /// The answer to a question: the one that is kept, or else the one the closure gets, which is kept from now on.
  ///
  /// - Throws: what the closure throws, and `Problem` if the file cannot be read or written.
  func reply(to question: LLMQuestion, ask: () throws -> String) throws -> String {
    let key = question.key
    while true {
      switch try claim(key) {
      case .known(let reply): return reply
      case .underWay(let other): other.wait()
      case .mine(let group):
        defer {
          state.withLock { _ = $0.pending.removeValue(forKey: key) }
          group.leave()
        }
        let reply = try ask()
        try keep(reply, to: question, key)
        return reply
      }
    }
  }

  private enum Claim {
    case known(String)
    case underWay(DispatchGroup)
    case mine(DispatchGroup)
  }

  private func claim(_ key: String) throws -> Claim {
    try state.withLock { state in
      if state.handle == nil { try open(&state) }
      if let reply = state.replies[key] { return .known(reply) }
      if let group = state.pending[key] { return .underWay(group) }
      let group = DispatchGroup()
      group.enter()
      state.pending[key] = group
      return .mine(group)
    }
  }

  private func keep(_ reply: String, to question: LLMQuestion, _ key: String) throws {
    let line = JSON.members([
      ("key", .string(key)), ("model", .string(question.model)), ("prompt", .string(question.prompt)),
      ("reply", .string(reply)),
    ])
    try state.withLock { state in
      do {
        try state.handle?.write(contentsOf: Data((line.compact + "\n").utf8))
      } catch {
        throw problem("an answer cannot be written: \(error.localizedDescription)")
      }
      state.replies[key] = reply
    }
  }

  private func open(_ state: inout State) throws {
    let folder = URL(filePath: path).deletingLastPathComponent()
    try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let descriptor = Foundation.open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw problem("it cannot be opened: \(String(cString: strerror(errno)))") }
    let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    // A run that is just ending needs a moment to let go.
    for _ in 0..<50 where flock(descriptor, LOCK_EX | LOCK_NB) != 0 { usleep(20_000) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      throw problem("another run is writing to it. Wait until it is done, or name another file.")
    }
    let data = try handle.readToEnd() ?? Data()
    // A line without an end was torn by a kill: its answer is asked for again.
    let whole = data.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
    if whole < data.count { try handle.truncate(atOffset: UInt64(whole)) }
    for (number, line) in data[..<whole].split(separator: 0x0A, omittingEmptySubsequences: false).dropLast()
      .enumerated()
    {
      guard let json = try? JSON(parsing: String(decoding: line, as: UTF8.self)),
        let key = json["key"]?.string,
        let reply = json["reply"]?.string
      else {
        throw problem("line \(number + 1) is not an answer with its key. Mend the line or remove it.")
      }
      // The first answer stands, as it did when it was given.
      if state.replies[key] == nil { state.replies[key] = reply }
    }
    state.handle = handle
  }

  private func problem(_ fact: String) -> Problem {
    Problem("environment.clickModel.transcript", "'\(path)': \(fact)")
  }
}

/// All that a language model's answer depends on.
struct LLMQuestion: Equatable, Sendable {
  let model: String
  let temperature: Double
  let topP: Double
  let maxTokens: Int
  let system: String
  let prompt: String

  /// A question under some settings.
  init(_ prompt: String, _ configuration: LLMConfiguration) {
    model = configuration.model
    temperature = configuration.temperature
    topP = configuration.topP
    maxTokens = configuration.maxTokens
    system = configuration.system
    self.prompt = prompt
  }

  /// Its name in a transcript.
  var key: String {
    SHA256.hexadecimal(ofFields: [model, "\(temperature)", "\(topP)", "\(maxTokens)", system, prompt])
  }

  /// The body of a request to `/chat/completions`.
  var body: Data {
    let messages = [("system", system), ("user", prompt)].filter { !$0.1.isEmpty }.map { role, text in
      JSON.members([("role", .string(role)), ("content", .string(text))])
    }
    var members: [(String, JSON)] = [
      ("model", .string(model)), ("messages", .array(messages)), ("temperature", .number(temperature)),
      ("max_tokens", .number(Double(maxTokens))),
    ]
    if topP < 1 { members.append(("top_p", .number(topP))) }
    return Data(JSON.members(members).compact.utf8)
  }
}
