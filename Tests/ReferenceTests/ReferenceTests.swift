import Beckon
import BeckonCLI
import Foundation
import Lab
import Testing

// Against figures and checkpoints that others published or computed. They need files that are not in the
// repository; without them the suites say so and are skipped. What is slow runs in release alone.

private func folder(_ variable: String) -> URL? {
  ProcessInfo.processInfo.environment[variable].map { URL(filePath: $0) }
}
private let data = folder("BECKON_DATA")
private let reference = folder("BECKON_REFERENCE")
private let noData = "skipped: set BECKON_DATA to the folder that holds ml-100k and beauty"
private let noReference = "skipped: set BECKON_REFERENCE to the folder that holds iclrec-beauty"

/// Runs a spec of Experiments/ from nothing.
private func run(_ spec: String, keeping variants: [String]? = nil) throws -> StudyResults {
  let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  let path = package.appending(path: "Experiments/\(spec)").path(percentEncoded: false)
  let registry = try StandardRegistry.make()
  let whole = try SpecDocument(contentsOf: path).root
  var root = whole
  if let variants {
    root.set(.members(variants.map { ($0, whole.value(at: ["variants", $0]) ?? .null) }), at: ["variants"])
  }
  let output = FileManager.default.temporaryDirectory.appending(path: "reference-\(UUID().uuidString)")
  defer { try? FileManager.default.removeItem(at: output) }
  return try Study(
    spec: SpecDocument(root, file: path).resolve(in: registry), registry: registry,
    locations: DataLocations(folders: [data, reference].compactMap { $0 }), output: output,
    pieces: output.appending(path: "pieces")
  ).run()
}

private func rounded(_ value: Double?) -> Double? { value.map { ($0 * 10_000).rounded() / 10_000 } }

@Suite(.enabled(if: data != nil, "\(noData)"))
struct ExactAnchorTests {
  /// Figures of an independent program: HR, NDCG, MRR at 10.
  private static let anchors: [String: [Double]] = [
    "popularity": [0.0859, 0.0449, 0.0326], "popularity unmasked": [0.0498, 0.0224, 0.0142],
    "item-knn": [0.1082, 0.0558, 0.0401], "item-knn unmasked": [0.0541, 0.0285, 0.0210],
    "ease": [0.1410, 0.0735, 0.0532], "ease unmasked": [0.0361, 0.0156, 0.0096],
    "markov": [0.1442, 0.0766, 0.0562], "markov unmasked": [0.1092, 0.0552, 0.0390],
  ]

  private func check(_ variants: [String]) throws {
    let results = try run("next-item/exact-anchors.json", keeping: variants)
    #expect(results.runs.count == variants.count)
    for run in results.runs {
      let found = ["hit@10", "ndcg@10", "mrr@10"].map { rounded(run.record.metric($0)) }
      #expect(found == Self.anchors[run.variant], "\(run.variant)")
      #expect(run.record.facts["queries"] == .number(943))
    }
    let data = try #require(results.data[variants[0]])
    #expect(data["users"] == .number(943) && data["items"] == .number(1682))
    #expect(data["interactions"] == .number(100_000))
  }

  @Test func popularityAndTransitions() throws {
    try check(["popularity", "popularity unmasked", "markov", "markov unmasked"])
  }

  #if !DEBUG
    @Test func neighboursAndEASE() throws {
      try check(["item-knn", "item-knn unmasked", "ease", "ease unmasked"])
    }
  #endif
}

