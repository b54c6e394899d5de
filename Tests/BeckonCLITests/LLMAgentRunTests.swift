import Beckon
import LoopbackServer
import Synchronization
import Testing

/// A study whose users are played by a language model on the loopback.
@Suite struct LLMAgentRunTests {
  /// Accepts by the length of the question: anything that depends on the question alone.
  private static func answer(_ request: LoopbackServer.Request) -> LoopbackServer.Answer {
    let reply = ["A: 1", "A: 0", "perhaps"][request.body.count % 3]
    return .text("{\"choices\": [{\"message\": {\"content\": \"\(reply)\"}}]}")
  }

  private static let files = ["results.json", "rounds.csv", "summary.csv", "report.html"]

  /// Runs the tiny study; everything but the number of requests allowed is the same each time.
  private func run(
    _ scratch: Scratch, _ url: String, out: String, limit: Int = 0, seconds: Double = 20, key: String = ""
  ) throws -> Outcome {
    let agent = """
      {"type": "llm-agent", "baseURL": "\(url)/v1", "transcript": "\(scratch.path("asked.jsonl"))", \
      "retries": 0, "timeoutSeconds": \(seconds), "maxRequests": \(limit), "keyVariable": "\(key)"}
      """
    return beckon(
      "run", try scratch.file("tiny.json", tinySpec), "--out", scratch.path(out), "--seed", "1", "--set",
      "environment.clickModel=\(agent)")
  }

  @Test func aMissingKeyStopsItBeforeAnythingIsTrained() throws {
    let scratch = try Scratch()
    let server = try LoopbackServer(Self.answer)
    let outcome = try run(scratch, server.url, out: "a", key: "BECKON_NO_SUCH_VARIABLE")
    #expect(outcome.code == 1 && outcome.error.contains("'BECKON_NO_SUCH_VARIABLE' is not set"))
    #expect(!outcome.error.contains("finished and kept"), "a cell that failed is not finished")
    let pieces = (try? FileManager.default.contentsOfDirectory(atPath: scratch.path("a/pieces"))) ?? []
    #expect(!pieces.contains { $0.hasSuffix(".safetensors") }, "\(pieces)")
    #expect(server.requests.isEmpty)
  }

  @Test func aStudyReplaysByteForByteWithoutItsServer() throws {
    let scratch = try Scratch()
    let server = try LoopbackServer(Self.answer)
    let first = try run(scratch, server.url, out: "a")
    #expect(first.code == 0, "\(first.error)")
    let asked = server.requests.count
    #expect(asked > 100)
    let transcript = try scratch.data("asked.jsonl")
    #expect(transcript.count { $0 == 0x0A } == asked, "nothing was asked twice")
    let facts = try scratch.json("a/results.json")["runs"]?.array?.first?["facts"]
    let rate = facts?["rateWithoutAnswer"]?.number ?? 0
    #expect(facts?["roundsWithoutAnswer"]?.number ?? 0 > 0 && rate > 0 && rate < 1)
    let report = try String(decoding: scratch.data("a/report.html"), as: UTF8.self)
    #expect(report.contains("Rounds without an answer"), "what could not be read is reported")

    server.stop()
    let second = try run(scratch, server.url, out: "b")
    #expect(second.code == 0, "\(second.error)")
    #expect(!second.output.contains("finished before"), "it was played again")
    for file in Self.files { #expect(try scratch.data("a/" + file) == scratch.data("b/" + file), "\(file)") }
    #expect(try scratch.data("asked.jsonl") == transcript)
  }

  /// What a server does from the sixtieth question on, and what is said of it.
  private static let ends: [(answer: LoopbackServer.Answer, words: String)] = [
    (.die, "/v1/chat/completions: "), (.stall, "the server sent nothing for 2 s"),
    (.text("busy", status: 429), "status 429: busy"), (.text("oh", status: 500), "status 500: oh"),
    (.text("{\"choices\": ["), "expected JSON with choices[0].message.content"),
    (.cutShort(body: Array("{\"choices\": []}".utf8), after: 5), "the connection closed after 5"),
  ]

  @Test(arguments: ends.indices) func aServerThatFailsHalfWayIsGoneOnFrom(index: Int) throws {
    let (end, words) = Self.ends[index]
    let isStall = if case .stall = end { true } else { false }
    let scratch = try Scratch()
    let count = Count()
    let mortal = try LoopbackServer { count.next() >= 60 ? end : Self.answer($0) }
    let broken = try run(scratch, mortal.url, out: "a", seconds: isStall ? 2 : 20)
    #expect(broken.code == 1)
    #expect(
      broken.error.contains("environment.clickModel: ") && broken.error.contains(words)
        && broken.error.contains("goes on from there"), "\(broken.error)")
    #expect(!scratch.has("a/results.json"))
    let kept = try scratch.data("asked.jsonl").count { $0 == 0x0A }
    #expect(kept >= 50)

    let server = try LoopbackServer(Self.answer)
    let resumed = try run(scratch, server.url, out: "a")
    #expect(resumed.code == 0, "\(resumed.error)")
    #expect(try scratch.data("asked.jsonl").count { $0 == 0x0A } == kept + server.requests.count)

    // The same as if nothing had happened, but for the address of the server.
    let whole = try Scratch()
    #expect(try run(whole, server.url, out: "a").code == 0)
    let (a, b) = try (scratch.json("a/results.json"), whole.json("a/results.json"))
    #expect(a["runs"]?.array?.map { $0["metrics"] } == b["runs"]?.array?.map { $0["metrics"] })
    #expect(try scratch.data("a/rounds.csv") == whole.data("a/rounds.csv"))
  }

