import Beckon
import Foundation
import Testing

@testable import BeckonCLI

/// What `beckon plugin new` writes. That every kind builds, keeps the contract and runs is tried by
/// `Tests/Packages/plugin-kinds.sh`.
struct PluginNewTests {
  /// A package without any plugin.
  private func package() throws -> Scratch {
    let scratch = try Scratch()
    _ = try scratch.file("Package.swift", "")
    try FileManager.default.createDirectory(
      atPath: scratch.path("Plugins"), withIntermediateDirectories: true)
    return scratch
  }

  private func new(_ name: String, _ kind: String, _ scratch: Scratch) -> Outcome {
    beckon("plugin", "new", name, "--kind", kind, "--package", scratch.path(""))
  }

  @Test func thereIsOneForEveryKind() {
    #expect(Set(PluginTemplate.all.map(\.registered)) == Set(Kind.allCases))
    #expect(Set(PluginTemplate.all.map(\.kind)).count == PluginTemplate.all.count)
  }

  @Test(arguments: PluginTemplate.all.map(\.kind))
  func theFilesHangTogether(kind: String) throws {
    let template = try #require(PluginTemplate.all.first { $0.kind == kind })
    let scratch = try package()
    let outcome = new("MyWander", kind, scratch)
    #expect(outcome.code == 0, "\(outcome.error)")
    let type = "MyWander" + template.role
    let entry = String(decoding: try scratch.data("Plugins/MyWander/MyWanderPlugin.swift"), as: UTF8.self)
    #expect(
      entry.contains("enum MyWanderPlugin: Plugin") && entry.contains("registry.register(\(type).self)"))
    let component = String(decoding: try scratch.data("Plugins/MyWander/\(type).swift"), as: UTF8.self)
    #expect(component.contains("/// Say here in a sentence"))
    #expect(component.contains("struct \(type): ") && component.contains("\"my-wander\""))
    #expect(!component.contains("Draft") && !component.contains("draft-id"))
    let longest = component.split(separator: "\n").map(\.count).max() ?? 0
    #expect(longest <= 110, "a line of \(longest) characters")
    let spec = try scratch.json("Experiments/my-wander/my-wander.json")
    #expect(spec["name"] == .string("my-wander") && spec.compact.contains("\"my-wander\""))
    #expect((spec["variants"]?.object?.keys.count ?? 0) >= 2)
    #expect(component.contains("examples: [") || ["embeddings", "intents", "task"].contains(kind))
  }

  /// With another component of the kind in its place, every spec is one that resolves.
  @Test(arguments: PluginTemplate.all)
  func theSpecResolves(template: PluginTemplate) throws {
    let draft = PluginDraft(name: "Wander", template: template)
    let spec = try #require(draft.files().last)
    let standIns = [
      "dataset": "synthetic", "filter": "named", "split": "leave-one-out", "encoder": "sasrec",
      "intents": "learned", "targetSelector": "popular", "scorer": "popularity", "guard": "relevance-floor",
      "arousal": "fixed", "embeddings": "world", "clickModel": "sigmoid", "dynamics": "fixed",
      "metric": "ior",
      "ranking-metric": "ndcg", "task": "next-item",
    ]
    let standIn = try #require(standIns[template.kind])
    var text = spec.text.replacing("\"type\": \"wander\"", with: "\"type\": \"\(standIn)\"")
    for key in ["split", "intents", "scorer", "arousal", "clickModel", "embeddings", "dynamics"] {
      text = text.replacing("\"\(key)\": \"wander\"", with: "\"\(key)\": \"\(standIn)\"")
    }
    text = text.replacing("[\"wander\"", with: "[\"\(standIn)\"").replacing(
      "\"most\": 8", with: "\"unused\": 8")
    if template.kind == "filter" {
      text = text.replacing("\n      \"unused\": 8", with: "").replacing("\"named\",", with: "\"named\"")
    }
    let resolved = try SpecDocument(JSON(parsing: text)).resolve(in: StandardRegistry.make())
    #expect(resolved.variants.count >= 2)
  }

  @Test func identifiersAreWordsOfTheName() {
    for (name, identifier) in [
      ("Wander", "wander"), ("MyWander", "my-wander"), ("BPRMax", "bpr-max"), ("SASRec2", "sas-rec2"),
      ("A", "a"),
      ("TwoWay", "two-way"), ("IPG", "ipg"),
    ] {
      #expect(PluginDraft.identifier(of: name) == identifier)
    }
  }

  @Test func nothingThatIsThereIsTouched() throws {
    let scratch = try package()
    #expect(new("Wander", "scorer", scratch).code == 0)
    let before = try scratch.data("Plugins/Wander/WanderScorer.swift")
    let again = new("Wander", "guard", scratch)
    #expect(again.code == 2 && again.error.contains("Plugins/Wander exists already"))
    #expect(try scratch.data("Plugins/Wander/WanderScorer.swift") == before)
    #expect(!scratch.has("Plugins/Wander/WanderGuard.swift"))
    // A component of that name, a type of that name, a spec of that name.
    #expect(new("Popularity", "scorer", scratch).error.contains("there is a scorer 'popularity' already"))
    #expect(new("SASRec", "encoder", scratch).error.contains("the type SASRecEncoder exists already"))
    #expect(new("Trainable", "encoder", scratch).error.contains("the type TrainableEncoder exists already"))
    try FileManager.default.removeItem(atPath: scratch.path("Plugins/Wander"))
    #expect(new("Wander", "guard", scratch).error.contains("Experiments/wander/wander.json exists already"))
  }

  @Test func nonsenseIsRefused() throws {
    let scratch = try package()
    let kind = new("Wander", "scorrer", scratch)
    #expect(kind.code == 2 && kind.error.contains("there is no kind 'scorrer'. Did you mean 'scorer'?"))
    #expect(beckon("plugin", "new", "Wander").error.contains("--kind is missing. Kinds: dataset, filter,"))
    for (name, better) in [
      ("wander", "Wander"), ("my wander", "MyWander"), ("../Wander", "Wander"), ("3", "Wander"),
    ] {
      let outcome = new(name, "scorer", scratch)
      #expect(outcome.code == 2 && outcome.error.contains("such as '\(better)'"), "\(outcome.error)")
    }
    let nowhere = beckon("plugin", "new", "Wander", "--kind", "scorer", "--package", "/tmp")
    #expect(nowhere.code == 2 && nowhere.error.contains("has no Package.swift"))
    #expect(!scratch.has("Experiments"))
  }

  @Test func aProgramBringsComponentsOfItsOwn() throws {
    struct OwnScorer: Scorer {
      static let about = About("own", "Likes everything.")
      let configuration: NoConfiguration
      func scores(_ batch: UserBatch) throws -> Matrix<Float> {
        Matrix(rows: batch.count, columns: batch.itemCount)
      }
    }
    let own: RegistryAddition = {
      try $0.register(plugin: "Own", digest: "1") { try $0.register(OwnScorer.self) }
    }
    #expect(beckon(["components", "scorer/own"]).code == 2)
    let outcome = beckon(["components", "scorer/own"], adding: own)
    #expect(outcome.code == 0 && outcome.output.contains("from: Own"))
    let clash = beckon(
      ["components"],
      adding: {
        try own(&$0); try own(&$0)
      })
    #expect(clash.code == 2 && clash.error.contains("scorer 'own' is registered by Own and again by Own"))
  }
}
