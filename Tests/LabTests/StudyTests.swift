import Beckon
import BeckonCLI
import Synchronization
import Testing

@testable import Lab

struct StudyTests {
  @Test func runsComeInTheOrderOfTheSpecAndAreReused() throws {
    let bench = Bench()
    let first = try bench.run()
    #expect(first.results.runs.map { "\($0.variant) \($0.seed)" } == ["full 2", "full 1", "ipg 2", "ipg 1"])
    #expect(first.log.played == 4 && first.log.reused == 0)
    #expect(Set(first.identities).count == 4)
    let second = try bench.run()
    #expect(second.log.played == 0 && second.log.reused == 4)
    #expect(second.results.runs.allSatisfy { $0.reused })
    #expect(second.text == first.text)
    // Elsewhere, from nothing: the same bytes.
    #expect(try Bench().run().text == first.text)
  }

  @Test func threadsDoNotMatter() throws {
    func text(threads: Int) throws -> String {
      try Parallel.withThreads(threads) {
        try Bench().run(
          #"{"variants": null, "environment": {"embeddings": {"type": "graphau", "dimension": 4, "epochs": 3}}}"#
        ).text
      }
    }
    let one = try text(threads: 1)
    #expect(try text(threads: 2) == one)
    #expect(one.contains("\"ioi@3\""))
  }

  @Test func withoutIntentionTheTrajectoriesAreIPGs() throws {
    let bench = Bench()
    let run = try bench.run(
      """
      {"trajectories": true, "seeds": [3],
       "variants": {"zero": {"scorer": {"lambda": 0}}, "ipg": {"scorer": "ipg"}, "full": {"scorer": {"lambda": 5}}}}
      """)
    func trajectories(_ index: Int) throws -> String {
      let folder = bench.folder.appending(path: "out/cells/\(run.identities[index].prefix(24))")
      return try String(contentsOf: folder.appending(path: "trajectories.jsonl"), encoding: .utf8)
    }
    func metrics(_ index: Int) -> [Double?] { run.results.runs[index].record.metrics.map(\.value) }
    #expect(try trajectories(0) == trajectories(1) && metrics(0) == metrics(1))
    #expect(try trajectories(0) != trajectories(2))
    #expect(try !trajectories(0).isEmpty)
  }

