import Foundation
import Synchronization

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// One request with what has come of its answer; one thread waits, the session's thread brings the news.
final class Exchange: Sendable {
  private struct State {
    var head: HTTPHead?
    var failure: (any Error)?
    var received = 0
    var redirections = 0
    var lastNews = DispatchTime.now()
  }

  private let request: HTTPRequest
  private let onHead: @Sendable (HTTPHead) throws -> Void
  private let onBody: @Sendable (Data) throws -> Void
  private let state = Mutex(State())
  private let over = DispatchSemaphore(value: 0)

  init(
    _ request: HTTPRequest, onHead: @escaping @Sendable (HTTPHead) throws -> Void,
    onBody: @escaping @Sendable (Data) throws -> Void
  ) {
    self.request = request
    self.onHead = onHead
    self.onBody = onBody
  }

  /// Waits until the answer is complete, or until nothing has come for too long.
  func wait(timeout: Double, for task: URLSessionTask) throws -> HTTPHead {
    while true {
      let deadline = state.withLock { $0.lastNews } + timeout
      if over.wait(timeout: deadline) == .success { break }
      guard state.withLock({ $0.lastNews }) + timeout <= .now() else { continue }
      fail(HTTPError.timedOut(seconds: timeout))
      task.cancel()
      break
    }
    return try state.withLock { state in
      if let failure = state.failure { throw failure }
      guard let head = state.head else { throw HTTPError.cutShort(received: 0, of: nil) }
      if request.method != "HEAD", let total = head.length, state.received < total {
        throw HTTPError.cutShort(received: state.received, of: total)
      }
      return head
    }
  }

  /// - Returns: whether the rest is wanted.
  func received(_ response: URLResponse) -> Bool {
    guard let response = response as? HTTPURLResponse else {
      return fail(HTTPError.failed("the answer is not HTTP"))
    }
    var headers: [String: String] = [:]
    for (name, value) in response.allHeaderFields { headers["\(name)".lowercased()] = "\(value)" }
    let head = HTTPHead(status: response.statusCode, headers: headers)
    state.withLock {
      $0.head = head
      $0.lastNews = .now()
    }
    return proceed { try onHead(head) }
  }

  /// - Returns: whether more is wanted.
  func received(_ data: Data) -> Bool {
    state.withLock {
      $0.received += data.count
      $0.lastNews = .now()
    }
    return proceed { try onBody(data) }
  }

  /// The request to follow a redirection with; nil if it is not followed, so that its status is the answer.
  func redirected(to target: URLRequest) -> URLRequest? {
    guard request.followsRedirections, let url = target.url else { return nil }
    let count = state.withLock { state in
      state.redirections += 1
      return state.redirections
    }
    guard url.scheme == "https" || (url.scheme == "http" && url.isThisMachine) else {
      fail(HTTPError.unsafeRedirection(url.absoluteString))
      return nil
    }
    guard count <= 5 else {
      fail(HTTPError.failed("it leads on and on, at last to \(url.absoluteString)"))
      return nil
    }
    var next = target
    for (name, value) in request.headers { next.setValue(value, forHTTPHeaderField: name) }
    return next
  }

  func finish(_ error: (any Error)?) {
    if let error { fail(Self.meaning(of: error, state.withLock { ($0.head, $0.received) })) }
    over.signal()
  }

  private func proceed(_ body: () throws -> Void) -> Bool {
    guard state.withLock({ $0.failure == nil }) else { return false }
    do { try body() } catch { return fail(error) }
    return true
  }

  /// Keeps the first failure: what follows is its consequence.
  @discardableResult
  private func fail(_ error: any Error) -> Bool {
    state.withLock { if $0.failure == nil { $0.failure = error } }
    return false
  }

  private static func meaning(of error: any Error, _ come: (head: HTTPHead?, bytes: Int)) -> HTTPError {
    let code = (error as? URLError)?.code
    switch code {
    case .cannotFindHost, .dnsLookupFailed: return .unreachable("no machine of that name is known")
    case .cannotConnectToHost, .notConnectedToInternet: return .unreachable("the connection was refused")
    case .timedOut: return .unreachable("no connection was made in time")
    case .secureConnectionFailed, .serverCertificateUntrusted, .serverCertificateHasBadDate,
      .serverCertificateHasUnknownRoot, .serverCertificateNotYetValid:
      return .failed("the secure connection was not made: \(error.localizedDescription)")
    default:
      if code == .networkConnectionLost || come.head != nil {
        return .cutShort(received: come.bytes, of: come.head?.length)
      }
      return .failed(error.localizedDescription)
    }
  }
}

extension HTTPHead {
  /// Bytes of the body that the head promises.
  var length: Int? { headers["content-length"].flatMap { Int($0) } }
}

extension URL {
  /// Whether the host is this machine itself, so that nothing travels over a network.
  public var isThisMachine: Bool {
    let host = host() ?? ""
    return ["localhost", "::1", "[::1]"].contains(host) || host.wholeMatch(of: #/127(\.\d{1,3}){3}/#) != nil
  }
}
