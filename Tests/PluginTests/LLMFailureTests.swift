import Beckon
import LoopbackServer
import Synchronization
import Testing

@testable import BundledPlugins

/// A server that answers some requests badly and then well.
private func failing(_ times: Int, _ answer: LoopbackServer.Answer) throws -> LoopbackServer {
  final class Count: Sendable { let left = Mutex(0) }
  let count = Count()
  count.left.withLock { $0 = times }
  return try LoopbackServer { request in
    let fails = count.left.withLock { left in
      left -= 1
      return left >= 0
    }
    return fails ? answer : even(request)
  }
}

@Suite struct LLMFailureTests {
  private let desk = Desk()

  static let passing: [(LoopbackServer.Answer, String)] = [
    (.text("busy", status: 429, headers: ["Retry-After": "0"]), "the server answers with status 429: busy"),
    (.text("oh", status: 500), "the server answers with status 500: oh"),
    (
      .text("{\"choices\": [", status: 200),
      "expected JSON with choices[0].message.content, found something else"
    ),
    (.text("{\"error\": \"no model\"}"), "found something else: {\"error\": \"no model\"}"),
    (.cutShort(body: Array(chat("A: 1").utf8), after: 12), "the connection closed after 12"),
    (.stall, "the server sent nothing for 0.2 s"),
    (.hangUp, "/v1/chat/completions: the"),
  ]

  @Test(arguments: passing.indices) func whatMayPassIsTriedAgain(index: Int) throws {
    let (answer, words) = Self.passing[index]
    // Only who waits in vain waits for a short time: elsewhere a slow machine must not matter.
    let isStall = if case .stall = answer { true } else { false }
    let change = { (configuration: inout LLMConfiguration) in
      configuration.timeoutSeconds = isStall ? 0.2 : 20
      configuration.retries = 2
    }
    let soon = try failing(2, answer)
    let patient = try desk.agent(soon.url) {
      change(&$0)
      if isStall { $0.retries = 100 }
    }
    #expect(try patient.answers(to: slates([2])) == [[1]])
    #expect(isStall ? soon.requests.count >= 3 : soon.requests.count == 3)

    let never = try failing(100, answer)
    let text = complaint { try desk.agent(never.url, change).answers(to: slates([3])) }
    #expect(text.hasPrefix("environment.clickModel: \(never.url)/v1/chat/completions: "), "\(text)")
    #expect(text.contains(words) && text.contains("(3 attempts)") && text.contains(desk.path), "\(text)")
    #expect(isStall || never.requests.count == 3)
    #expect(desk.text.split(separator: "\n").count == 1, "what was answered is kept, and nothing else")
  }

  /// A server under strain is given twice the time after each failure.
  @Test func pausesDouble() throws {
    let times = Mutex([Date]())
    let server = try LoopbackServer { request in
      let count = times.withLock { times in
        times.append(Date())
        return times.count
      }
      return count <= 3 ? .text("oh", status: 500) : even(request)
    }
    let agent = try desk.agent(server.url) {
      $0.retries = 3
      $0.backoffSeconds = 0.1
    }
    #expect(try agent.answers(to: slates([2])) == [[1]])
    let asked = times.withLock { $0 }
    let pauses = zip(asked, asked.dropFirst()).map { $1.timeIntervalSince($0) }
    // Pauses can be longer on a slow machine, and never shorter.
    #expect(pauses.count == 3 && zip(pauses, [0.1, 0.2, 0.4]).allSatisfy { $0 >= $1 * 0.99 }, "\(pauses)")
  }

  @Test func noMoreRequestsAreUnderWayThanAllowed() throws {
    let open = Mutex((now: 0, most: 0))
    let server = try LoopbackServer { request in
      open.withLock {
        $0.now += 1
        $0.most = max($0.most, $0.now)
      }
      Thread.sleep(forTimeInterval: 0.05)
      open.withLock { $0.now -= 1 }
      return even(request)
    }
    let agent = try desk.agent(server.url) { $0.concurrency = 3 }
    #expect(try agent.answers(to: slates(0..<12)).count == 12)
    let most = open.withLock { $0.most }
    #expect(most >= 2 && most <= 3, "\(most)")
  }

  static let final: [(Int, String)] = [
    (400, "The server refuses the request"),
    (401, "name the environment variable that holds it by keyVariable"),
    (403, "wants a key"), (404, "does it know the model 'default'?"), (302, "A redirection is not followed"),
  ]

  @Test(arguments: final) func whatWillNotPassIsSaidAtOnce(status: Int, words: String) throws {
    let server = try LoopbackServer { _ in .text("no", status: status, headers: ["Location": "/elsewhere"]) }
    let agent = try desk.agent(server.url) { $0.retries = 5 }
    let text = complaint { try agent.answers(to: slates([2])) }
    #expect(text.contains("status \(status): no. ") && text.contains(words), "\(text)")
    #expect(server.requests.count == 1)
    #expect(complaint { try agent.answers(to: slates([3])) } == text)
    #expect(server.requests.count == 1, "after the end nobody is asked")
  }