  /// Nothing that a run leaves behind has the key, even if the server repeats it.
  @Test func theKeyStandsInNoFile() throws {
    let scratch = try Scratch()
    let secret = "sk-\(UUID().uuidString)"
    let name = "BECKON_TEST_KEY_\(UInt32.random(in: 0 ... .max))"
    setenv(name, secret, 1)
    defer { unsetenv(name) }
    let server = try LoopbackServer { request in
      let said = request.headers["authorization"] ?? "none"
      return .text("{\"choices\": [{\"message\": {\"content\": \"A: 1 \(said)\"}}]}")
    }
    let outcome = try run(scratch, server.url, out: "a", key: name)
    #expect(outcome.code == 0 && server.requests.first?.headers["authorization"] == "Bearer \(secret)")
    var places = [outcome.output, outcome.error]
    let walk = FileManager.default.enumerator(at: scratch.url, includingPropertiesForKeys: nil)
    for case let file as URL in walk ?? .init() {
      if let bytes = try? Data(contentsOf: file) { places.append(String(decoding: bytes, as: UTF8.self)) }
    }
    #expect(places.count > 8 && places.contains { $0.contains("•••") })
    for place in places { #expect(!place.contains(secret.prefix(8))) }
  }

  @Test func aBudgetEndsARunThatTheNextGoesOnWith() throws {
    let scratch = try Scratch()
    let server = try LoopbackServer(Self.answer)
    let short = try run(scratch, server.url, out: "a", limit: 20)
    #expect(short.code == 1)
    #expect(short.error.contains("20 requests are sent") && short.error.contains("as many requests again"))
    #expect(try scratch.data("asked.jsonl").count { $0 == 0x0A } == 20)
    #expect(try run(scratch, server.url, out: "a", limit: 20).code == 1)
    #expect(try scratch.data("asked.jsonl").count { $0 == 0x0A } == 40)
    #expect(try run(scratch, server.url, out: "a", limit: 100_000).code == 0)
    #expect(try scratch.data("asked.jsonl").count { $0 == 0x0A } == server.requests.count)
  }
}

/// Numbers from 1.
private final class Count: Sendable {
  private let value = Mutex(0)
  func next() -> Int {
    value.withLock {
      $0 += 1
      return $0
    }
  }
}
