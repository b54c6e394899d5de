import Beckon
import Testing

struct ResolvedSpecTests {
  private static let ranking =
    #"{"name": "s", "dataset": "stub-data", "task": "ranking", "scorer": "popular"}"#
  private static let guided = """
    {"name": "s", "dataset": "stub-data", "task": "guided", "encoder": "stub-encoder", "intents": "stub-intents",
     "environment": {"embeddings": "stub-embeddings"}, "targetSelector": "matching", "scorer": "guiding"}
    """

  /// A base spec with a patch over it.
  private func resolve(_ base: String, _ patch: String = "{}") throws -> ResolvedSpec {
    try SpecDocument(JSON(parsing: base).merging(JSON(parsing: patch)), file: "f.json").resolve(
      in: stubRegistry())
  }

  private func complaints(_ base: String, _ patch: String) -> [String] {
    do {
      _ = try resolve(base, patch)
      return []
    } catch let error as SpecError { return error.problems.map(\.description) } catch {
      return ["other: \(error)"]
    }
  }

  @Test func theEffectiveSpecIsWhole() throws {
    let spec = try resolve(Self.guided)
    #expect(spec.seeds == [1] && spec.variants.count == 1 && spec.name == "s")
    let effective = spec.variants[0].effective
    #expect(effective.object?.keys.first == "dataset")
    #expect(effective.value(at: ["encoder", "training", "earlyStopping", "metric"]) == .string("ndcg@20"))
    #expect(effective.value(at: ["environment", "dynamics", "type"]) == .string("policy-controlled"))
    #expect(effective.value(at: ["arousal", "keep"]) == .number(0.8))
    #expect(effective["masking"] == .string("exclude"))
    #expect(effective["guards"] == .array([]))
    #expect(effective["metrics"]?.array?.count == 1)
    #expect(effective.value(at: ["twin", "type"]) == .string("preference"))
    // What is effective resolves to itself.
    var again = effective
    again.set(.string("s"), at: ["name"])
    #expect(try SpecDocument(again).resolve(in: stubRegistry()).variants[0].effective == effective)
  }

