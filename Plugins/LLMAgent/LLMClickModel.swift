import Beckon

/// A language model that plays the user: it is told the user's latest items and says whether the next is taken up.
struct LLMClickModel: ClickModel {
  static let takesSlates = false
  static let operationalKeys = [
    "baseURL", "backoffSeconds", "concurrency", "keyVariable", "maxRequests", "retries", "timeoutSeconds",
    "transcript",
  ]
  static let about = About(
    "llm-agent",
    "A language model, asked over an OpenAI-compatible endpoint, accepts or declines the shown item.",
    source: """
      ITMPRec §4.5, eq. 16, and appendix A.2 (figure 6): few-shot prompt of an instruction, three answered examples \
      and a question; the answer replaces the draw of a click. History, its order and its divider are the released \
      code's (up to 21 items, newest first, '::'). That code takes an answer for a click if 'A: 1' stands in it, and \
      for none otherwise, so that a bare '1' declines: `parsing: released`. `strict` also reads a bare digit, and \
      counts what it cannot read. Affinities play no part. Docs/LLMAgent.md tells how to run it.
      """)

  typealias Configuration = LLMConfiguration
  static let defaults = LLMConfiguration()
  let configuration: LLMConfiguration
  private let client: LLMClient
  private var prompt: LLMPrompt?
  private var names: [String] = []

  static func check(_ configuration: LLMConfiguration, _ checks: inout Checks) {
    configuration.check(&checks)
  }

  init(configuration: LLMConfiguration) {
    self.configuration = configuration
    client = LLMClient(configuration)
  }

  func verify() throws { try client.verify() }

  mutating func prepare(_ world: SimulatedWorld) throws {
    prompt = try LLMPrompt(file: configuration.prompt, world.locations)
    names = world.catalogue.names
  }

  func choiceProbabilities(_ slate: Slate) throws -> [Double] { try answers(to: [slate])[0] ?? [0] }

  func answers(to slates: [Slate]) throws -> [[Double]?] {
    let replies = try client.replies(to: slates.map(question))
    return try replies.map { reply in
      switch LLMReply(reply, rule: configuration.parsing) {
      case .click: return [1]
      case .noClick: return [0]
      case .unparsable:
        guard configuration.unparsable == .noClick else { throw client.stop(refusal(of: reply)) }
        return nil
      }
    }
  }

  private func question(_ slate: Slate) throws -> String {
    guard slate.items.count == 1 else {
      throw Problem(
        "environment.clickModel",
        "'llm-agent' answers a slate of one item, and this one has \(slate.items.count).")
    }
    guard let prompt else { throw Problem("environment.clickModel", "'llm-agent' was not prepared.") }
    return prompt.question(
      history: slate.history.latest(configuration.historyLength).reversed().map { names[Int($0)] },
      candidate: names[Int(slate.items[0])], separator: configuration.separator)
  }

  private func refusal(of reply: String) -> Problem {
    Problem(
      "environment.clickModel.unparsable",
      "the model's answer is neither 0 nor 1: '\(reply.prefix(200))'. It is in '\(configuration.transcript)'. Change "
        + "the prompt, raise maxTokens, or count such answers as no click: \"unparsable\": \"no-click\".")
  }
}
