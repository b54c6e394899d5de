import Foundation
import LoopbackServer
import Synchronization
import Testing

@testable import Networking

/// What a body throws, in words.
func complaint(_ body: () throws -> some Any) -> String {
  do {
    let value = try body()
    return "no error, but \(value)"
  } catch { return "\(error)" }
}

@Suite struct HTTPClientTests {
  private let client = HTTPClient(timeout: 20)

  private func address(_ server: LoopbackServer, _ path: String = "/") throws -> URL {
    try #require(URL(string: server.url + path))
  }

  @Test func aRequestArrivesWholeAndSoDoesItsAnswer() throws {
    let long = [UInt8]((0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 7) })
    let server = try LoopbackServer { .respond(status: 201, headers: ["X-Echo": $0.path], body: $0.body) }
    let response = try client.send(
      HTTPRequest(
        address(server, "/a?b=c"), method: "POST", headers: [("X-One", "two")], body: Data(long)))
    #expect(response.head.status == 201)
    #expect(response.head.headers["x-echo"] == "/a?b=c")
    #expect(Array(response.body) == long)
    #expect(server.requests.map(\.method) == ["POST"])
    #expect(server.requests.first?.headers["x-one"] == "two")
    #expect(server.requests.first?.headers["accept-encoding"] == "identity")
  }

  @Test func manyThreadsShareAClient() throws {
    let server = try LoopbackServer { .text($0.path) }
    let wrong = Mutex([String]())
    DispatchQueue.concurrentPerform(iterations: 40) { index in
      let text = complaint {
        String(decoding: try client.send(HTTPRequest(address(server, "/\(index)"))).body, as: UTF8.self)
      }
      if text != "no error, but /\(index)" { wrong.withLock { $0.append(text) } }
    }
    #expect(wrong.withLock { $0 } == [])
    #expect(server.requests.count == 40)
  }

  @Test func nobodyThere() throws {
    let server = try LoopbackServer { _ in .hangUp }
    let url = try address(server)
    server.stop()
    // The port is closed within a moment.
    while (try? HTTPClientTests.connects(url)) == true { usleep(1000) }
    #expect(throws: HTTPError.unreachable("the connection was refused")) { try client.send(HTTPRequest(url)) }
  }

  private static func connects(_ url: URL) throws -> Bool {
    do { _ = try HTTPClient(timeout: 5).send(HTTPRequest(url)) } catch HTTPError.unreachable {
      return false
    } catch {}
    return true
  }

  @Test func aServerThatStaysSilentIsGivenUp() throws {
    let server = try LoopbackServer { _ in .stall }
    let client = HTTPClient(timeout: 0.1)
    #expect(throws: HTTPError.timedOut(seconds: 0.1)) { try client.send(HTTPRequest(address(server))) }
  }

  @Test func aServerThatHangsUp() throws {
    let server = try LoopbackServer {
      $0.path == "/none" ? .hangUp : .cutShort(body: [UInt8](repeating: 1, count: 90), after: 30)
    }
    #expect(throws: HTTPError.self) { try client.send(HTTPRequest(address(server, "/none"))) }
    #expect(throws: HTTPError.cutShort(received: 30, of: 90)) {
      try client.send(HTTPRequest(address(server)))
    }
  }

  @Test func redirectionsAreFollowedOnlyOnRequestAndToSafePlaces() throws {
    let server = try LoopbackServer { request in
      switch request.path {
      case "/end": .text("end \(request.headers["x-kept"] ?? "")")
      case "/loop": .respond(status: 302, headers: ["Location": "/loop"])
      case "/away": .respond(status: 302, headers: ["Location": "http://example.org/"])
      case "/odd": .respond(status: 302, headers: ["Location": "ftp://example.org/"])
      default: .respond(status: 302, headers: ["Location": "/end"])
      }
    }
    var request = HTTPRequest(try address(server), headers: [("X-Kept", "kept")])
    #expect(try client.send(request).head.status == 302)
    request.followsRedirections = true
    #expect(try String(decoding: client.send(request).body, as: UTF8.self) == "end kept")
    for (path, target) in [("/away", "http://example.org/"), ("/odd", "ftp://example.org/")] {
      request.url = try address(server, path)
      let text = complaint { try client.send(request) }
      #expect(text.contains("leads to \(target), which is not followed"), "\(text)")
    }
    request.url = try address(server, "/loop")
    #expect(complaint { try client.send(request) }.contains("it leads on and on"))
  }

  @Test func thisMachineIsKnownByItsNames() throws {
    for (text, expected) in [
      ("http://localhost:1/", true), ("http://127.0.0.1/", true), ("http://127.1.2.3/", true),
      ("http://[::1]:80/", true), ("http://127.0.0.1.example.org/", false), ("http://10.0.0.1/", false),
    ] {
      #expect(try #require(URL(string: text)).isThisMachine == expected, "\(text)")
    }
  }
}