  @Test func intentsThatNobodyReadsAreLeftOut() throws {
    let spec = try resolve(Self.guided, #"{"scorer": {"type": "preference"}}"#)
    #expect(spec.variants[0].effective["intents"] == nil && spec.variants[0].component(.intents) == nil)
  }

  @Test(arguments: [
    (
      #"{"encoder": {"type": "stub-encoder", "dropuot": 0.1}}"#,
      "encoder.dropuot: unknown key. Did you mean 'dropout'? Known: dropout, heads, hiddenSize, mode, training."
    ),
    (
      #"{"encoder": {"type": "stub-encoder", "training": {"epoch": 1}}}"#,
      "encoder.training.epoch: unknown key. Did you mean 'epochs'? Known: batchSize, beta2, earlyStopping, epochs, "
        + "halveAfterSteps, learningRate, weightDecay."
    ),
    (
      #"{"scorer": "guidign"}"#,
      "scorer: nothing is registered as 'guidign'. Did you mean 'guiding'? Registered: guiding, popular, preference."
    ),
    (
      #"{"scorer": {"type": "zzzzzzzz"}}"#,
      "scorer: nothing is registered as 'zzzzzzzz'. Registered: guiding, popular, preference."
    ),
    (
      #"{"encoder": {"dropout": "much", "type": "stub-encoder"}}"#,
      "encoder.dropout: expected a number, found \"much\"."
    ),
    (
      #"{"encoder": {"heads": 1.5, "type": "stub-encoder"}}"#,
      "encoder.heads: expected a whole number in range, found 1.5."
    ),
    (
      #"{"encoder": {"training": 3, "type": "stub-encoder"}}"#,
      "encoder.training: expected an object, found 3."
    ),
    (
      #"{"encoder": {"mode": "fancey", "type": "stub-encoder"}}"#,
      "encoder.mode: unknown value 'fancey'. Did you mean 'fancy'? Known: fancy, plain."
    ),
    (
      #"{"encoder": {"dropout": 1, "type": "stub-encoder"}}"#,
      "encoder.dropout: 1.0 is out of range; expected at least 0.0 and below 1.0."
    ),
    (
      #"{"encoder": {"heads": 0, "type": "stub-encoder"}}"#,
      "encoder.heads: 0 is out of range; expected a value above 0."
    ),
    (
      #"{"encoder": {"hiddenSize": 1, "type": "stub-encoder"}}"#,
      "encoder.hiddenSize: 1 is out of range; expected at least 2."
    ),
    (
      #"{"dataset": {"type": "stub-data", "size": {"users": 9999}}}"#,
      "dataset.size.users: 9999 is out of range; expected 1 to 5000."
    ),
    (
      #"{"dataset": {"type": "stub-data", "columns": ["user", 3]}}"#,
      "dataset.columns[1]: expected a string, found 3."
    ),
    (
      #"{"dataset": {"type": "stub-data", "preset": "larg"}}"#,
      "dataset.preset: unknown preset. Did you mean 'large'? Known: large."
    ),
    (
      #"{"encoder": {"type": "stub-encoder", "training": {"earlyStopping": {"metric": "ndgc@20"}}}}"#,
      "encoder.training.earlyStopping.metric: nothing is registered as 'ndgc'. Did you mean 'ndcg'? Registered: ioi, ndcg."
    ),
    (
      #"{"encoder": {"type": "stub-encoder", "training": {"earlyStopping": {"metric": "ndcg"}}}}"#,
      "encoder.training.earlyStopping.metric: 'ndcg' is not a metric with a cutoff; expected something like 'ndcg@20'."
    ),
    (
      #"{"encoder": {"type": "stub-encoder", "training": {"earlyStopping": {"metric": "ioi@5"}}}}"#,
      "encoder.training.earlyStopping.metric: 'ioi' is not a ranking metric. Ranking metrics: ndcg."
    ),
    (
      #"{"encoder": {"type": "stub-encoder", "hiddenSize": 13}}"#,
      "encoder: thirteen is refused by the initializer."
    ),
    (
      #"{"encoder": 7}"#,
      "encoder: expected an object with a 'type', found 7. Types: other-encoder, stub-encoder."
    ),
    (#"{"guards": {"type": "stub-guard"}}"#, "guards: expected a list, found an object."),
    (
      #"{"guards": ["stub-guard", {"type": "stub-guard", "shar": 1}]}"#,
      "guards[1].shar: unknown key. Did you mean 'share'? Known: share."
    ),
    (
      #"{"masking": "zer"}"#,
      "masking: unknown value \"zer\". Did you mean 'zero'? Known: exclude, none, zero."
    ),
    (#"{"masking": 3}"#, "masking: unknown value 3. Known: exclude, none, zero."),
    (#"{"dataset": null}"#, "dataset: missing: name a dataset. Registered: stub-data."),
    (#"{"name": "a/b"}"#, "name: 'a/b' cannot be the name of a folder."),
    (#"{"name": 4}"#, "name: expected a string, found a number."),
    (#"{"trajectories": "yes"}"#, "trajectories: expected true or false, found a string."),
    (#"{"variants": ["a"]}"#, "variants: expected an object of named patches, found a list."),
  ])
  func oneMistake(patch: String, message: String) { #expect(complaints(Self.ranking, patch) == [message]) }

  @Test func aNullIsNotANumber() {
    let text =
      #"{"dataset": "stub-data", "task": "ranking", "encoder": {"type": "stub-encoder", "heads": null}}"#
    #expect(complaint { try resolve(text) }.contains("f.json: encoder.heads: expected a number, found null."))
  }

  @Test func metricsOfAnotherTask() {
    let found = complaints(Self.ranking, #"{"metrics": ["ndcg", "ioi"]}"#)
    #expect(found.count == 1)
    #expect(
      found.first?.hasPrefix("metrics[1]: 'ioi' cannot be computed by the task 'ranking'. Metrics here: ")
        == true,
      "\(found)")
    #expect(found.first?.contains("ioi,") == false)
  }

  @Test func aVariantCannotChangeTheStudy() {
    #expect(
      complaints(Self.ranking, #"{"variants": {"a": {"seeds": [2]}, "b": {"name": "other"}}}"#) == [
        "variants.a.seeds: this belongs to the whole study; a variant cannot change it.",
        "variants.b.name: this belongs to the whole study; a variant cannot change it.",
      ])
  }

  @Test func theVariantToCompareWithMustExist() throws {
    #expect(
      complaints(Self.ranking, #"{"variants": {"one": {}, "two": {}}, "compareWith": "twp"}"#) == [
        "compareWith: there is no variant \"twp\". Did you mean 'two'? Variants: one, two."
      ])
    let named = try resolve(Self.ranking, #"{"variants": {"one": {}, "two": {}}, "compareWith": "two"}"#)
    #expect(named.compareWith == "two")
    #expect(try resolve(Self.ranking, #"{"variants": {"one": {}, "two": {}}}"#).compareWith == "one")
  }

  @Test func unknownKeysAtTheTop() {
    let found = complaints(Self.ranking, #"{"scroer": "popular"}"#)
    #expect(found.count == 1)
    #expect(
      found.first?.hasPrefix(
        "scroer: unknown key. Did you mean 'scorer'? Known: $schema, arousal, axis, compareWith, cumulative,")
        == true)
    #expect(
      complaints(Self.guided, #"{"environment": {"clickmodel": "sigmoid"}}"#) == [
        "environment.clickmodel: unknown key. Did you mean 'clickModel'? Known: clickModel, dynamics, embeddings."
      ])
    #expect(
      complaints(Self.guided, #"{"environment": 3}"#).first
        == "environment: expected an object, found a number.")
  }

  @Test func whatATaskDoesNotUseIsAnError() {
    #expect(
      complaints(Self.ranking, #"{"arousal": "fixed"}"#)
        == ["arousal: the task 'ranking' does not use this; remove it."])
    #expect(
      complaints(Self.ranking, #"{"environment": {"embeddings": "stub-embeddings"}}"#)
        == ["environment.embeddings: the task 'ranking' does not use this; remove it."])
  }

  @Test func missingNeedsAreSaid() {
    #expect(
      complaints(Self.ranking, #"{"scorer": {"type": "preference"}}"#)
        == ["scorer: 'preference' needs an encoder; add \"encoder\" to the spec."])
    #expect(
      complaints(Self.guided, #"{"intents": null}"#)
        == ["scorer: 'guiding' needs intents; add \"intents\" to the spec."])
    let found = complaints(Self.ranking, #"{"scorer": {"type": "guiding"}, "encoder": "stub-encoder"}"#)
    #expect(found.first == "scorer: 'guiding' guides to a target, and this task has none.")
    #expect(
      complaints(Self.guided, #"{"encoder": null}"#).contains(
        "targetSelector: 'matching' needs an encoder; add \"encoder\" to the spec."))
    #expect(
      complaints(Self.guided, #"{"targetSelector": null}"#)
        == ["targetSelector: missing: name a targetSelector. Registered: matching."])
  }

  @Test func aSelectorMayHaveAnEncoderOfItsOwn() throws {
    let patch = #"{"targetSelector": {"type": "matching", "encoder": {"type": "other-encoder", "depth": 9}}}"#
    let variant = try resolve(Self.guided, patch).variants[0]
    #expect(variant.component(.matcher) is OtherEncoder)
    #expect(variant.effective.value(at: ["targetSelector", "encoder", "depth"]) == .number(9))
    #expect(variant.effective.value(at: ["targetSelector", "count"]) == .number(5))
    let base = """
      {"targetSelector": {"type": "matching", "encoder": "base"},
       "variants": {"a": {}, "b": {"encoder": {"type": "other-encoder"}}}}
      """
    let variants = try resolve(Self.guided, base).variants
    #expect(variants.map { $0.component(.encoder) is StubEncoder } == [true, false])
    #expect(variants.allSatisfy { $0.component(.matcher) is StubEncoder })
    #expect(
      complaints(
        Self.guided, #"{"encoder": null, "targetSelector": {"type": "matching", "encoder": "base"}}"#
      )
      .contains("targetSelector.encoder: 'base' means the spec's own encoder, and it has none."))
  }

  @Test(
    arguments: [
      (#"[3, 1]"#, [3, 1]), ("4", [1, 2, 3, 4]), ("[0]", [0]), ("[9007199254740991]", []),
      ("[4503599627370496]", [4_503_599_627_370_496]),
    ] as [(String, [UInt64])])
  func seeds(text: String, expected: [UInt64]) throws {
    guard !expected.isEmpty else {
      #expect(complaints(Self.ranking, #"{"seeds": \#(text)}"#).count == 1)
      return
    }
    #expect(try resolve(Self.ranking, #"{"seeds": \#(text)}"#).seeds == expected)
  }

  @Test(arguments: ["0", "-1", "1.5", "[]", "[1, 1]", "[1.5]", "[-1]", #"["1"]"#, #""3""#, "{}", "true"])
  func badSeeds(text: String) {
    #expect(
      complaints(Self.ranking, #"{"seeds": \#(text)}"#)
        == ["seeds: expected a list of whole numbers from 0, each once, or a count of seeds above 0."])
  }

  @Test func everythingWrongIsSaidAtOnce() {
    let patch = """
      {"datset": 1, "encoder": {"type": "stub-encoder", "dropout": 2, "heads": 0}, "scorer": "nobody", "seeds": 0,
       "guards": [{"type": "stub-guard", "sahre": 1}], "masking": "maybe"}
      """
    let found = complaints(Self.ranking, patch)
    for place in [
      "datset:", "encoder.dropout:", "encoder.heads:", "scorer:", "seeds:", "guards[0].sahre:", "masking:",
    ] {
      #expect(found.count { $0.hasPrefix(place) } == 1, "\(place) in \(found)")
    }
    #expect(found.count == 7)
    let text = complaint { try resolve(Self.ranking, patch) }
    #expect(text.split(separator: "\n").count == 7)
    #expect(text.split(separator: "\n").allSatisfy { $0.hasPrefix("f.json: ") })
  }

  @Test func mistakesOfTheBaseAreSaidOnce() {
    let patch =
      #"{"dataset": {"type": "stub-data", "pth": 1}, "variants": {"a": {}, "b": {"scorer": "popular"}}}"#
    #expect(
      complaints(Self.ranking, patch)
        == ["dataset.pth: unknown key. Did you mean 'path'? Known: columns, path, size."])
  }

  @Test func mistakesOfAVariantNameIt() {
    let patch = """
      {"variants": {"good": {}, "w/o x": {"guards": [{"type": "stub-guard", "shrae": 1}]},
       "odd": {"scorer": {"type": "nobody"}}}}
      """
    let found = complaints(Self.ranking, patch)
    #expect(found.first == "variants.w/o x.guards[0].shrae: unknown key. Did you mean 'share'? Known: share.")
    #expect(found.last?.hasPrefix("variants.odd.scorer: nothing is registered as 'nobody'.") == true)
    #expect(found.count == 2)
    #expect(
      complaints(Self.ranking, #"{"variants": {"a": 3}}"#) == [
        "variants.a: expected an object, found a number."
      ])
  }

  @Test func theSameMistakeInTwoVariantsIsSaidOnceAndNamesBoth() {
    let patch = #"{"variants": {"a": {"scorer": "nobody"}, "b": {"scorer": "nobody"}}}"#
    let found = complaints(Self.ranking, patch)
    #expect(found.count == 1 && found[0].hasPrefix("variants.a.scorer: nothing is registered as 'nobody'."))
    #expect(found[0].hasSuffix(" (Also in 'b'.)"))
  }

  @Test func aMistakeOfTheBaseIsNotBlamedOnAVariantThatTouchesItsNeighbour() {
    let base = #"{"scorer": {"type": "guiding", "lamda": 3}, "variants": {"a": {"scorer": {"gain": 1}}}}"#
    let found = complaints(Self.guided, base)
    #expect(found == ["scorer.lamda: unknown key. Did you mean 'lambda'? Known: gain, lambda."])
  }

  @Test func variantsKeepTheOrderWritten() throws {
    let spec = try resolve(Self.ranking, #"{"variants": {"z": {}, "a": {}, "m": {}}}"#)
    #expect(spec.variants.map(\.name) == ["z", "a", "m"])
    #expect(try resolve(Self.ranking).variants.map(\.name) == ["s"])
  }

  @Test func theNameComesFromTheFile() throws {
    let json = try JSON(parsing: #"{"dataset": "stub-data", "task": "ranking", "scorer": "popular"}"#)
    #expect(
      try SpecDocument(json, file: "Experiments/pacing.json").resolve(in: stubRegistry()).name == "pacing")
  }
}
