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
  private func run(_ scratch: Scratch, _ url: String, out: String, limit: Int = 0) throws -> Outcome {
    let agent = """
      {"type": "llm-agent", "baseURL": "\(url)/v1", "transcript": "\(scratch.path("asked.jsonl"))", \
      "retries": 0, "timeoutSeconds": 20, "maxRequests": \(limit)}
      """
    return beckon(
      "run", try scratch.file("tiny.json", tinySpec), "--out", scratch.path(out), "--seed", "1", "--set",
      "environment.clickModel=\(agent)")
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

  @Test func aServerThatDiesHalfWayIsGoneOnFrom() throws {
    let scratch = try Scratch()
    let count = Count()
    let mortal = try LoopbackServer { count.next() == 60 ? .die : Self.answer($0) }
    let broken = try run(scratch, mortal.url, out: "a")
    #expect(broken.code == 1)
    #expect(broken.error.contains("environment.clickModel: ") && broken.error.contains("goes on from there"))
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
