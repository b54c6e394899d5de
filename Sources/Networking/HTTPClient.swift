import Foundation
import Synchronization

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// Speaks HTTP, one call an exchange: a call returns when the answer is there. Any number of threads may call.
///
/// Nothing is cached, no cookie is kept, and a server that falls silent is given up after the time-out.
public final class HTTPClient: Sendable {
  private let router = Router()
  private let session: URLSession
  private let timeout: Double

  /// A client.
  ///
  /// - Parameters:
  ///   - timeout: seconds without a byte from the server after which it is given up.
  ///   - connections: to one server at once.
  public init(timeout: Double, connections: Int = 6) {
    self.timeout = timeout
    let configuration = URLSessionConfiguration.ephemeral
    // The session's own timer counts in whole seconds on Linux; ours decides.
    configuration.timeoutIntervalForRequest = max(60, 2 * timeout)
    configuration.httpMaximumConnectionsPerHost = connections
    configuration.requestCachePolicy = .reloadIgnoringLocalCacheData
    configuration.urlCache = nil
    configuration.httpShouldSetCookies = false
    session = URLSession(configuration: configuration, delegate: router, delegateQueue: nil)
  }

  deinit { session.finishTasksAndInvalidate() }

  /// Sends a request and returns the whole answer, whatever its status.
  ///
  /// - Throws: `HTTPError`.
  public func send(_ request: HTTPRequest) throws -> HTTPResponse {
    let body = Mutex(Data())
    let head = try stream(request) { _ in
    } body: { data in
      body.withLock { $0.append(data) }
    }
    return HTTPResponse(head: head, body: body.withLock { $0 })
  }

  /// Sends a request and hands over the answer as it comes. What the closures throw ends the exchange and is
  /// rethrown; they are called on another thread, one after the other.
  ///
  /// - Throws: `HTTPError`, and what the closures throw.
  public func stream(
    _ request: HTTPRequest, head: @escaping @Sendable (HTTPHead) throws -> Void,
    body: @escaping @Sendable (Data) throws -> Void
  ) throws -> HTTPHead {
    var native = URLRequest(url: request.url)
    native.httpMethod = request.method
    native.httpBody = request.body
    // A compressed body would have another length than its header says.
    native.setValue("identity", forHTTPHeaderField: "Accept-Encoding")
    for (name, value) in request.headers { native.setValue(value, forHTTPHeaderField: name) }
    let exchange = Exchange(request, onHead: head, onBody: body)
    let task = session.dataTask(with: native)
    router.add(exchange, to: task)
    task.resume()
    return try exchange.wait(timeout: timeout, for: task)
  }
}

/// Hands a session's events to the exchanges they belong to.
private final class Router: NSObject, URLSessionDataDelegate, Sendable {
  private let exchanges = Mutex([Int: Exchange]())

  func add(_ exchange: Exchange, to task: URLSessionTask) {
    exchanges.withLock { $0[task.taskIdentifier] = exchange }
  }

  private func exchange(of task: URLSessionTask) -> Exchange? {
    exchanges.withLock { $0[task.taskIdentifier] }
  }

  func urlSession(
    _ session: URLSession, dataTask: URLSessionDataTask, didReceive response: URLResponse,
    completionHandler: @escaping @Sendable (URLSession.ResponseDisposition) -> Void
  ) {
    let goesOn = exchange(of: dataTask)?.received(response) ?? false
    completionHandler(goesOn ? .allow : .cancel)
  }

  func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
    if exchange(of: dataTask)?.received(data) != true { dataTask.cancel() }
  }

  func urlSession(
    _ session: URLSession, task: URLSessionTask, willPerformHTTPRedirection response: HTTPURLResponse,
    newRequest request: URLRequest, completionHandler: @escaping @Sendable (URLRequest?) -> Void
  ) {
    completionHandler(exchange(of: task)?.redirected(to: request))
  }

  func urlSession(_ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?) {
    exchanges.withLock { $0.removeValue(forKey: task.taskIdentifier) }?.finish(error)
  }
}
