import Beckon

/// Why a request brought no answer.
enum LLMFailure: Error {
  /// The exchange broke off, or never began.
  case noAnswer(String)
  /// An answer with another status than 200; seconds to wait where the server says so.
  case status(Int, said: String, retryAfter: Double?)
  /// An answer that is not of the protocol's form.
  case unreadable(String)

  /// Whether the same request may succeed later.
  var mayPass: Bool {
    switch self {
    case .noAnswer, .unreadable: true
    case .status(let status, _, _): status == 408 || status == 429 || status >= 500
    }
  }

  /// Seconds that the server wants to be left alone.
  var retryAfter: Double? {
    if case .status(_, _, let seconds) = self { seconds.map { max(0, $0) } } else { nil }
  }

  /// What happened.
  var fact: String {
    switch self {
    case .noAnswer(let reason): reason
    case .status(let status, let said, _): "the server answers with status \(status)\(Self.excerpt(said))"
    case .unreadable(let said):
      "expected JSON with choices[0].message.content, found something else\(Self.excerpt(said))"
    }
  }

  /// What to do about it.
  func advice(_ configuration: LLMConfiguration) -> String {
    switch self {
    case .noAnswer: "Is the server running, and is baseURL its address?"
    case .status(401, _, _), .status(403, _, _):
      configuration.keyVariable.isEmpty
        ? "The server wants a key: name the environment variable that holds it by keyVariable."
        : "The server does not take the key in the environment variable '\(configuration.keyVariable)'."
    case .status(404, _, _):
      "Does baseURL end as the server wants it (often in /v1), and does it know the model '\(configuration.model)'?"
    case .status(429, _, _):
      "The server wants fewer requests: lower concurrency, or raise retries and backoffSeconds."
    case .status(300..<400, _, _): "A redirection is not followed: name the address it leads to as baseURL."
    case .status(500..., _, _): "The server's own log says more."
    case .status:
      "The server refuses the request: compare model, maxTokens and temperature with what it allows."
    case .unreadable: "Is baseURL the address of an OpenAI-compatible server?"
    }
  }

  private static func excerpt(_ text: String) -> String {
    let line = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    return line.isEmpty ? "" : ": \(line.count > 200 ? "\(line.prefix(200))…" : line)"
  }
}
