import Beckon
import Lab

/// Results made up for the tests: every part of a report has something to say.
enum Samples {
  static let hostile = "<script>alert(\"1\")</script> & 'w/o P'"

  /// A nudge study; variant v, seed s has `ioi@k` = v/10 + s/100.
  static func nudge(
    _ names: [String] = ["plain", hostile, "third"], seeds: [UInt64] = [1, 2, 3], rounds: Int = 5
  ) -> StudyResults {
    let runs = names.enumerated().flatMap { index, name in
      seeds.map { seed in
        let level = Double(index) / 10 + Double(seed) / 100
        let values = ["ioi@5", "ioi@10", "hr@5", "hr@10"].map {
          TaskResult.Value(name: $0, perUser: [level, level])
        }
        let rows = (1...rounds).map { round in
          [
            Double(round), 0.5, level * Double(round), level, 0.2, -level, 0.4, 0.1 * Double(round), 0, 0.1,
            0,
          ]
        }
        let columns = ["click-rate", "ioi", "ior", "drift", "utility"]
        return run(name, seed, values, (["round"] + columns + columns.map { "twin-" + $0 }, rows))
      }
    }
    return study(names, seeds, runs, environment: true)
  }

  /// A next-item study with the given `ndcg@10` of each variant.
  static func nextItem(_ values: [(name: String, value: Double)]) -> StudyResults {
    let runs = values.map { name, value in
      run(name, 1, [TaskResult.Value(name: "ndcg@10", perUser: [value])], ([], []))
    }
    return study(values.map(\.name), [1], runs, environment: false)
  }

  private static func run(
    _ variant: String, _ seed: UInt64, _ values: [TaskResult.Value],
    _ rounds: (columns: [String], rows: [[Double]])
  ) -> StudyResults.Run {
    let facts =
      rounds.rows.isEmpty
      ? JSON.members([])
      : JSON.members([
        ("dynamicsOwner", .string("policy")), ("clickProbability", .array([.number(0.1), .number(0.9)])),
        ("targets", .array([.members([("id", .string("7")), ("name", .string(hostile))])])),
      ])
    let record = CellRecord(
      identity: "\(variant)-\(seed)", result: TaskResult(values: values, rounds: rounds, facts: facts))
    return StudyResults.Run(variant: variant, seed: seed, record: record, seconds: 1, reused: false)
  }

  private static func study(
    _ names: [String], _ seeds: [UInt64], _ runs: [StudyResults.Run], environment: Bool
  ) -> StudyResults {
    let variants = names.enumerated().map { index, name in
      var effective = JSON.members([
        ("dataset", .members([("type", .string("synthetic"))])),
        ("split", .members([("type", .string("leave-one-out"))])),
        ("scorer", .members([("type", .string("ipg")), ("lambda", .number(Double(index)))])),
      ])
      if environment {
        effective.set(.members([("type", .string("policy-controlled"))]), at: ["environment", "dynamics"])
      }
      return ResolvedVariant(name: name, effective: effective, parts: [:], masking: .exclude)
    }
    let spec = ResolvedSpec(
      file: "spec.json", name: "study \(hostile)", description: "Why? Because 1 < 2 & 3 > 2.",
      variants: variants,
      seeds: seeds, trajectories: false)
    let data = JSON.members([
      ("source", .string("synthetic")), ("fingerprint", .string(String(repeating: "ab", count: 32))),
      ("users", .number(12_345)), ("items", .number(10)), ("interactions", .number(99)),
      ("tieRule", .string("file order")), ("usersWithTiedAnswers", .number(0.25)),
      ("masking", .string("exclude")),
    ])
    return StudyResults(
      spec: spec, data: Dictionary(uniqueKeysWithValues: names.map { ($0, data) }), runs: runs,
      coreDigest: "c0de",
      seconds: 1)
  }
}
