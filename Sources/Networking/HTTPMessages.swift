import Foundation

/// What is asked of a server.
public struct HTTPRequest: Sendable {
  /// Where to; `http` or `https`.
  public var url: URL
  /// `GET`, `POST`, …
  public var method: String
  /// Header fields, in order.
  public var headers: [(name: String, value: String)]
  /// What is sent along.
  public var body: Data?
  /// Whether a redirection is followed. A request with a secret or a body should not: the server it leads to is
  /// not the one that was named.
  public var followsRedirections: Bool

  /// A request.
  public init(
    _ url: URL, method: String = "GET", headers: [(name: String, value: String)] = [], body: Data? = nil,
    followsRedirections: Bool = false
  ) {
    self.url = url
    self.method = method
    self.headers = headers
    self.body = body
    self.followsRedirections = followsRedirections
  }
}

/// The beginning of an answer.
public struct HTTPHead: Sendable {
  /// 200, 404, …
  public let status: Int
  /// Header fields; names in lower case.
  public let headers: [String: String]

  /// A beginning; names of header fields in lower case.
  public init(status: Int, headers: [String: String]) {
    self.status = status
    self.headers = headers
  }
}

/// A whole answer.
public struct HTTPResponse: Sendable {
  /// Status and header fields.
  public let head: HTTPHead
  /// Everything after them.
  public let body: Data
}

/// An exchange that did not come to its end. A status such as 404 is none of these: it is an answer.
public enum HTTPError: Error, Equatable, CustomStringConvertible {
  /// Nobody answers there.
  case unreachable(String)
  /// Nothing came for this many seconds.
  case timedOut(seconds: Double)
  /// The connection closed before the end; bytes that came, and how many were promised.
  case cutShort(received: Int, of: Int?)
  /// The server leads to a place that is not as safe as the one named.
  case unsafeRedirection(String)
  /// Whatever else the system says.
  case failed(String)

  /// What happened, as the end of a sentence.
  public var description: String {
    switch self {
    case .unreachable(let reason): "the server cannot be reached (\(reason))"
    case .timedOut(let seconds):
      "the server sent nothing for \(seconds == seconds.rounded() ? "\(Int(seconds))" : "\(seconds)") s"
    case .cutShort(let received, let total):
      "the connection closed after \(received) \(total.map { "of \($0) " } ?? "")bytes"
    case .unsafeRedirection(let target):
      "the server leads to \(target), which is not followed: only https, or http to this machine itself, is"
    case .failed(let reason): "the exchange failed (\(reason))"
    }
  }
}
