import Beckon
import Networking

/// Settings of the language model that plays the users.
struct LLMConfiguration: Codable, Equatable, Sendable {
  /// Address of an OpenAI-compatible server, to which `/chat/completions` is added.
  var baseURL = "http://127.0.0.1:8080/v1"
  /// The model's name, as the server knows it.
  var model = "default"
  /// Sampling temperature.
  var temperature = 0.1
  /// Share of probability that sampling considers; sent if below 1.
  var topP = 1.0
  /// Longest answer, in tokens.
  var maxTokens = 64
  /// Seconds without a byte from the server after which a request is given up.
  var timeoutSeconds = 60.0
  /// How often a request that failed is sent again.
  var retries = 4
  /// Pause before the first repetition, doubled for each further one; a server's Retry-After goes before it.
  var backoffSeconds = 1.0
  /// Requests under way at once.
  var concurrency = 4
  /// Name of the environment variable that holds the key; empty if the server wants none. The key itself stands in no
  /// spec and is written nowhere.
  var keyVariable = ""
  /// File with the question, in which `[HistoryHere]` and `[CansHere]` are replaced, looked up like data; empty for the
  /// built-in one.
  var prompt = ""
  /// What the model is told before the question; empty for nothing.
  var system = "You are a recommendation agent. Follow the instructions and answer in their form."
  /// Latest items that the model is told, newest first.
  var historyLength = 21
  /// What divides them.
  var separator = "::"
  /// File that keeps every answer, relative to the working directory.
  var transcript = "Runs/llm-transcript.jsonl"
  /// Requests after which the run stops; 0 for no limit. The same run goes on where it stopped.
  var maxRequests = 0
  /// How an answer is read.
  var parsing = LLMReply.Rule.strict
  /// What an answer means that cannot be read.
  var unparsable = Unparsable.noClick

  enum Unparsable: String, Choice {
    case noClick = "no-click"
    case refuse
  }

  func check(_ checks: inout Checks) {
    let url = URL(string: baseURL)
    checks.require(
      ["http", "https"].contains(url?.scheme) && url?.host()?.isEmpty == false && url?.query() == nil,
      "baseURL",
      "'\(baseURL)' is not an address such as http://127.0.0.1:8080/v1.")
    checks.require(
      url?.user() == nil && url?.password() == nil, "baseURL",
      "holds a user or a password; name an environment variable with the key by keyVariable instead.")
    checks.require(!model.isEmpty, "model", "is empty; expected the model's name.")
    checks.range("temperature", temperature, 0...2)
    checks.range("topP", topP, 0.01...1)
    checks.range("maxTokens", maxTokens, 1...100_000)
    checks.range("timeoutSeconds", timeoutSeconds, 0.01...86_400)
    checks.range("retries", retries, 0...100)
    checks.range("backoffSeconds", backoffSeconds, 0...3600)
    checks.range("concurrency", concurrency, 1...256)
    checks.range("historyLength", historyLength, 1...10_000)
    checks.require(!transcript.isEmpty, "transcript", "is empty; expected a file that keeps the answers.")
    checks.atLeast("maxRequests", maxRequests, 0)
    checks.require(
      keyVariable.wholeMatch(of: #/[A-Za-z_][A-Za-z0-9_]*|/#) != nil, "keyVariable",
      "expected the name of an environment variable, such as OPENAI_API_KEY; the key itself does not belong here."
    )
    checks.file("prompt", prompt)
  }
}
