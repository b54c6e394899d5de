import Beckon
import Synchronization

/// A program in a role: as many processes of it as threads ask at once, started when they are needed, ended with this
/// object.
///
/// Any process may get any question, so an answer may depend on the beginning and the question alone. Each process is
/// asked its first question twice, and a program whose two answers differ is refused.
final class ExternalProgram: Sendable {
  /// The version of the protocol.
  static let version = 1

  private struct State {
    var idle: [ExternalProcess] = []
    var restarts = 0
    /// What ended the program's use: it is told to all who still ask.
    var refusal: Problem?
    var name = ""
  }

  private let place: String
  private let kind: String
  private let configuration: ExternalConfiguration
  private let beginning: [(String, String)]
  private let seats: DispatchSemaphore
  private let state = Mutex(State())

  /// - Parameters:
  ///   - place: the role's place in a spec.
  ///   - beginning: what every process is told before the first question.
  init(_ kind: Kind, at place: String, _ configuration: ExternalConfiguration, beginning: [(String, String)])
  {
    self.kind = kind.rawValue
    self.place = place
    self.configuration = configuration
    self.beginning = beginning
    seats = DispatchSemaphore(
      value: configuration.processes > 0 ? configuration.processes : max(1, Parallel.threads))
  }

  deinit {
    let idle = state.withLock { $0.idle }
    for process in idle { process.closeInput() }
    for process in idle { process.end(grace: 1) }
  }

  /// Starts a process, so that a program that cannot work is known before anything is asked of it.
  ///
  /// - Throws: `Problem` with the program's name, what it did, and its last words.
  func begin() throws { try serve { _ in } }

  /// The answer to a question.
  ///
  /// - Parameters:
  ///   - numbers: how many numbers the answer holds at most: a longer one is not listened to.
  ///   - read: reads the answer, or throws `ExternalFailure.answer`.
  /// - Throws: `Problem` with the program's name, what it did, and its last words.
  func ask<T>(
    _ message: String, _ members: [(String, String)], numbers: Int, read: (ExternalAnswer) throws -> T
  ) throws -> T {
    let question = [("message", ExternalText.string(message))] + members
    let limit = (1 << 20) + 40 * numbers
    return try serve { process in
      let isFirst = process.questions <= 2
      let answer = try process.ask(question, within: configuration.timeoutSeconds, limit: limit)
      if isFirst {
        let again = try process.ask(
          question, within: configuration.timeoutSeconds, limit: limit, repeated: true)
        guard again.json == answer.json else {
          throw ExternalFailure.answer(
            "it answers the same question in two ways. Answers may depend on the beginning and the question alone: "
              + "draw random numbers from the seed, the user, the target and the round.")
        }
      }
      return try read(answer)
    }
  }

  /// Lends a process to the body; one that fails is ended, and where that may help another is tried.
  private func serve<T>(_ body: (ExternalProcess) throws -> T) throws -> T {
    seats.wait()
    defer { seats.signal() }
    while true {
      if let refusal = state.withLock({ $0.refusal }) { throw refusal }
      var process: ExternalProcess?
      do {
        let lent = try state.withLock { $0.idle.popLast() } ?? start(&process)
        process = lent
        let value = try body(lent)
        state.withLock { $0.idle.append(lent) }
        return value
      } catch let failure as ExternalFailure {
        let words = process?.lastErrors ?? []
        process?.end(grace: 0)
        let mayRetry = state.withLock { state in
          guard failure.isWorthARestart, state.refusal == nil, state.restarts < configuration.restarts else {
            return false
          }
          state.restarts += 1
          return true
        }
        if !mayRetry { throw refuse(failure, words) }
      }
    }
  }

  private func start(_ process: inout ExternalProcess?) throws -> ExternalProcess {
    let started = try ExternalProcess(configuration.command)
    process = started
    let hello = try started.ask(
      [("message", "\"hello\""), ("protocol", String(Self.version)), ("kind", ExternalText.string(kind))],
      within: configuration.startTimeoutSeconds)
    started.name = try name(in: hello.json)
    state.withLock { $0.name = started.name }
    let ready = try started.ask(
      [("message", "\"begin\"")] + beginning, within: configuration.startTimeoutSeconds)
    guard ready.json["ready"] == .bool(true) else {
      throw ExternalFailure.answer(
        "it answers 'begin' with \(ready.json.compact.prefix(120)), not with \"ready\": true.")
    }
    return started
  }

  /// The name in the answer to `hello`, which must agree in everything.
  private func name(in json: JSON) throws -> String {
    let said = json.compact.prefix(200)
    guard json["protocol"] == .number(Double(Self.version)) else {
      throw ExternalFailure.answer(
        "it speaks protocol \(json["protocol"]?.compact ?? "(none)"), and Beckon speaks \(Self.version): \(said)"
      )
    }
    guard json["kind"]?.string == kind else {
      throw ExternalFailure.answer(
        "it is a \(json["kind"]?.string ?? "(nothing)"), and \(place) wants a \(kind): \(said)")
    }
    guard let name = json["name"]?.string, !name.isEmpty else {
      throw ExternalFailure.answer("it does not say its name: \(said)")
    }
    guard configuration.name.isEmpty || configuration.name == name else {
      throw ExternalFailure.answer("it calls itself '\(name)', and \(place).name is '\(configuration.name)'.")
    }
    return name
  }

  /// Names the program, what it did and what it said last; from now on nobody gets an answer.
  private func refuse(_ failure: ExternalFailure, _ words: [String]) -> Problem {
    state.withLock { state in
      if let refusal = state.refusal { return refusal }
      let command = configuration.command.joined(separator: " ")
      let lead = state.name.isEmpty ? "'\(command)'" : "'\(state.name)' (\(command))"
      let count = state.restarts == 1 ? "once" : "\(state.restarts) times"
      let tries = state.restarts > 0 ? " It was started again \(count) (restarts)." : ""
      let errors =
        words.isEmpty
        ? " It wrote nothing on stderr." : "\n  stderr: " + words.joined(separator: "\n  stderr: ")
      let problem = Problem(place, "the program \(lead): \(failure.description)\(tries)\(errors)")
      state.refusal = problem
      return problem
    }
  }
}