@Suite(.enabled(if: reference != nil, "\(noReference)"))
struct PublishedCheckpointTests {
  /// The published ICLRec checkpoint, with a dataset of as many items and no events to speak of.
  private static func encoder() throws -> any Beckon.Encoder {
    let registry = try StandardRegistry.make()
    let spec = #"{"type": "iclrec", "preset": "official", "weights": "iclrec-beauty/weights.safetensors"}"#
    var problems: [Problem] = []
    let made = registry.make(.encoder, from: try JSON(parsing: spec), path: "encoder", problems: &problems)
    #expect(problems.isEmpty)
    var encoder = try #require(made?.component as? any Beckon.Encoder)
    var events = Interactions()
    events.keepsNumbers = true
    events.users = [0]
    events.items = [0]
    events.userIdentifiers = ["nobody"]
    for item in 1...12_101 { events.catalogue.append("\(item)") }
    let split = Split(dataset: try Dataset(events), training: [[]], validation: [], test: [])
    try encoder.train(
      TrainingContext(
        split: split, seed: 1, masking: .zero, embeddings: nil,
        locations: DataLocations(folders: [try #require(reference)]),
        rankingMetric: { try registry.rankingMetric(named: $0) }, progress: ProgressReporter()))
    return encoder
  }

  @Test func hiddenVectorsAndTopItemsOfSixtyFourUsers() throws {
    let path = try #require(reference).appending(path: "iclrec-beauty/users64.safetensors").path(
      percentEncoded: false)
    let tensors = try Safetensors.read(path)
    let inputs = try #require(tensors["input_ids"])
    let expected = try #require(tensors["last_hidden"]).matrix
    let top = try #require(tensors["top20_strict"]).integers
    #expect(inputs.shape == [64, 50] && expected.rows == 64 && top.count == 64 * 20)

    let histories = (0..<64).map { user in
      let row = inputs.integers[user * 50..<(user + 1) * 50].filter { $0 > 0 }.map { Int32($0 - 1) }
      return UserHistory(user: Int32(user), past: row[...])
    }
    let encoder = try Self.encoder()
    let states = try encoder.encode(histories)
    let worst = zip(states.values, expected.values).map { abs($0 - $1) }.max() ?? .infinity
    #expect(states.count == expected.count && worst < 1e-5, "worst difference \(worst)")

    let preferences = encoder.preferences(of: states)
    #expect(preferences.columns == 12_101)
    // The window has the newest 50 items; what was met before is only in the data.
    let rows = try #require(tensors["user_index"]).integers
    let lines = try data.map {
      try String(contentsOf: $0.appending(path: "beauty/Beauty.txt"), encoding: .utf8).split(separator: "\n")
    }
    for user in 0..<64 {
      var met = Set(histories[user].past)
      if histories[user].count == 50 {
        guard let lines else { continue }
        let sequence = lines[Int(rows[user])].split(separator: " ").dropFirst().compactMap { Int32($0) }.map {
          $0 - 1
        }
        #expect(Array(sequence.dropLast().suffix(50)) == Array(histories[user].past), "user \(user)")
        met = Set(sequence.dropLast())
      }
      let list = (0..<Int32(12_101)).filter { !met.contains($0) }
        .sorted { (-preferences[user, Int($0)], $0) < (-preferences[user, Int($1)], $1) }.prefix(20)
      #expect(list.map { Int64($0) + 1 } == Array(top[user * 20..<(user + 1) * 20]), "user \(user)")
    }
  }

  #if !DEBUG
    @Test(.enabled(if: data != nil, "\(noData)"))
    func metricsOfAllUsers() throws {
      let file = try #require(reference).appending(path: "iclrec-beauty/metrics.json")
      let published = try JSON(parsing: String(contentsOf: file, encoding: .utf8))
      let record = try #require(try run("next-item/iclrec-weights.json").runs.first).record
      for (name, own) in [("HR", "hit"), ("NDCG", "ndcg")] {
        for cutoff in [5, 10, 20] {
          let expected = published.value(at: ["test_metrics_iclrec_rule", "\(name)@\(cutoff)"])?.number
          #expect(expected != nil)
          #expect(rounded(record.metric("\(own)@\(cutoff)")) == rounded(expected), "\(name)@\(cutoff)")
        }
      }
    }
  #endif
}
