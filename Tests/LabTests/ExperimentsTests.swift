import Beckon
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
    return urls.map { String($0.path(percentEncoded: false).dropFirst(lead.count + 1)) }.sorted()
  }()

  @Test func thereAreSpecs() {
    #expect(Self.files.count >= 4 && Self.files.contains("quickstart/quickstart.json"))
  }

  @Test(arguments: files)
  func resolvesAndRuns(file: String) throws {
    let path = Self.root.appending(path: file).path(percentEncoded: false)
    let registry = try standardRegistry()
    let whole = try SpecDocument(contentsOf: path).resolve(in: registry)
    #expect(!whole.description.isEmpty, "it does not say what it asks")

    var document = try SpecDocument(contentsOf: path)
    try Self.shrink(&document)
    let run = try Bench().run(document, "out", registry)
    #expect(run.results.runs.map(\.variant) == whole.variants.map(\.name))
    for result in run.results.runs {
      #expect(!result.record.metrics.isEmpty)
      for (name, value) in result.record.metrics {
        #expect(value?.isFinite ?? true, "\(result.variant): \(name)")
      }
      #expect(result.record.metrics.contains { $0.value != nil })
    }
  }

  /// A small world, two rounds, one epoch; everything else as written.
  private static func shrink(_ document: inout SpecDocument) throws {
    let original = document.root
    func set(_ path: [String], _ value: String) throws {
      try document.override(path.joined(separator: ".") + "=" + value)
    }
    let world = try JSON(parsing: Bench.base)
    for key in ["dataset", "split"] { try set([key], world[key]?.compact ?? "") }
    for (key, value) in [("filters", "[]"), ("seeds", "[1]")] { try set([key], value) }
    if original.value(at: ["task", "rounds"]) != nil { try set(["task", "rounds"], "2") }
    try set(["task", "cutoffs"], "[1,2]")
    if original.value(at: ["environment", "embeddings"]) != nil {
      try set(["environment", "embeddings"], "\"world\"")
    }

    let variants = original["variants"]?.object?.keys.map { ["variants", $0] } ?? []
    for prefix in [[]] + variants {
      let part = prefix.isEmpty ? original : original.value(at: prefix) ?? .null
      for place in [["encoder"], ["targetSelector", "encoder"]] {
        guard let encoder = part.value(at: place), encoder.object != nil else { continue }
        let at = prefix + place
        for (key, value) in [("hiddenSize", "6"), ("innerSize", "6"), ("maximumLength", "6")] {
          try set(at + [key], value)
        }
        try set(at + ["training", "epochs"], "1")
        if encoder["weights"] != nil { try set(at + ["weights"], "\"\"") }
        if (encoder["type"] ?? original.value(at: place + ["type"])) == .string("iclrec") {
          try set(at + ["intentCount"], "2")
        }
      }
      if part["targetSelector"]?.object != nil {
        try set(prefix + ["targetSelector", "count"], "2")
        if part.value(at: ["targetSelector", "category"]) != nil {
          try set(prefix + ["targetSelector", "category"], "\"topic 1\"")
        }
      }
      if part["intents"]?.object != nil { try set(prefix + ["intents", "count"], "2") }
    }
  }
}