  @Test func theStudysOwnArithmetic() throws {
    let run = try Bench().run()
    for cell in run.results.runs.map(\.record) {
      #expect(cell.metric("ioi-code@1") == 0)
      #expect(
        cell.metric("ioi-code@2") == cell.metric("ioi@1") && cell.metric("ioi-code@3") == cell.metric("ioi@2")
      )
      #expect(cell.metric("ioi@3") != 0)
      let range = (cell.facts["clickProbability"]?.array ?? []).compactMap(\.number)
      #expect(range.count == 2 && range.allSatisfy { (0.1418...0.5499).contains($0) })
      #expect(cell.facts["dynamicsOwner"] == .string("policy"))
    }
  }

  @Test func whatCannotBeGivenIsMissing() throws {
    let bench = Bench()
    let patch =
      #"{"variants": null, "seeds": [1], "metrics": ["hr-code"], "task": {"rounds": 4, "cutoffs": [3, 4]}}"#
    let first = try bench.run(patch)
    // Three targets give hr-code@3, and not hr-code@4.
    let record = first.results.runs[0].record
    #expect(record.metric("hr-code@3") != nil && record.missing == ["hr-code@4"])
    #expect(try bench.run(patch).text == first.text)
    #expect(first.text.contains("\"missing\": [\"hr-code@4\"]"))
  }

  @Test func trainedPiecesAreShared() throws {
    let bench = Bench()
    let log = try bench.run(
      """
      {"variants": {"a": {}, "b": {"scorer": "ipg"}, "c": {"arousal": "fixed"},
                    "d": {"encoder": {"type": "sasrec", "hiddenSize": 6, "maximumLength": 6, "training": {"epochs": 1}},
                          "targetSelector": {"encoder": "base"}}}}
      """
    ).log
    // Once for each of the two seeds, although three variants and one target selector use it.
    #expect(log.began("training iclrec") == 2)
    #expect(log.began("training sasrec") == 2)
    #expect(log.began("reading the data") == 1)
    #expect(log.played == 8)
    // Another study with the same pieces trains nothing.
    let other = try bench.run(#"{"variants": {"e": {"scorer": {"lambda": 2}}}}"#, output: "elsewhere")
    #expect(other.log.began("training") == 0 && other.log.played == 2)
  }

  @Test func savedPiecesGiveTheSameBytes() throws {
    let bench = Bench()
    let first = try bench.run()
    let second = try bench.run(output: "again")
    #expect(second.log.began("training") == 0 && second.log.played == 4)
    #expect(second.text == first.text)
  }

  @Test func brokenFilesAreIgnoredAndMadeAgain() throws {
    let bench = Bench()
    let first = try bench.run()
    let cells = try bench.files("out/cells", ending: "result.json")
    let pieces = try bench.files("pieces", ending: ".safetensors")
    #expect(cells.count == 4 && pieces.count == 6)
    // Half a cell, another cell's text, and no JSON at all; half a piece.
    let text = try String(contentsOf: cells[0], encoding: .utf8)
    try Data(text.prefix(text.count / 2).utf8).write(to: cells[0])
    try Data(contentsOf: cells[2]).write(to: cells[1])
    try Data("no".utf8).write(to: cells[2])
    for piece in pieces { try Data(contentsOf: piece).prefix(100).write(to: piece) }
    let second = try bench.run()
    #expect(second.log.reused == 1 && second.log.played == 3)
    #expect(second.log.began("training") > 0)
    #expect(second.text == first.text)
    #expect(try bench.run().log.reused == 4)
  }

  @Test func variantsDoNotInfluenceEachOther() throws {
    let variants = [
      #""plain": {"scorer": "preference"}"#, #""full": {}"#, #""ipg": {"scorer": "ipg"}"#,
      #""slow": {"arousal": {"type": "fixed", "keep": 0.9}, "scorer": "ipg"}"#,
      #""random twin": {"twin": "random"}"#,
      #""random targets": {"targetSelector": {"type": "random", "count": 3}}"#,
      #""floor": {"guards": [{"type": "relevance-floor", "topShare": 0.3}]}"#,
      #""own pace": {"environment": {"dynamics": {"type": "fixed", "keep": 0.5}}}"#,
      #""short": {"task": {"rounds": 2, "cutoffs": [1, 2]}}"#,
    ]
    let bench = Bench()
    let together = try bench.run("{\"seeds\": [1], \"variants\": {\(variants.joined(separator: ", "))}}")
    #expect(together.results.runs.count == variants.count)
    for (index, variant) in variants.enumerated() {
      // Trained pieces are shared on disk, nothing else is.
      let alone = try bench.run("{\"seeds\": [1], \"variants\": {\(variant)}}", output: "alone \(index)")
      #expect(
        alone.results.runs[0].record.json.pretty == together.results.runs[index].record.json.pretty,
        "\(variant)")
    }
    // The plain recommender is its own twin; the others are compared with it.
    #expect(together.results.runs[0].record.metric("ioi-over-twin@3") == 0)
    #expect(together.results.runs[1].record.metric("ioi-over-twin@3") != 0)
  }

  @Test func anUnknownCategoryIsFoundBeforeAnythingIsTrained() throws {
    let log = Log()
    let bench = Bench()
    let patch = #"{"variants": {"a": {}, "b": {"targetSelector": {"category": "topic 9"}}}}"#
    #expect(
      complaint { try bench.run(patch, log: log) }
        == "targetSelector: no item has the category 'topic 9'. Did you mean 'topic 1'? Known: topic 1, topic 2, topic 3."
    )
    #expect(log.began("training") == 0 && log.played == 0)
  }
}

