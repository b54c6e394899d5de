import Beckon
import BeckonTesting
import LoopbackServer
import Synchronization
import Testing

@testable import BundledPlugins

/// What an OpenAI-compatible server sends for an answer.
func chat(_ reply: String) -> String {
  let message = JSON.members([("role", .string("assistant")), ("content", .string(reply))])
  return JSON.members([("choices", .array([.members([("index", .number(0)), ("message", message)])]))])
    .compact
}

/// A transcript of its own, and agents that write to it. It must outlive them: the file is made at the first question.
final class Desk {
  let transcript = FileManager.default.temporaryDirectory.appending(path: "llm-\(UUID().uuidString)")
  deinit { try? FileManager.default.removeItem(at: transcript) }

  var path: String { transcript.path(percentEncoded: false) }
  var text: String { (try? String(contentsOf: transcript, encoding: .utf8)) ?? "" }

  func agent(_ url: String, _ change: (inout LLMConfiguration) -> Void = { _ in }) throws -> LLMClickModel {
    var configuration = LLMConfiguration()
    configuration.baseURL = url + "/v1"
    configuration.transcript = path
    configuration.timeoutSeconds = 20
    configuration.retries = 0
    configuration.backoffSeconds = 0.01
    change(&configuration)
    var agent = LLMClickModel(configuration: configuration)
    try agent.prepare(ToyWorld().simulated)
    return agent
  }
}

/// Users who met items, each shown one.
func slates(_ items: some Sequence<Int32>, past: [Int32] = [4, 5], clicked: [Int32] = [6]) -> [Slate] {
  items.map {
    Slate(
      items: [$0], affinities: [0.5], history: UserHistory(user: 0, past: past[...], clicked: clicked),
      target: 2)
  }
}

/// Accepts even items.
func even(_ request: LoopbackServer.Request) -> LoopbackServer.Answer {
  let item = request.text.firstMatch(of: #/take up i(\d+)\?/#).flatMap { Int($0.output.1) } ?? -1
  return .text(chat("A: \(item % 2 == 0 ? 1 : 0)"))
}

@Suite struct LLMAgentTests {
  private let desk = Desk()

  @Test func theModelIsAskedInTheProtocolsForm() throws {
    let server = try LoopbackServer(even)
    let agent = try desk.agent(server.url) {
      $0.model = "small"
      $0.topP = 0.8
      $0.historyLength = 2
    }
    #expect(try agent.answers(to: slates([2, 3])) == [[1], [0]])
    let requests = server.requests
    #expect(requests.map(\.path) == ["/v1/chat/completions", "/v1/chat/completions"])
    #expect(requests.allSatisfy { $0.method == "POST" && $0.headers["authorization"] == nil })
    let body = try JSON(parsing: try #require(requests.first).text)
    #expect(body["model"] == .string("small") && body["temperature"] == .number(0.1))
    #expect(body["max_tokens"] == .number(64) && body["top_p"] == .number(0.8))
    #expect(body["messages"]?.array?.map { $0["role"]?.string } == ["system", "user"])
    let question = try #require(body["messages"]?.array?.last?["content"]?.string)
    #expect(question.contains("lately met i6::i5. Will"), "the latest two, newest first: \(question)")
    #expect(!question.contains("["), "no placeholder is left")
  }

  @Test func aQuestionIsAskedOnce() throws {
    let server = try LoopbackServer(even)
    let agent = try desk.agent(server.url) { $0.concurrency = 8 }
    let right = Mutex(0)
    // Several threads with the same questions, and equal ones among them.
    DispatchQueue.concurrentPerform(iterations: 4) { _ in
      let answers = try? agent.answers(to: slates([0, 1, 2, 3, 2, 1, 0]))
      if answers == [[1], [0], [1], [0], [1], [0], [1]] { right.withLock { $0 += 1 } }
    }
    #expect(right.withLock { $0 } == 4)
    #expect(server.requests.count == 4)
    #expect(desk.text.split(separator: "\n").count == 4)
  }

  @Test func settingsThatChangeTheAnswerAreOtherQuestions() throws {
    let server = try LoopbackServer(even)
    var count = 0
    let changes: [(inout LLMConfiguration) -> Void] = [
      { _ in }, { $0.model = "b" }, { $0.temperature = 0.7 }, { $0.maxTokens = 5 }, { $0.topP = 0.5 },
      { $0.system = "" },
    ]
    for change in changes {
      _ = try desk.agent(server.url, change).answers(to: slates([2]))
      count += 1
      #expect(server.requests.count == count)
    }
    _ = try desk.agent(server.url) {
      $0.retries = 3
      $0.concurrency = 2
    }.answers(to: slates([2]))
    #expect(server.requests.count == count, "how it is asked is not part of the question")
  }

  @Test func answersReplayWithoutTheServer() throws {
    let server = try LoopbackServer(even)
    _ = try desk.agent(server.url) { $0.keyVariable = "PATH" }.answers(to: slates(0..<6))
    let text = desk.text
    server.stop()
    let replayed = try desk.agent(server.url) { $0.keyVariable = "BECKON_NO_SUCH_VARIABLE" }
    #expect(try replayed.answers(to: slates(0..<6)) == [[1], [0], [1], [0], [1], [0]])
    #expect(desk.text == text)
  }

  @Test func unreadableAnswersAreCountedOrRefused() throws {
    let server = try LoopbackServer { _ in .text(chat("It depends.")) }
    #expect(try desk.agent(server.url).answers(to: slates([2])) == [nil])
    #expect(try desk.agent(server.url).choiceProbabilities(slates([2])[0]) == [0])
    #expect(try desk.agent(server.url) { $0.parsing = .released }.answers(to: slates([2])) == [[0]])
    let refusing = try desk.agent(server.url) { $0.unparsable = .refuse }
    let text = complaint { try refusing.answers(to: slates([2])) }
    #expect(text.contains("neither 0 nor 1: 'It depends.'"), "\(text)")
    #expect(complaint { try refusing.answers(to: slates([3])) } == text, "nobody is asked after the end")
    #expect(server.requests.count == 1)
  }

  @Test func aSlateOfTwoIsRefused() throws {
    let agent = try desk.agent("http://127.0.0.1:1")
    let slate = Slate(items: [1, 2], affinities: [0, 0])
    #expect(complaint { try agent.answers(to: [slate]) }.contains("a slate of one item"))
  }

  @Test func theShippedPromptsHaveTheirPlaceholders() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let locations = DataLocations(folders: [root])
    for name in ["lastfm", "movielens"] {
      let prompt = try LLMPrompt(file: "Experiments/itmprec/prompts/\(name).txt", locations)
      let text = prompt.question(history: ["X", "Y"], candidate: "Z", separator: "::")
      #expect(text.contains("X::Y") && text.contains("Z") && !text.contains("["))
      #expect(text.components(separatedBy: "\nA: ").count == 4, "three answered examples")
    }
  }
}
