import Beckon
import Testing

struct GridTests {
  private static let guided = """
    {"name": "s", "dataset": "stub-data", "task": "guided", "encoder": "stub-encoder", "intents": "stub-intents",
     "environment": {"embeddings": "stub-embeddings"}, "targetSelector": "matching", "scorer": "guiding"}
    """

  private func resolve(_ patch: String) throws -> ResolvedSpec {
    try SpecDocument(JSON(parsing: Self.guided).merging(JSON(parsing: patch)), file: "f.json").resolve(
      in: stubRegistry())
  }

  private func names(_ patch: String) throws -> [String] { try resolve(patch).variants.map(\.name) }

  private func complaints(_ patch: String) -> [String] {
    do { return ["no error, but \(try names(patch))"] } catch let error as SpecError {
      return error.problems.map(\.description)
    } catch { return ["other: \(error)"] }
  }

  @Test func aProductTurnsTheLastAxisFastest() throws {
    let spec = try resolve(
      #"{"grid": {"scorer.lambda": [1, 2.5], "encoder": {"wide": {"hiddenSize": 4}, "narrow": {"hiddenSize": 2}}}}"#
    )
    #expect(
      spec.variants.map(\.name) == [
        "lambda=1, encoder=wide", "lambda=1, encoder=narrow", "lambda=2.5, encoder=wide",
        "lambda=2.5, encoder=narrow",
      ])
    #expect(
      spec.variants[3].coordinates == [
        .init(axis: "scorer.lambda", label: "2.5"), .init(axis: "encoder", label: "narrow"),
      ])
    #expect(spec.variants.map { $0.number(at: "encoder.hiddenSize") } == [4, 2, 4, 2])
    #expect(spec.variants.map { $0.number(at: "scorer.lambda") } == [1, 1, 2.5, 2.5])
  }

  @Test func componentsAreNamedByTheirTypeOrTheirKeys() throws {
    #expect(
      try names(
        #"{"grid": {"scorer": ["preference", {"type": "guiding", "lambda": 1}, {"type": "guiding", "lambda": 2}]}}"#
      )
        == ["scorer=preference", "scorer=guiding(lambda=1)", "scorer=guiding(lambda=2)"])
  }

  @Test func aWholeComponentGoesOnBeforeItsKeys() throws {
    let spec = try resolve(
      #"{"grid": {"encoder.hiddenSize": [4], "encoder": [{"type": "stub-encoder", "dropout": 0.25}]}}"#)
    #expect(spec.variants[0].number(at: "encoder.hiddenSize") == 4)
    #expect(spec.variants[0].number(at: "encoder.dropout") == 0.25)
  }

  @Test func zippedAxesGoTogether() throws {
    let spec = try resolve(
      """
      {"grid": {"scorer.lambda": [1, 2],
                "zip": [{"encoder.hiddenSize": [2, 4], "encoder.dropout": [0.1, 0.2]}]}}
      """)
    #expect(
      spec.variants.map(\.name) == [
        "lambda=1, hiddenSize=2, dropout=0.1", "lambda=1, hiddenSize=4, dropout=0.2",
        "lambda=2, hiddenSize=2, dropout=0.1", "lambda=2, hiddenSize=4, dropout=0.2",
      ])
  }

  @Test func excludedCombinationsAreLeftOut() throws {
    #expect(
      try names(
        """
        {"grid": {"scorer.lambda": [1, 2, 3], "encoder.hiddenSize": [2, 4],
                  "exclude": [{"scorer.lambda": [1, 2], "encoder.hiddenSize": 4}]}}
        """) == [
          "lambda=1, hiddenSize=2", "lambda=2, hiddenSize=2", "lambda=3, hiddenSize=2",
          "lambda=3, hiddenSize=4",
        ])
    #expect(
      try names(
        """
        {"variants": {"a": {}, "b": {"arousal": {"keep": 0.5}}},
         "grid": {"scorer.lambda": [1, 2], "exclude": {"variant": "b", "scorer.lambda": 2}}}
        """) == ["a · lambda=1", "a · lambda=2", "b · lambda=1"])
  }

  @Test func variantsNest() throws {
    #expect(
      try names(
        """
        {"variants": {"plain": {"scorer": "preference"},
                      "guided": {"arousal": {"keep": 0.5}, "grid": {"scorer.lambda": [1, 2]}},
                      "pair": {"variants": {"x": {}, "y": {"arousal": {"keep": 0.25}}}}}}
        """) == ["plain", "guided · lambda=1", "guided · lambda=2", "pair · x", "pair · y"])
    let spec = try resolve(
      #"{"variants": {"p": {"arousal": {"keep": 0.5}, "variants": {"x": {}, "y": {"arousal": {"keep": 0.25}}}}}}"#
    )
    #expect(spec.variants.map { $0.number(at: "arousal.keep") } == [0.5, 0.25])
  }

  @Test func leaveOneOutTakesOnePartAwayAtATime() throws {
    let spec = try resolve(#"{"arousal": {"keep": 0.5}, "leaveOneOut": ["scorer", "arousal"]}"#)
    #expect(spec.variants.map(\.name) == ["full", "w/o scorer", "w/o arousal"])
    #expect(
      spec.variants.map { $0.effective.value(at: ["scorer", "type"]) }
        == [.string("guiding"), .string("preference"), .string("guiding")])
    let named = try resolve(
      #"{"leaveOneOut": {"guidance": {"scorer": {"lambda": 0.5}}, "pace": {"arousal": {"keep": 0.1}}}}"#)
    #expect(named.variants.map(\.name) == ["full", "w/o guidance", "w/o pace"])
    #expect(named.variants.map { $0.number(at: "arousal.keep") } == [0.8, 0.8, 0.1])
  }

  @Test(arguments: [
    (
      #"{"grid": {"scorer.lamda": [1, 2]}}"#,
      "grid.scorer.lamda: unknown key. Did you mean 'lambda'? Known: gain, lambda."
    ),
    (#"{"grid": {"scroer": ["guiding"]}}"#, "grid.scroer: unknown key. Did you mean 'scorer'?"),
    (
      #"{"grid": {"scorer.lambda": []}}"#,
      "grid.scorer.lambda: has no value, so that the grid would be empty."
    ),
    (#"{"grid": {}}"#, "grid: has no axis, such as \"scorer.lambda\": [0.1, 1]."),
    (#"{"grid": 3}"#, "grid: expected an object of paths with their values, found a number."),
    (
      #"{"grid": {"scorer.lambda": 1}}"#,
      "grid.scorer.lambda: expected a list of values or an object of named ones, found 1."
    ),
    (
      #"{"grid": {"scorer": {"type": "guiding"}}}"#,
      "grid.scorer: expected a list of values or an object of named ones, found one component: put it into a list."
    ),
    (#"{"grid": {"scorer.lambda": [1, 1]}}"#, "grid.scorer.lambda: the value 1 stands here twice."),
    (
      #"{"grid": {"seeds": [1, 2]}}"#,
      "grid.seeds: an axis is a path into the system, such as scorer.lambda or encoder."
    ),
    (
      #"{"grid": {"zip": [{"scorer.lambda": [1, 2], "arousal.keep": [0.1]}]}}"#,
      "grid.zip[0]: axes that go together need as many values each: scorer.lambda has 2, arousal.keep has 1."
    ),
    (
      #"{"grid": {"scorer.lambda": [1, 2], "zip": {"scorer.lambda": [1], "arousal.keep": [0.1]}}}"#,
      "grid.scorer.lambda: this axis stands in the grid twice."
    ),
    (
      #"{"grid": {"scorer.lambda": [1, 2], "exclude": [{"scorer.lamda": 1}]}}"#,
      "grid.exclude[0].scorer.lamda: no axis of this grid. Did you mean 'scorer.lambda'? Axes: scorer.lambda, variant."
    ),
    (
      #"{"grid": {"scorer.lambda": [1, 2], "exclude": [{"scorer.lambda": 3}]}}"#,
      "grid.exclude[0].scorer.lambda: the axis has no value 3."
    ),
    (
      #"{"grid": {"scorer.lambda": [1, 2], "exclude": [{"scorer.lambda": [1, 2]}]}}"#,
      "grid.exclude: leaves out every combination."
    ),
    (
      #"{"grid": {"scorer.lambda": [1, 2], "exclude": [{"scorer.lambda": 1}, {"scorer.lambda": [1]}]}}"#,
      "grid.exclude[1]: leaves out nothing that the rules before it keep."
    ),
    (
      #"{"grid": {"scorer.lambda": [1, 2], "exclude": [{"variant": "x"}]}}"#,
      "grid.exclude[0]: leaves nothing out: no combination of this grid has all of it."
    ),
    (
      #"{"variants": {"a": {"scorer": {"lambda": 1}}}, "grid": {"scorer.lambda": [1, 2]}}"#,
      "grid.scorer.lambda: the variant 'a' sets this too;"
    ),
    (
      #"{"variants": {"a": {}, "b": {"scorer": "preference"}}, "grid": {"scorer.lambda": [1, 2]}}"#,
      "(In 2 of 4 cells, such as 'b · lambda=1': leave them out by \"exclude\".)"
    ),
    (
      #"{"leaveOneOut": ["dataset"]}"#,
      "leaveOneOut[0]: 'dataset' is no part that a system can do without."
    ),
    (
      #"{"leaveOneOut": 1}"#,
      "leaveOneOut: expected a list of parts, or an object of what stands in their place, found a number."
    ),
    (
      #"{"cumulative": true, "variants": {"a": {"grid": {"scorer.lambda": [1, 2]}}}}"#,
      "variants.a: a step of a cumulative spec is one system: it can have no variants of its own."
    ),
  ])
  func badGrids(patch: String, message: String) {
    let all = complaints(patch)
    #expect(all.contains { $0.contains(message) }, "\(all)")
    #expect(Set(all).count == all.count)
  }

  @Test func theCommandLineChangesAxesOnly() throws {
    var document = SpecDocument(
      try JSON(parsing: Self.guided).merging(JSON(parsing: #"{"grid": {"scorer.lambda": [1, 2]}}"#)))
    try document.override("grid.scorer.lambda=[7]")
    try document.override("arousal.keep=0.5")
    let spec = try document.resolve(in: stubRegistry())
    #expect(spec.variants.map(\.name) == ["lambda=7"] && spec.variants[0].number(at: "arousal.keep") == 0.5)
    try document.override("scorer.lambda=3")
    #expect(
      complaint { try document.resolve(in: stubRegistry()) }.contains(
        "--set scorer.lambda: the grid runs over scorer.lambda; set grid.scorer.lambda instead."))
  }
}

struct SpecOriginsTests {
  @Test func aFlagIsNamedWhereItHasTheLastWord() throws {
    let text = """
      {"dataset": "stub-data", "task": "guided", "encoder": "stub-encoder", "intents": "stub-intents",
       "environment": {"embeddings": "stub-embeddings"}, "targetSelector": "matching", "scorer": "guiding",
       "variants": {"a": {}, "b": {"arousal": {"keep": 0.25}}}}
      """
    var document = SpecDocument(try JSON(parsing: text))
    // A whole component replaces the spec's, not what a variant says of its own.
    try document.override(#"arousal={"type": "fixed", "keep": 0.5}"#)
    try document.override("variants.a.scorer.lambda=3")
    let registry = try stubRegistry()
    let spec = try document.resolve(in: registry)
    let origins = SpecOrigins(document, registry: registry)
    func origin(_ variant: Int, _ path: String) -> String? {
      origins.lines(of: document.variants()[variant], effective: spec.variants[variant].effective)
        .first { $0.path == path }?.origin
    }
    #expect(spec.variants.map { $0.number(at: "arousal.keep") } == [0.5, 0.25])
    #expect(origin(0, "arousal.keep")?.hasPrefix("--set arousal=") == true)
    #expect(origin(1, "arousal.keep") == "spec")
    #expect(origin(0, "scorer.lambda") == "--set variants.a.scorer.lambda=3")
    #expect(origin(1, "scorer.lambda") == "default")
  }

  @Test func everyValueSaysWhereItComesFrom() throws {
    let folder = try Folder([
      "base.json": """
      {
        "dataset": "stub-data", "task": "guided",
        "encoder": {
          "type": "stub-encoder",
          "dropout": 0.25
        },
        "intents": "stub-intents", "environment": {"embeddings": "stub-embeddings"},
        "targetSelector": "matching"
      }
      """,
      "study.json": """
      {
        "extends": "base.json",
        "scorer": "guiding",
        "variants": {
          "a": {},
          "b": {
            "encoder": { "heads": 1 }
          }
        },
        "grid": {
          "arousal.keep": [0.5,
            0.6]
        }
      }
      """,
    ])
    var document = try SpecDocument(contentsOf: folder.path("study.json"))
    try document.override("encoder.hiddenSize=4")
    let registry = try stubRegistry()
    let spec = try document.resolve(in: registry)
    let last = try #require(document.variants().last)
    let lines = SpecOrigins(document, registry: registry).lines(
      of: last, effective: try #require(spec.variants.last).effective)
    func origin(_ path: String) -> String {
      let text = lines.first { $0.path == path }?.origin ?? "no such line"
      return text.components(separatedBy: "/").last ?? text
    }
    #expect(origin("encoder.type") == "base.json:4" && origin("encoder.dropout") == "base.json:5")
    #expect(origin("encoder.heads") == "study.json:7" && origin("encoder.mode") == "default")
    #expect(origin("encoder.hiddenSize") == "--set encoder.hiddenSize=4")
    #expect(origin("scorer.type") == "study.json:3" && origin("scorer.lambda") == "default")
    #expect(origin("arousal.keep") == "study.json:12" && origin("arousal.type") == "default")
  }
}
