import Beckon
import Networking
import Synchronization

/// Asks an OpenAI-compatible server, several questions at once, and gives up in words.
final class LLMClient: Sendable {
  private static let place = "environment.clickModel"

  private let configuration: LLMConfiguration
  private let transcript: LLMTranscript
  private let http: HTTPClient
  /// Places for requests under way, over all threads that ask.
  private let places: DispatchSemaphore
  /// What ended the run: those who still ask are told the same at once, and cost nothing.
  private let end = Mutex<(any Error)?>(nil)

  init(_ configuration: LLMConfiguration) {
    self.configuration = configuration
    transcript = .shared(configuration.transcript)
    http = HTTPClient(timeout: configuration.timeoutSeconds, connections: configuration.concurrency)
    places = DispatchSemaphore(value: configuration.concurrency)
  }

  /// Refuses to begin where every question must be sent and none can be.
  ///
  /// - Throws: `Problem` if the key is missing, or would travel in the clear, and there is no answer to replay.
  func verify() throws {
    if !transcript.mayReplay { _ = try key() }
  }

  /// The answers to some questions, in their order.
  ///
  /// - Throws: `Problem`; every answer that came before is in the transcript.
  func replies(to prompts: [String]) throws -> [String] {
    // Each question once: of two that are equal one would only wait.
    var order: [String: Int] = [:]
    for prompt in prompts where order[prompt] == nil { order[prompt] = order.count }
    let questions = order.sorted { $0.value < $1.value }.map { LLMQuestion($0.key, configuration) }
    let answers = Mutex([Result<String, any Error>?](repeating: nil, count: questions.count))
    let next = Atomic(0)
    let all = DispatchGroup()
    // Threads of their own: they wait most of the time, and the pool's are for computing.
    for _ in 0..<min(configuration.concurrency, questions.count) {
      all.enter()
      Thread {
        while true {
          let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
          guard index < questions.count else { break }
          let answer = Result { try self.reply(to: questions[index]) }
          answers.withLock { $0[index] = answer }
        }
        all.leave()
      }.start()
    }
    all.wait()
    let texts = try answers.withLock { $0 }.compactMap { try $0?.get() }
    return prompts.map { texts[order[$0] ?? 0] }
  }

  /// Ends the run: nobody is asked any more.
  func stop(_ error: any Error) -> any Error {
    end.withLock { end in
      if end == nil { end = error }
      return end ?? error
    }
  }

  private func reply(to question: LLMQuestion) throws -> String {
    do {
      return try transcript.reply(to: question) {
        places.wait()
        defer { places.signal() }
        return try ask(question)
      }
    } catch { throw stop(error) }
  }

  /// Sends a question until it is answered, or until there is no hope.
  private func ask(_ question: LLMQuestion) throws -> String {
    let key = try key()
    var attempts = 0
    while true {
      if let error = end.withLock({ $0 }) { throw error }
      guard transcript.spend(limit: configuration.maxRequests) else { throw budgetSpent }
      let failure: LLMFailure
      do { return try send(question, key) } catch { failure = error }
      let pause = failure.retryAfter ?? configuration.backoffSeconds * pow(2, Double(min(attempts, 10)))
      attempts += 1
      guard failure.mayPass, attempts <= configuration.retries, pause <= 3600 else {
        throw problem(failure, attempts: attempts)
      }
      Thread.sleep(forTimeInterval: pause)
    }
  }

  private func send(_ question: LLMQuestion, _ key: String) throws(LLMFailure) -> String {
    var headers = [("Content-Type", "application/json")]
    if !key.isEmpty { headers.append(("Authorization", "Bearer \(key)")) }
    let request = HTTPRequest(endpoint, method: "POST", headers: headers, body: question.body)
    let response: HTTPResponse
    do { response = try http.send(request) } catch { throw .noAnswer("\(error)") }
    // A server that repeats the key must not bring it into a message or the transcript.
    let text = String(decoding: response.body, as: UTF8.self).withoutSecret(key)
    guard response.head.status == 200 else {
      throw .status(
        response.head.status, said: text,
        retryAfter: response.head.headers["retry-after"].flatMap(Double.init))
    }
    guard let choice = (try? JSON(parsing: text))?["choices"]?.array?.first,
      let content = choice["message"]?["content"], content.string != nil || content == .null
    else { throw .unreadable(text) }
    return (content.string ?? "").withoutSecret(key)
  }

  private var endpoint: URL {
    let base = configuration.baseURL
    // `check` has parsed the address.
    return URL(string: base + (base.hasSuffix("/") ? "" : "/") + "chat/completions") ?? URL(filePath: "/")
  }

  /// The key, read when it is needed: a replay needs none.
  private func key() throws -> String {
    let name = configuration.keyVariable
    guard !name.isEmpty else { return "" }
    guard let key = ProcessInfo.processInfo.environment[name], !key.isEmpty else {
      throw Problem(
        "\(Self.place).keyVariable",
        "the environment variable '\(name)' is not set. Put the server's key into it.")
    }
    guard endpoint.scheme == "https" || endpoint.isThisMachine else {
      throw Problem(
        "\(Self.place).baseURL",
        "a key is not sent in the clear to another machine. Use https, or a tunnel to this machine.")
    }
    return key
  }

  private var budgetSpent: Problem {
    Problem(
      "\(Self.place).maxRequests",
      "\(transcript.sent) requests are sent, as many as allowed. Their answers are in '\(transcript.path)'; the same "
        + "command goes on from there, with as many requests again.")
  }

  private func problem(_ failure: LLMFailure, attempts: Int) -> Problem {
    let times = attempts == 1 ? "" : " (\(attempts) attempts)"
    let advice = failure.advice(configuration)
    return Problem(
      Self.place,
      "\(endpoint.absoluteString): \(failure.fact)\(times). \(advice) Answers that came are in "
        + "'\(transcript.path)'; the same command goes on from there.")
  }
}

extension String {
  /// The text with a secret struck out. Nothing as short as a word is one.
  fileprivate func withoutSecret(_ secret: String) -> String {
    secret.count < 8 ? self : replacingOccurrences(of: secret, with: "•••")
  }
}
