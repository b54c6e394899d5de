import Beckon
import BeckonCLI
import BeckonTesting
import Synchronization
import Testing

@testable import BundledPlugins

/// Components that are programs of their own, as they should be.
@Suite(.enabled(if: Python.isThere, "skipped: there is no python3")) struct ExternalTests {
  private static func example(_ kind: Kind, _ settings: String = "") throws -> String {
    let path = try #require(Python.example(of: kind))
    return #"{"type": "external", "command": ["python3", "\#(path)"]\#(settings)}"#
  }

  @Test func noveltyByHand() throws {
    let scorer = try make(.scorer, Self.example(.scorer), as: (any Scorer).self)
    let world = try ToyWorld()
    let found = try scores(scorer, world.batch(target: nil))
    let (counts, categories) = (world.split.itemCounts, world.split.dataset.catalogue.categories)
    for (user, history) in world.split.histories.enumerated() {
      let known = Set(history.past.flatMap { categories[Int($0)] })
      let expected = counts.indices.map { item in
        Float(1 / Double(1 + counts[item]) - 0.5 * Double(categories[item].count { known.contains($0) }))
      }
      #expect(Array(found.row(user)) == expected)
    }
  }

  @Test func rankedListsAreScores() throws {
    let script = try Script(work: "reply(ranked=[[5, user['user'] % 3] for user in users])")
    let found = try scores(
      make(.scorer, script.spec(), as: (any Scorer).self), ToyWorld().batch(target: nil))
    #expect(found[1, 5] == 2 && found[1, 1] == 1 && found[1, 0] == 0 && found[3, 0] == 1)
  }

  @Test func whatIsAskedForIsSent() throws {
    let script = try Script(
      begin: "open(FOLDER + '/begin', 'w').write(line); reply(ready=True)",
      work: "open(FOLDER + '/score', 'w').write(line); reply(scores=[[0] * n for _ in users])")
    let world = try ToyWorld()
    let batch = try world.batch(target: 3)
    func asked(_ settings: String) throws -> (begin: JSON, score: JSON) {
      _ = try scores(make(.scorer, script.spec(settings), as: (any Scorer).self), batch, seed: 9)
      return (try JSON(parsing: script.text("begin")), try JSON(parsing: script.text("score")))
    }
    let plain = try asked("")
    #expect(plain.begin["seed"] == .number(9) && plain.begin["itemVectors"] == nil)
    #expect(plain.begin["histories"]?.array?.count == 12 && plain.begin["ids"]?.array?[2] == .string("i2"))
    #expect(plain.score["target"] == nil && plain.score["users"]?.array?[4]["preferences"] == nil)
    let full = try asked(#""sends": ["target", "preferences", "vectors", "unavailable"]"#)
    let user = try #require(full.score["users"]?.array?[4])
    #expect(full.score["target"] == .number(3) && full.begin["itemVectors"]?.array?.count == 17)
    let sent = user["preferences"]?.array?.compactMap { $0.number.map { Float($0) } }
    #expect(sent == Array(batch.preferences.row(4)), "numbers arrive bit by bit")
    #expect(user["vector"]?.array?.count == 5)
    #expect(user["unavailable"]?.array?.count == batch.unavailable[4].count)
  }

  @Test func needsFollowWhatIsSent() throws {
    func needs(_ sends: String) throws -> Needs {
      try make(.scorer, Self.example(.scorer, #", "sends": [\#(sends)]"#), as: (any Scorer).self).needs
    }
    #expect(try needs("") == [])
    #expect(try needs(#""target""#) == .target)
    #expect(try needs(#""preferences", "target""#) == [.encoder, .target])
    #expect(try needs(#""vectors""#) == .encoder)
  }

  @Test func tiredClicksByHand() throws {
    var model = try make(.clickModel, Self.example(.clickModel), as: (any ClickModel).self)
    try model.prepare(ToyWorld().simulated)
    let seen = [RoundEvent(items: [1, 4], choice: nil), RoundEvent(items: [2], choice: 0)]
    let slates = [
      Slate(items: [7, 2], affinities: [0.5, 0.1], events: seen), Slate(items: [3], affinities: [-1]),
    ]
    let answers = try model.answers(to: slates)
    // Items 1, 4 and 7 are of one group, item 2 is of another.
    let pulls = [exp(2.5 - 0.6), exp(0.5 - 0.3)]
    let sum = exp(2.0) + pulls[0] + pulls[1]
    #expect(
      abs((answers[0]?[0] ?? 0) - pulls[0] / sum) < 1e-12
        && abs((answers[0]?[1] ?? 0) - pulls[1] / sum) < 1e-12)
    #expect(abs((answers[1]?[0] ?? 0) - exp(-5.0) / (exp(2.0) + exp(-5.0))) < 1e-12)
  }

  @Test func badProbabilitiesAreRefusedAndNullIsNoAnswer() throws {
    func answer(_ work: String) throws -> [[Double]?] {
      let script = try Script(kind: .clickModel, work: work)
      var model = try make(.clickModel, script.spec(), as: (any ClickModel).self)
      try model.prepare(ToyWorld().simulated)
      return try model.answers(to: [
        Slate(items: [1, 2], affinities: [0, 0]), Slate(items: [1], affinities: [0]),
      ])
    }
    #expect(try answer("reply(probabilities=[None, [0.25]])") == [nil, [0.25]])
    for (work, expected) in [
      ("reply(probabilities=[[0.7, 0.7], [0]])", "their sum is at most 1"),
      ("reply(probabilities=[[0, 0], [-0.1]])", "probabilities[1] is [-0.1]"),
      ("reply(probabilities=[[0], [0]])", "probabilities[0] has 1 numbers for 2 shown items"),
      ("reply(probabilities=[[0, 0]])", "'probabilities' has 1 entries for 2 slates"),
    ] { #expect(complaint { try answer(work) }.contains(expected), "\(complaint { try answer(work) })") }
    #expect(complaint { try answer("sys.exit(1)") }.hasPrefix("environment.clickModel: the program 'test'"))
  }

  @Test func guardsForbid() throws {
    func after(_ work: String) throws -> Matrix<Float> {
      let script = try Script(kind: .guard, work: work)
      var constraint = try make(.guard, script.spec(#""sends": ["scores"]"#), as: (any Guard).self)
      let world = try ToyWorld()
      try constraint.attach(to: world.model, seed: 1)
      let batch = try world.batch(target: 2)
      var scores = batch.preferences
      batch.withhold(&scores)
      try constraint.restrict(&scores, for: batch)
      return scores
    }
    let scores = try after("reply(forbid=[[3, user['user']] for user in users])")
    #expect(scores[1, 3] == -.infinity && scores[1, 1] == -.infinity)
    // A score that is −∞ already is null.
    let lowest = try after(
      "reply(forbid=[[i for i, s in enumerate(u['scores']) if s is not None] for u in users])")
    #expect(lowest.values.allSatisfy { $0 == -.infinity })
    #expect(complaint { try after("reply(forbid=[[-1] for _ in users])") }.contains("forbid[0] names -1"))
  }

  @Test func metricsOfBothTasks() throws {
    let metric = try make(
      .metric, Self.example(.metric, #", "name": "first-click""#), as: ExternalMetric.self)
    #expect(metric.name == "first-click")
    var run = Trajectories(targets: [2, 0], rounds: 3, users: 2)
    run.shown = run.shown.map { _ in 1 }
    run.choice[run.cell(0, 1, 0)] = 0
    run.choice[run.cell(1, 2, 0)] = 0
    let outcome = NudgeOutcome(run, twin: run, world: try ToyWorld().simulated)
    #expect(try metric.perUser(outcome, cutoff: 3) == [2.5, 4])
    #expect(try metric.perUser(outcome, cutoff: 2) == [2.5, 3])
    #expect(try metric.values([RankedAnswers(rank: 4), RankedAnswers(rank: 40)], cutoff: 10) == [5, 11])
    let wrong = try Script(kind: .metric, work: "reply(values=[])")
    let broken = try make(.metric, wrong.spec(), as: ExternalMetric.self)
    #expect(broken.name == "external")
    #expect(
      complaint { try broken.perUser(outcome, cutoff: 1) }.contains("'values' has 0 entries for 2 users"))
  }

  @Test func badConfigurationsAreRefused() throws {
    func refusal(_ spec: String, _ kind: Kind = .scorer) throws -> String {
      var problems: [Problem] = []
      _ = try StandardRegistry.make().make(kind, from: JSON(parsing: spec), path: "it", problems: &problems)
      return problems.map(\.description).joined(separator: "\n")
    }
    #expect(try refusal(#""external""#).contains("it.command: expected the program and its arguments"))
    #expect(try refusal(#"{"type": "external", "command": "x"}"#).contains("it.command: expected a list"))
    let sends = try refusal(#"{"type": "external", "command": ["sh"], "sends": ["preference"]}"#)
    #expect(sends.contains("it.sends: 'preference' cannot be sent. Did you mean 'preferences'?"))
    #expect(
      try refusal(#"{"type": "external", "command": ["sh"], "sends": ["target"]}"#, .metric).contains("twin"))
    #expect(try refusal(#"{"type": "external", "command": ["sh"], "name": "A b"}"#).contains("it.name: "))
    #expect(
      try refusal(#"{"type": "external", "command": ["sh"], "timeoutSeconds": 0}"#).contains(
        "it.timeoutSeconds"))
    #expect(
      try refusal(#"{"type": "external", "command": ["pyhton3", "x"]}"#)
        == "it.command[0]: there is no program 'pyhton3' in PATH. Did you mean 'python3'?")
    #expect(try refusal(#"{"type": "external", "command": ["./pyhton3"]}"#) == "")
  }

  /// What a program consists of counts by its contents; how long it may take does not count.
  @Test func identitiesHoldTheProgram() throws {
    func made(_ spec: String) throws -> Registry.Made {
      var problems: [Problem] = []
      let made = try StandardRegistry.make().make(
        .scorer, from: JSON(parsing: spec), path: "it", problems: &problems)
      return try #require(made, "\(problems)")
    }
    let script = try Script()
    let one = try made(script.spec(#""files": ["weights.bin"], "timeoutSeconds": 3, "restarts": 9"#))
    #expect(
      one.files.map(\.path) == [script.path, FileManager.default.currentDirectoryPath + "/weights.bin"])
    #expect(one.files.map(\.place) == ["it.command[1]", "it.files[0]"])
    #expect(one.identifying == (try made(script.spec(#""files": ["weights.bin"]"#))).identifying)
    let absent = try made(
      #"{"type": "external", "command": ["python3", "-u", "nowhere.py", "no-file", "-x.py"]}"#)
    #expect(
      absent.files.map(\.place) == ["it.command[2]"], "a script must be there, a word need not be a file")
  }

  /// Blocks asked from many threads get the bytes that one process gives.
  @Test func anyNumberOfProcessesGivesTheSameBytes() throws {
    let world = try ToyWorld(users: 60, items: 30)
    func all(processes: Int) throws -> [UInt32] {
      var scorer = try make(
        .scorer, Self.example(.scorer, #", "processes": \#(processes)"#), as: (any Scorer).self)
      try scorer.fit(world.split, seed: 1)
      try scorer.attach(to: world.model)
      let ready = scorer
      let rows = Mutex([Int: [UInt32]]())
      try Parallel.tryForEach(60, grain: 4) { range in
        let found = bits(try ready.scores(world.batch(Array(world.split.histories[range]), target: nil)))
        rows.withLock { $0[range.lowerBound] = found }
      }
      return rows.withLock { $0 }.sorted { $0.key < $1.key }.flatMap(\.value)
    }
    let one = try all(processes: 1)
    #expect(one.count == 60 * 30)
    #expect(try all(processes: 3) == one && all(processes: 0) == one)
  }
}