  @Test func nobodyThere() throws {
    let server = try LoopbackServer { _ in .hangUp }
    server.stop()
    let text = complaint { try desk.agent(server.url).answers(to: slates([2])) }
    #expect(text.contains("Is the server running, and is baseURL its address?"), "\(text)")
  }

  @Test func aServerThatWantsToBeLeftAloneForLongEndsTheRun() throws {
    let server = try failing(100, .text("", status: 429, headers: ["Retry-After": "86400"]))
    let text = complaint { try desk.agent(server.url) { $0.retries = 5 }.answers(to: slates([2])) }
    #expect(text.contains("lower concurrency") && server.requests.count == 1, "\(text)")
  }

  @Test func aServerThatDiesLosesNothingThatItAnswered() throws {
    let whole = Desk()
    let good = try LoopbackServer(even)
    let expected = try whole.agent(good.url).answers(to: slates(0..<6))

    let dying = try LoopbackServer { request in
      request.text.contains("take up i4?") ? .die : even(request)
    }
    let text = complaint { try desk.agent(dying.url) { $0.concurrency = 1 }.answers(to: slates(0..<6)) }
    #expect(text.contains("Answers that came are in '\(desk.path)'"), "\(text)")
    #expect(desk.text.split(separator: "\n").count == 4)

    let next = try LoopbackServer(even)
    #expect(try desk.agent(next.url) { $0.concurrency = 1 }.answers(to: slates(0..<6)) == expected)
    #expect(next.requests.count == 2, "only what was not answered is asked")
    #expect(desk.text.split(separator: "\n").sorted() == whole.text.split(separator: "\n").sorted())
  }

  @Test func aBudgetStopsAndTheRunGoesOn() throws {
    let server = try LoopbackServer(even)
    let text = complaint { try desk.agent(server.url) { $0.maxRequests = 4 }.answers(to: slates(0..<6)) }
    #expect(
      text.contains("environment.clickModel.maxRequests: 4 requests are sent, as many as allowed"), "\(text)")
    #expect(text.contains(desk.path))
    #expect(server.requests.count == 4)
    let more = try desk.agent(server.url) { $0.maxRequests = 20 }
    #expect(try more.answers(to: slates(0..<6)) == [[1], [0], [1], [0], [1], [0]])
    #expect(server.requests.count == 6)
  }

  @Test func attemptsCountTowardsTheBudget() throws {
    let server = try failing(100, .text("", status: 500))
    let agent = try desk.agent(server.url) {
      $0.maxRequests = 3
      $0.retries = 9
    }
    #expect(complaint { try agent.answers(to: slates([1])) }.contains("3 requests are sent"))
    #expect(server.requests.count == 3)
  }
}

@Suite struct LLMKeyTests {
  private let desk = Desk()

  @Test func theKeyIsSentAndWrittenNowhere() throws {
    let secret = "sk-\(UUID().uuidString)"
    let name = "BECKON_TEST_KEY_\(UInt32.random(in: 0 ... .max))"
    setenv(name, secret, 1)
    defer { unsetenv(name) }
    let change = { (configuration: inout LLMConfiguration) in configuration.keyVariable = name }
    // A server that repeats what it should not.
    let server = try LoopbackServer { request in
      let key = request.headers["authorization"] ?? ""
      let isFirst = request.text.contains("take up i2?")
      return isFirst
        ? .text(chat("\(key) A: 1")) : .text(String(repeating: "x", count: 180) + key, status: 401)
    }
    let agent = try desk.agent(server.url, change)
    #expect(try agent.answers(to: slates([2])) == [[1]])
    #expect(server.requests.first?.headers["authorization"] == "Bearer \(secret)")
    let text = complaint { try agent.answers(to: slates([3])) }
    #expect(text.contains("does not take the key in the environment variable '\(name)'"), "\(text)")
    for place in [text, desk.text, try JSON(encoding: agent.configuration).compact] {
      #expect(!place.contains(secret.prefix(8)), "\(place)")
    }
    #expect(desk.text.contains("•••"))
  }

  @Test func aMissingKeyIsNamed() throws {
    let server = try LoopbackServer(even)
    let agent = try desk.agent(server.url) { $0.keyVariable = "BECKON_NO_SUCH_VARIABLE" }
    let text = complaint { try agent.answers(to: slates([2])) }
    #expect(
      text.hasPrefix("environment.clickModel.keyVariable: the environment variable 'BECKON_NO_SUCH_VARIABLE'")
    )
    #expect(server.requests.isEmpty)
  }

  @Test func aMissingKeyIsRefusedBeforeTrainingUnlessAnswersMayBeReplayed() throws {
    let server = try LoopbackServer(even)
    let change = { (configuration: inout LLMConfiguration) in
      configuration.keyVariable = "BECKON_NO_SUCH_VARIABLE"
    }
    let words = complaint { try desk.agent(server.url, change).verify() }
    #expect(words.contains("the environment variable 'BECKON_NO_SUCH_VARIABLE' is not set"))
    _ = try desk.agent(server.url).answers(to: slates([2]))
    try desk.agent(server.url, change).verify()
  }

  @Test func aKeyDoesNotTravelInTheClear() throws {
    let agent = try desk.agent("http://192.0.2.1:9") { $0.keyVariable = "PATH" }
    #expect(complaint { try agent.answers(to: slates([2])) }.contains("not sent in the clear"))
  }

  @Test(arguments: [
    ("baseURL", "\"ftp://x\"", "is not an address"),
    ("baseURL", "\"http://me:pass@x/v1\"", "holds a user or a password"),
    ("keyVariable", "\"sk-123\"", "the key itself does not belong here"),
    ("concurrency", "0", "out of range"),
    ("transcript", "\"\"", "is empty"), ("parsing", "\"strct\"", "Did you mean 'strict'?"),
  ]) func nonsenseIsRefused(key: String, value: String, words: String) {
    let text = complaint { () throws -> LLMClickModel in
      try make(.clickModel, "{\"type\": \"llm-agent\", \"\(key)\": \(value)}")
    }
    #expect(text.hasPrefix("it.\(key)") && text.contains(words), "\(text)")
  }
}

