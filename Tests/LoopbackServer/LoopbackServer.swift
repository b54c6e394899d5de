import Foundation
import Synchronization

#if canImport(Glibc)
  import Glibc
#endif

/// A small HTTP/1.1 server on a free port of the loopback: every request is answered by a closure, one connection a
/// request, well or badly.
public final class LoopbackServer: Sendable {
  /// What came.
  public struct Request: Sendable {
    /// `GET`, `POST`, …
    public let method: String
    /// Path with query.
    public let path: String
    /// Header fields; names in lower case.
    public let headers: [String: String]
    /// Everything after the head.
    public let body: [UInt8]

    /// The body as text.
    public var text: String { String(decoding: body, as: UTF8.self) }
  }

  /// What is done about it.
  public enum Answer: Sendable {
    /// A whole answer.
    case respond(status: Int, headers: [String: String] = [:], body: [UInt8] = [])
    /// The head promises the body, but the connection closes after some bytes of it.
    case cutShort(status: Int = 200, headers: [String: String] = [:], body: [UInt8], after: Int)
    /// The connection closes at once.
    case hangUp
    /// Nothing comes until the other side gives up.
    case stall
    /// The connection closes, and the server with it.
    case die

    /// A whole answer with a text.
    public static func text(_ text: String, status: Int = 200, headers: [String: String] = [:]) -> Answer {
      .respond(status: status, headers: headers, body: Array(text.utf8))
    }

    /// A file, or the rest of it from the byte that the request's `Range` names.
    public static func file(_ bytes: [UInt8], for request: Request) -> Answer {
      guard let range = request.headers["range"], let first = Int(range.dropFirst(6).dropLast()) else {
        return .respond(status: 200, body: bytes)
      }
      guard first < bytes.count else {
        return .respond(status: 416, headers: ["Content-Range": "bytes */\(bytes.count)"])
      }
      return .respond(
        status: 206, headers: ["Content-Range": "bytes \(first)-\(bytes.count - 1)/\(bytes.count)"],
        body: Array(bytes[first...]))
    }
  }

  private let core: Core

  /// Starts a server; it stops when it goes away.
  ///
  /// - Throws: `CocoaError` if no socket can be had.
  public init(_ handler: @escaping @Sendable (Request) -> Answer) throws {
    core = try Core(handler)
    let core = core
    Thread { core.accept() }.start()
  }

  deinit { core.stop() }

  /// `http://127.0.0.1:PORT`
  public var url: String { "http://127.0.0.1:\(core.port)" }

  /// What was asked so far.
  public var requests: [Request] { core.requests.withLock { $0 } }

  /// Closes the port; answers under way are broken off.
  public func stop() { core.stop() }
}

/// The sockets; lives as long as a thread uses them.
private final class Core: Sendable {
  let port: UInt16
  let requests = Mutex([LoopbackServer.Request]())
  private let handler: @Sendable (LoopbackServer.Request) -> LoopbackServer.Answer
  private let listener: Int32
  private let isOver = Atomic(false)

  init(_ handler: @escaping @Sendable (LoopbackServer.Request) -> LoopbackServer.Answer) throws {
    self.handler = handler
    #if canImport(Glibc)
      listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    #else
      listener = socket(AF_INET, SOCK_STREAM, 0)
    #endif
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let descriptor = listener
    let status = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        bind(descriptor, address, size) == 0 && listen(descriptor, 64) == 0
          && getsockname(descriptor, address, &size) == 0
      }
    }
    guard descriptor >= 0, status else { throw CocoaError(.fileNoSuchFile) }
    port = UInt16(bigEndian: address.sin_port)
  }

  func stop() { isOver.store(true, ordering: .relaxed) }

  /// Waits until there is something to read; false if the server stops before.
  private func waits(_ descriptor: Int32) -> Bool {
    while !isOver.load(ordering: .relaxed) {
      var ready = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      if poll(&ready, 1, 10) > 0 { return true }
    }
    return false
  }

  func accept() {
    while waits(listener) {
      #if canImport(Glibc)
        let connection = Glibc.accept(listener, nil, nil)
      #else
        let connection = Darwin.accept(listener, nil, nil)
      #endif
      guard connection >= 0 else { continue }
      Thread {
        self.serve(connection)
        close(connection)
      }.start()
    }
    close(listener)
  }

  private func serve(_ connection: Int32) {
    guard let request = read(connection) else { return }
    requests.withLock { $0.append(request) }
    switch handler(request) {
    case .respond(let status, let headers, let body):
      send(head(status, headers, body.count) + body, connection)
    case .cutShort(let status, let headers, let body, let after):
      send(head(status, headers, body.count) + body.prefix(after), connection)
    case .hangUp: break
    case .stall: _ = waits(connection)
    case .die: stop()
    }
  }

  private func head(_ status: Int, _ headers: [String: String], _ length: Int) -> [UInt8] {
    var text = "HTTP/1.1 \(status) Status\r\nConnection: close\r\nContent-Length: \(length)\r\n"
    for (name, value) in headers { text += "\(name): \(value)\r\n" }
    return Array((text + "\r\n").utf8)
  }

  private func send(_ bytes: [UInt8], _ connection: Int32) {
    var rest = bytes[...]
    #if canImport(Glibc)
      let flags = Int32(MSG_NOSIGNAL)
    #else
      let flags: Int32 = 0
      var yes: Int32 = 1
      setsockopt(connection, SOL_SOCKET, SO_NOSIGPIPE, &yes, socklen_t(MemoryLayout<Int32>.size))
    #endif
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Foundation.send(connection, $0.baseAddress, $0.count, flags) }
      guard count > 0 else { return }
      rest = rest.dropFirst(count)
    }
  }

  /// A whole request; nil if the connection closes before.
  private func read(_ connection: Int32) -> LoopbackServer.Request? {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    var end: Int?
    var length = 0
    var head: [String] = []
    var headers: [String: String] = [:]
    while end == nil || bytes.count < (end ?? 0) + length {
      guard waits(connection) else { return nil }
      let count = recv(connection, &buffer, buffer.count, 0)
      guard count > 0 else { return nil }
      bytes += buffer[..<count]
      guard end == nil, let blank = String(decoding: bytes, as: UTF8.self).range(of: "\r\n\r\n") else {
        continue
      }
      let text = String(decoding: bytes, as: UTF8.self)[..<blank.lowerBound]
      head = text.components(separatedBy: "\r\n")
      end = text.utf8.count + 4
      for line in head.dropFirst() {
        let parts = line.split(separator: ":", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
        if parts.count == 2 { headers[parts[0].lowercased()] = parts[1] }
      }
      length = Int(headers["content-length"] ?? "") ?? 0
    }
    let words = (head.first ?? "").split(separator: " ").map(String.init)
    guard words.count == 3, let end else { return nil }
    return .init(method: words[0], path: words[1], headers: headers, body: Array(bytes[end...]))
  }
}