struct RefusalTests {
  // What cannot work is said before anything is trained.
  @Test(arguments: [
    (
      #"{"intents": {"type": "learned", "count": 5000}}"#,
      "intents.count: 5000 intents need as many users, and there are "
    ),
    (
      #"{"encoder": {"intentCount": 5000}}"#, "encoder.intentCount: 5000 intents need as many users, and "
    ),
    (
      #"{"task": {"slateSize": 3}}"#,
      "environment.clickModel: 'sigmoid' answers one item at a time, and task.slateSize is 3."
    ),
    (
      #"{"targetSelector": {"category": "topic 99"}}"#, "targetSelector: no item has the category 'topic 99'."
    ),
  ])
  func beforeTraining(patch: String, message: String) {
    let log = Log()
    let text = complaint { try Bench().run(patch, log: log) }
    #expect(text.contains(message), "\(text)")
    #expect(log.began("training") == 0)
  }
}

struct ResumeTests {
  /// A scorer whose plugin may be broken.
  struct Fragile: Scorer {
    struct Configuration: Codable, Equatable, Sendable { var weight = 1.0 }
    static let about = About("fragile", "Throws while its plugin is broken.")
    static let defaults = Configuration()
    static let isBroken = Atomic(true)
    let configuration: Configuration
    func scores(_ batch: UserBatch) throws -> Matrix<Float> {
      if Self.isBroken.load(ordering: .relaxed) { throw Problem("scorer", "fragile is broken.") }
      return batch.preferences
    }
  }

  @Test func whatWasFinishedBeforeAnErrorStays() throws {
    var registry = try StandardRegistry.make()
    try registry.register(plugin: "Fragile", digest: "broken") { try $0.register(Fragile.self) }
    let bench = Bench()
    let patch =
      #"{"seeds": [1], "variants": {"first": {}, "second": {"scorer": "fragile"}, "third": {"scorer": "ipg"}}}"#
    let log = Log()
    var strict = Study.Options()
    strict.failsFast = true
    #expect(
      complaint { try bench.run(patch, registry: registry, log: log, options: strict).text }
        == "scorer: fragile is broken.")
    #expect(log.played == 2 && log.failed == 1)
    #expect(try bench.files("out/cells", ending: "result.json").count == 1)
    #expect(try bench.files("out", ending: ".tmp").isEmpty)

    // Without haste the other cells are run; the failure is told, and kept for whoever asks.
    let lenient = try bench.run(patch, registry: registry)
    #expect(lenient.results.runs.map(\.variant) == ["first", "third"])
    #expect(
      lenient.results.failures == [.init(variant: "second", seed: 1, reason: "scorer: fragile is broken.")])
    #expect(lenient.text.contains("\"error\": \"scorer: fragile is broken.\""))
    let store = RunStore(folder: bench.folder.appending(path: "out"))
    let plan = try #require(try store.plan())
    #expect(
      plan.map { store.state($0.identity) } == [.done, .failed("scorer: fragile is broken."), .done])

    Fragile.isBroken.store(false, ordering: .relaxed)
    try registry.register(plugin: "Fragile", digest: "mended") { _ in }
    let again = try bench.run(patch, registry: registry)
    #expect(again.results.runs.map(\.reused) == [true, false, true] && again.results.failures.isEmpty)
    #expect(again.log.began("training") == 0)
    #expect(try bench.run(patch, registry: registry).text == again.text)
    #expect(try Bench().run(patch, registry: registry).text == again.text)
  }
}

struct IdentityTests {
  /// The identity of the only cell.
  private func identity(_ patch: String = "{}", _ registry: Registry? = nil) throws -> String {
    let spec = try JSON(parsing: #"{"variants": null, "seeds": [1], "scorer": "ipg"}"#).merging(
      JSON(parsing: patch))
    let document = SpecDocument(try JSON(parsing: Bench.base).merging(spec))
    let registry = try registry ?? StandardRegistry.make()
    let resolved = try document.resolve(in: registry)
    let bench = Bench()
    let assembly = Assembly(
      registry: registry, locations: DataLocations(folders: [bench.folder]),
      store: PieceStore(folder: bench.folder), progress: ProgressReporter())
    return try assembly.plan(resolved.variants[0], seed: resolved.seeds[0]).identity
  }