@Suite struct LLMTextTests {
  @Test(arguments: [
    ("1", "click"), ("0", "noClick"), (" 1\n", "click"), ("A: 1", "click"), ("A: 0", "noClick"),
    ("A: 1 since it is near", "click"), ("Likely.\nA: 0", "noClick"), ("A: 1 … A: 1", "click"),
    ("A: 1, or rather A: 0", "unparsable"), ("A: 10", "unparsable"), ("DNA: 1", "unparsable"),
    ("", "unparsable"),
    ("2", "unparsable"), ("yes", "unparsable"), ("so A: 1 then", "unparsable"), ("A:1", "unparsable"),
  ]) func strictAnswers(text: String, meaning: String) {
    #expect("\(LLMReply(text, rule: .strict))" == meaning)
  }

  @Test(arguments: [
    ("1", "noClick"), ("A: 1", "click"), ("so A: 1 then", "click"), ("A: 0", "noClick"), ("", "noClick"),
    ("DNA: 1", "click"),
  ]) func releasedAnswers(text: String, meaning: String) {
    #expect("\(LLMReply(text, rule: .released))" == meaning)
  }

  @Test func placeholdersAreFilledInOnePass() throws {
    let prompt = try LLMPrompt("a [HistoryHere] b [CansHere] c [HistoryHere] d[SeparatorHere]\n")
    let text = prompt.question(history: ["[CansHere]", "y"], candidate: "[HistoryHere]", separator: "|")
    #expect(text == "a [CansHere]|y b [HistoryHere] c [CansHere]|y d|")
    for bad in ["[HistoryHere]", "[CansHere]", ""] {
      #expect(complaint { try LLMPrompt(bad) }.hasPrefix("environment.clickModel.prompt: the template lacks"))
    }
    #expect(complaint { try LLMPrompt(file: "none.txt", DataLocations(folders: [])) }.contains("none.txt"))
  }
}

@Suite struct LLMTranscriptTests {
  private let desk = Desk()
  private let question = LLMQuestion("Is it?", LLMConfiguration())

  private func read(asking answer: String? = nil) throws -> String {
    try LLMTranscript.shared(desk.path).reply(to: question) {
      guard let answer else { throw Problem("", "asked") }
      return answer
    }
  }

  @Test func aTornLineIsAskedForAgain() throws {
    #expect(try read(asking: "first\n\"line\"") == "first\n\"line\"")
    let whole = desk.text
    #expect(whole.hasSuffix("\n") && whole.contains("\"prompt\":\"Is it?\""))
    for length in 1..<whole.utf8.count {
      try Data(whole.utf8.prefix(length)).write(to: desk.transcript)
      #expect(complaint { try read() } == "asked")
      #expect(desk.text.isEmpty, "the rest of a torn line is gone")
    }
    try Data((whole + whole.prefix(20)).utf8).write(to: desk.transcript)
    #expect(try read() == "first\n\"line\"")
    #expect(desk.text == whole)
  }

  @Test func theFirstAnswerStands() throws {
    _ = try read(asking: "one")
    let other = desk.text.replacingOccurrences(of: "\"one\"", with: "\"two\"")
    try Data((desk.text + other).utf8).write(to: desk.transcript)
    #expect(try read() == "one")
  }

  @Test func aDamagedLineIsNamed() throws {
    _ = try read(asking: "one")
    try Data((desk.text + "nonsense\n" + desk.text).utf8).write(to: desk.transcript)
    let text = complaint { try read() }
    #expect(
      text.hasPrefix("environment.clickModel.transcript: '\(desk.path)': line 2 is not an answer"), "\(text)")
  }

  @Test func anotherProcessKeepsItsFile() throws {
    _ = try read(asking: "one")
    let descriptor = open(desk.path, O_RDWR)
    defer { close(descriptor) }
    #expect(flock(descriptor, LOCK_EX) == 0)
    #expect(complaint { try read() }.contains("another run is writing to it"))
  }

  @Test func aQuestionThatFailedIsFreeAgain() throws {
    #expect(complaint { try read() } == "asked")
    #expect(try read(asking: "one") == "one")
  }
}
