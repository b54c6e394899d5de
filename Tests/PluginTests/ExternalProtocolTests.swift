import Beckon
import BeckonTesting
import Testing

@testable import BundledPlugins

/// The protocol as it is written down is the one that is spoken.
@Suite(.enabled(if: Python.isThere, "skipped: there is no python3")) struct ExternalProtocolTests {
  /// The JSON blocks of the documentation that are messages to a program.
  private static let documented: [JSON] = {
    let path = Python.package.appending(path: "Docs/ExternalComponents.md")
    guard let text = try? String(contentsOf: path, encoding: .utf8) else { return [] }
    return text.matches(of: #/(?s)```json\n(.*?)```/#).compactMap { try? JSON(parsing: String($0.output.1)) }
      .filter { $0["message"] != nil }
  }()

  /// The form of a value: objects by their keys, lists by their first element, everything else by nothing.
  private static func form(_ json: JSON) -> JSON {
    switch json {
    case .object(let object): .members(object.members.map { ($0.key, form($0.value)) })
    case .array(let list): .array(list.prefix(1).map(form))
    default: .null
    }
  }

  private static func expectDocumented(_ spoken: String) throws {
    let message = try JSON(parsing: spoken)
    let forms = documented.filter { $0["message"] == message["message"] }.map(form)
    #expect(forms.contains(form(message)), "\(form(message).compact) is not among \(forms.map(\.compact))")
  }

  private static func recorder(_ kind: Kind, _ reply: String) throws -> Script {
    try Script(
      kind: kind, begin: "open(FOLDER + '/begin', 'w').write(line); reply(ready=True)",
      work: "open(FOLDER + '/work', 'w').write(line); \(reply)")
  }

  @Test func messagesAreAsDocumented() throws {
    #expect(Self.documented.count >= 8)
    let world = try ToyWorld()
    let batch = try world.batch([UserHistory(user: 3, past: [1, 2], clicked: [4])], target: 1)
    let script = try Self.recorder(.scorer, "reply(scores=[[0] * n for _ in users])")
    _ = try scores(make(.scorer, script.spec(), as: (any Scorer).self), batch)
    try Self.expectDocumented(script.text("begin"))
    try Self.expectDocumented(script.text("work").replacing(#""clicked":[4]"#, with: #""clicked":[]"#))
    let all = #""sends": ["target", "preferences", "unavailable", "vectors"]"#
    _ = try scores(make(.scorer, script.spec(all), as: (any Scorer).self), batch)
    try Self.expectDocumented(script.text("work").replacing(#""clicked":[4]"#, with: #""clicked":[]"#))

    let restricting = try Self.recorder(.guard, "reply(forbid=[[] for _ in users])")
    var constraint = try make(.guard, restricting.spec(), as: (any Guard).self)
    try constraint.attach(to: world.model, seed: 1)
    var values = batch.preferences
    try constraint.restrict(&values, for: batch)
    try Self.expectDocumented(restricting.text("work").replacing(#""clicked":[4]"#, with: #""clicked":[]"#))

    let clicking = try Self.recorder(.clickModel, "reply(probabilities=[[0]])")
    var model = try make(.clickModel, clicking.spec(), as: (any ClickModel).self)
    try model.prepare(world.simulated)
    let slate = Slate(
      items: [1], affinities: [0.5], history: UserHistory(user: 0, past: [3], clicked: [2]), target: 1,
      round: 1,
      events: [RoundEvent(items: [2], choice: 0)])
    _ = try model.answers(to: [slate])
    try Self.expectDocumented(clicking.text("work"))

    let measuring = try Self.recorder(.metric, "reply(values=[0])")
    let metric = try make(.metric, measuring.spec(), as: ExternalMetric.self)
    var run = Trajectories(targets: [1], rounds: 1, users: 1)
    run.shown[0] = 3
    _ = try metric.perUser(NudgeOutcome(run, twin: run, world: world.simulated), cutoff: 1)
    try Self.expectDocumented(measuring.text("work"))
    _ = try metric.values([RankedAnswers(rank: 2)], cutoff: 5)
    try Self.expectDocumented(measuring.text("work"))
  }

  /// Thirty lines are the promise.
  @Test func examplesAreShort() throws {
    for kind in [Kind.scorer, .guard, .clickModel, .metric] {
      let path = try #require(Python.example(of: kind))
      let lines = try String(contentsOfFile: path, encoding: .utf8).split(
        separator: "\n", omittingEmptySubsequences: false)
      #expect(lines.count <= 32, "\(path): \(lines.count)")
    }
  }
}