  @Test func howTheWorkIsDoneDoesNotCount() throws {
    func agent(_ key: String) throws -> String {
      try identity(#"{"environment": {"clickModel": {"type": "llm-agent", \#(key)}}}"#)
    }
    let base = try agent(#""concurrency": 1"#)
    for key in [#""concurrency": 7"#, #""maxRequests": 5"#, #""baseURL": "http://127.0.0.1:9/v1""#] {
      #expect(try agent(key) == base, "\(key)")
    }
    for key in [#""model": "another""#, #""temperature": 0.7"#, #""parsing": "released""#] {
      #expect(try agent(key) != base, "\(key)")
    }
  }

  @Test func whatCountsAndWhatDoesNot() throws {
    let base = try identity()
    for patch in [
      #"{"seeds": [2]}"#, #"{"scorer": {"type": "ipg", "guidance": "dot"}}"#, #"{"dataset": {"seed": 2}}"#,
      #"{"encoder": {"dropout": 0.4}}"#, #"{"task": {"rounds": 4}}"#, #"{"metrics": ["hr"]}"#,
      #"{"masking": "none"}"#,
      #"{"environment": {"clickModel": {"type": "sigmoid", "slope": 2}}}"#, #"{"arousal": {"topQ": 4}}"#,
      #"{"guards": ["relevance-floor"]}"#, #"{"twin": "random"}"#,
      #"{"filters": [{"type": "k-core", "users": 1, "items": 22}]}"#,
      #"{"targetSelector": {"encoder": "base"}}"#, #"{"environment": {"dynamics": "fixed"}}"#,
    ] { #expect(try identity(patch) != base, "\(patch) changes nothing") }
    for patch in [
      #"{"name": "another"}"#, #"{"description": "words"}"#, #"{"variants": {"any": {}}}"#,
      #"{"trajectories": true}"#,
      #"{"arousal": {"type": "tiac", "topQ": 5}}"#, #"{"intents": {"count": 3}}"#, #"{"guards": []}"#,
    ] { #expect(try identity(patch) == base, "\(patch) changes the identity") }
  }

  @Test func codeCounts() throws {
    let base = try identity()
    for plugin in [
      "IPG", "ICLRec", "ITMPRec", "NudgeMetrics", "RankingMetrics", "Dynamics", "ClickModels", "Controls",
    ] {
      var registry = try StandardRegistry.make()
      try registry.pretendEdited(plugin)
      #expect(try identity("{}", registry) != base, "an edit of \(plugin) changes nothing")
    }
    for plugin in ["SASRec", "EASE", "Guards", "GraphAU"] {
      var registry = try StandardRegistry.make()
      try registry.pretendEdited(plugin)
      #expect(try identity("{}", registry) == base, "an edit of \(plugin) changes the identity")
    }
    var registry = try StandardRegistry.make()
    registry.coreDigest = "edited"
    #expect(try identity("{}", registry) != base)
  }

  @Test func contentsOfNamedFilesCount() throws {
    let bench = Bench()
    try FileManager.default.createDirectory(at: bench.folder, withIntermediateDirectories: true)
    let file = bench.folder.appending(path: "targets.txt")
    let selector =
      "{\"targetSelector\": {\"type\": \"list\", \"path\": \"\(file.path(percentEncoded: false))\"}}"
    try Data("1\n2\n".utf8).write(to: file)
    let first = try identity(selector)
    #expect(try identity(selector) == first)
    try Data("1\n3\n".utf8).write(to: file)
    #expect(try identity(selector) != first)
    try FileManager.default.removeItem(at: file)
    #expect(complaint { try identity(selector) }.contains("there is no file"))
  }
}
