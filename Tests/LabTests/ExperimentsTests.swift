import Beckon
import BeckonCLI
import Testing

@testable import Lab

/// Every spec in Experiments/: it resolves as it stands, and runs in small on the synthetic world.
struct ExperimentsTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Experiments")

  static let files: [String] = {
    let walk = FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil)
    let urls = (walk?.compactMap { $0 as? URL } ?? []).filter { $0.pathExtension == "json" }
    let lead = root.path(percentEncoded: false)
    // A folder of parts holds what studies extend, no studies.
    return urls.filter { !$0.pathComponents.contains("parts") }
      .map { String($0.path(percentEncoded: false).dropFirst(lead.count + 1)) }.sorted()
  }()

  @Test func thereAreSpecs() {
    #expect(Self.files.count >= 4 && Self.files.contains("quickstart/quickstart.json"))
  }

  private static let hasPython =
    ProgramSearch.find("python3", in: ProcessInfo.processInfo.environment["PATH"]) != nil

  @Test(arguments: files)
  func resolvesAndRuns(file: String) throws {
    guard Self.hasPython || !file.hasPrefix("external/") else {
      print("skipped: \(file) needs python3")
      return
    }
    let path = Self.root.appending(path: file).path(percentEncoded: false)
    let registry = try StandardRegistry.make()
    let whole = try SpecDocument(contentsOf: path).resolve(in: registry)
    #expect(!whole.description.isEmpty, "it does not say what it asks")

    let small = try Self.shrunk(SpecDocument(contentsOf: path).root)
    let run = try Bench().run(SpecDocument(small, file: path), "out", registry)
    #expect(run.results.runs.map(\.variant) == whole.variants.map(\.name))
    for result in run.results.runs {
      #expect(!result.record.metrics.isEmpty)
      for (name, value) in result.record.metrics {
        #expect(value?.isFinite ?? true, "\(result.variant): \(name)")
      }
      #expect(result.record.metrics.contains { $0.value != nil })
    }
  }

  @Test(arguments: ["ml-100k", "lastfm"])
  func theBridgeLeadsFromThePaperToTheReleasedCode(dataset: String) throws {
    let registry = try StandardRegistry.make()
    func variants(_ study: String) throws -> [ResolvedVariant] {
      let path = Self.root.appending(path: "itmprec/\(study)/\(dataset).json").path(percentEncoded: false)
      return try SpecDocument(contentsOf: path).resolve(in: registry).variants
    }
    /// Readings share their targets among variants; each step of the bridge has its own.
    func effective(_ variant: ResolvedVariant?) -> JSON? {
      var result = variant?.effective
      result?.set(nil, at: ["targetSelector", "encoder"])
      return result
    }
    let bridge = try variants("bridge")
    let paper = try variants("paper").first { $0.name == "ITMPRec" }
    let released = try variants("released-code").first { $0.name == "ITMPRec" }
    #expect(effective(bridge.first) == effective(paper) && paper != nil)
    #expect(effective(bridge.last) == effective(released) && released != nil)
    for (before, after) in zip(bridge, bridge.dropFirst()) {
      #expect(before.effective != after.effective, "\(after.name) changes nothing")
    }
  }

  /// A spec whose variants are written one by one, whatever makes them.
  private static func spelledOut(_ spec: JSON) -> JSON {
    guard spec["grid"] != nil || spec["leaveOneOut"] != nil else { return spec }
    let study = ["name", "description", "seeds", "compareWith", "trajectories", "axis", "$schema"]
    let variants = SpecDocument(spec).variants().map { variant -> (String, JSON) in
      let own = (variant.root.object?.members ?? []).filter {
        !study.contains($0.key) && spec[$0.key] != $0.value
      }
      return (variant.name, JSON.members(own))
    }
    var result = spec
    for key in ["grid", "leaveOneOut"] { result.set(nil, at: [key]) }
    result.set(.members(variants), at: ["variants"])
    return result
  }

  /// A small world, two rounds, one epoch; everything else as written.
  private static func shrunk(_ written: JSON) throws -> JSON {
    let original = spelledOut(written)
    var spec = original
    let world = try JSON(parsing: Bench.base)
    if original["axis"] != nil { spec.set(nil, at: ["axis"]) }
    // Names of users and items belong to the study's own data.
    spec.set(nil, at: ["task", "follow"])
    if original.value(at: ["targetSelector", "type"]) == .string("list") {
      spec.set(.string("random"), at: ["targetSelector", "type"])
      spec.set(nil, at: ["targetSelector", "items"])
    }
    for key in ["dataset", "split"] { spec.set(world[key], at: [key]) }
    if let type = original.value(at: ["split", "type"]) { spec.set(type, at: ["split", "type"]) }
    spec.set(.array([]), at: ["filters"])
    spec.set(.array([.number(1)]), at: ["seeds"])
    if original.value(at: ["task", "rounds"]) != nil { spec.set(.number(2), at: ["task", "rounds"]) }
    spec.set(.array([.number(1), .number(2)]), at: ["task", "cutoffs"])
    if original.value(at: ["environment", "embeddings"]) != nil {
      spec.set(.string("world"), at: ["environment", "embeddings"])
    }
    let variants = original["variants"]?.object?.keys.map { ["variants", $0] } ?? []
    for prefix in [[]] + variants {
      let part = original.value(at: prefix) ?? .null
      // Nobody serves a language model to a test.
      let clicks = ["environment", "clickModel"]
      if part.value(at: clicks + ["type"]) == .string("llm-agent") {
        spec.set(.string("sigmoid"), at: prefix + clicks)
      }
      // Nobody rates anything in the small world.
      if !prefix.isEmpty, part["split"] != nil {
        for key in ["minimumRating", "grades"] { spec.set(nil, at: prefix + ["split", key]) }
      }
      for place in [["encoder"], ["targetSelector", "encoder"]] {
        guard let encoder = part.value(at: place), encoder.object != nil else { continue }
        let at = prefix + place
        let isNarrow = encoder["type"] == .string("sasrec-original")
        for key in ["hiddenSize", "maximumLength"] + (isNarrow ? [] : ["innerSize"]) {
          spec.set(.number(6), at: at + [key])
        }
        spec.set(.number(1), at: at + ["training", "epochs"])
        if encoder["weights"] != nil { spec.set(.string(""), at: at + ["weights"]) }
        let type = encoder["type"] ?? original.value(at: place + ["type"])
        if type == .string("iclrec") || type == .string("icsrec") {
          spec.set(.number(2), at: at + ["intentCount"])
        }
      }
      if part["targetSelector"]?.object != nil {
        spec.set(.number(2), at: prefix + ["targetSelector", "count"])
        if part.value(at: ["targetSelector", "category"]) != nil {
          spec.set(.string("topic 1"), at: prefix + ["targetSelector", "category"])
        }
        if part.value(at: ["targetSelector", "path"]) != nil {
          spec.set(.string(""), at: prefix + ["targetSelector", "path"])
        }
      }
      if part["intents"]?.object != nil { spec.set(.number(2), at: prefix + ["intents", "count"]) }
    }
    return spec
  }
}
