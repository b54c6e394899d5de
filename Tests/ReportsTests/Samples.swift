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

  /// A study over the product of some axes; the variant at places i, j, … has `ioi@k` = i + j/10 + …, plus k/1000, and
  /// a drift that falls as it rises.
  static func grid(
    _ axes: [(path: String, labels: [String])], seeds: [UInt64] = [1, 2], rounds: Int = 0
  ) -> StudyResults {
    var places: [[Int]] = [[]]
    for axis in axes { places = places.flatMap { place in axis.labels.indices.map { place + [$0] } } }
    var runs: [StudyResults.Run] = []
    var variants: [ResolvedVariant] = []
    let columns = ["round", "ioi", "ior", "click-rate", "twin-ioi", "twin-ior", "twin-click-rate"]
    for place in places {
      var level = 0.0
      for digit in place.reversed() { level = level / 10 + Double(digit) }
      let coordinates = zip(axes, place).map {
        ResolvedVariant.Coordinate(axis: $0.path, label: $0.labels[$1])
      }
      let name = coordinates.map { "\($0.axis.split(separator: ".").last ?? "") \($0.label)" }.joined(
        separator: ", ")
      variants.append(
        ResolvedVariant(
          name: name, effective: .members([("scorer", .members([("type", .string("ipg"))]))]), parts: [:],
          masking: .exclude, coordinates: coordinates))
      for seed in seeds {
        let noise = Double(seed) / 1000
        let means: [(String, Double)] = [
          ("ioi@5", level + 0.005), ("ioi@10", level + 0.01), ("drift@10", -level),
        ]
        let values = means.map { TaskResult.Value(name: $0.0, perUser: [$0.1 + noise]) }
        let rows = (0..<rounds).map { round -> [Double] in
          [Double(round + 1), level * Double(round + 1), level, 0.5, 0.1 * Double(round), 0, 0.25]
        }
        runs.append(run(name, seed, values, rounds > 0 ? (columns, rows) : ([], [])))
      }
    }
    let spec = ResolvedSpec(
      file: "grid.json", name: "grid", description: "", variants: variants, seeds: seeds, trajectories: false)
    return StudyResults(spec: spec, data: [:], runs: runs, coreDigest: "c0de", seconds: 1)
  }

  /// A study over `scorer.lambda`: variant v has `ioi@5` = v's value and `ioi@10` = twice that, plus seed/100.
  static func sensitivity(_ variants: [(name: String, lambda: Double)]) -> StudyResults {
    let runs = variants.flatMap { name, lambda in
      [1, 2].map { (seed: UInt64) in
        let level = lambda + Double(seed) / 100
        let values = [("ioi@5", level), ("ioi@10", 2 * level)].map {
          TaskResult.Value(name: $0.0, perUser: [$0.1])
        }
        return run(name, seed, values, ([], []))
      }
    }
    return study(
      variants.map(\.name), [1, 2], runs, environment: false, lambdas: variants.map(\.lambda),
      axis: "scorer.lambda")
  }

  /// A bridge with the given values of each variant in each seed, the same for each metric.
  static func bridge(
    _ values: [(name: String, values: [Double])], metrics: [String] = ["ioi@10"],
    scale: [String: Double] = [:]
  ) -> StudyResults {
    let seeds = values[0].values.indices.map { UInt64($0 + 1) }
    let runs = values.flatMap { name, values in
      zip(seeds, values).map { seed, value in
        run(
          name, seed, metrics.map { TaskResult.Value(name: $0, perUser: [value * (scale[$0] ?? 1)]) },
          ([], []))
      }
    }
    return study(values.map(\.name), seeds, runs, environment: false, isCumulative: true)
  }

  /// A run of one variant and seed with the given facts and metrics.
  static func single(_ facts: JSON, metrics: [(name: String, value: Double)] = [("ioi@2", 1)]) -> StudyResults
  {
    let values = metrics.map { TaskResult.Value(name: $0.name, perUser: [$0.value]) }
    let record = CellRecord(identity: "one", result: TaskResult(values: values, facts: facts))
    let run = StudyResults.Run(variant: "one", seed: 1, record: record, seconds: 1, reused: false)
    return study(["one"], [1], [run], environment: false)
  }

  /// A user of three dimensions who is shown two items and takes the second; the third round has nothing to show.
  ///
  /// - Parameter stays: whether the user had met the target and is shown other things alone.
  static func followed(user: String = "u<1>", stays: Bool = false) -> JSON {
    func item(_ id: String, _ name: String, _ categories: String...) -> JSON {
      .members([
        ("id", .string(id)), ("name", .string(name)), ("categories", .array(categories.map { .string($0) })),
      ])
    }
    func rows(_ rows: [[Double]]) -> JSON { .array(rows.map { .array($0.map { .number($0) }) }) }
    func round(_ items: [JSON], _ clicked: JSON, _ answered: Bool, _ interest: Double) -> JSON {
      .members([
        ("items", .array(items)), ("clicked", clicked), ("answered", .bool(answered)),
        ("probability", .number(0.25)), ("interest", .number(interest)),
      ])
    }
    let (target, other) = (item("9", "Aliens & <b>us</b>", "Sci-Fi", "War"), item("3", "", "Drama"))
    let start = [0.6, -0.8, 0]
    let end = stays ? start : [0.8, -0.6, 0]
    return .members([
      ("user", .string(user)), ("target", target), ("knewTarget", .bool(stays)), ("history", .array([other])),
      ("interest", .number(0.125)),
      (
        "rounds",
        .array([
          round([other], .null, false, 0.125),
          stays ? round([other], other, true, 0.125) : round([target], target, true, 0.5),
          round([], .null, true, stays ? 0.125 : 0.5),
        ])
      ),
      (
        "vectors",
        .members([
          ("user", rows([start, start, end, end])),
          ("shown", rows([[0, 0, 1], [1, 0, 0], []])), ("target", rows([[1, 0, 0]])),
        ])
      ),
    ])
  }

  private static func run(
    _ variant: String, _ seed: UInt64, _ values: [TaskResult.Value],
    _ rounds: (columns: [String], rows: [[Double]])
  ) -> StudyResults.Run {
    let facts =
      rounds.rows.isEmpty
      ? JSON.members([])
      : JSON.members([
        ("dynamicsOwner", .string("policy")), ("usersBeyondWindow", .number(0.5)),
        ("clickProbability", .array([.number(0.1), .number(0.9)])),
        ("targets", .array([.members([("id", .string("7")), ("name", .string(hostile))])])),
      ])
    let record = CellRecord(
      identity: "\(variant)-\(seed)", result: TaskResult(values: values, rounds: rounds, facts: facts))
    return StudyResults.Run(variant: variant, seed: seed, record: record, seconds: 1, reused: false)
  }

  private static func study(
    _ names: [String], _ seeds: [UInt64], _ runs: [StudyResults.Run], environment: Bool,
    lambdas: [Double]? = nil, isCumulative: Bool = false, axis: String = ""
  ) -> StudyResults {
    let variants = names.enumerated().map { index, name in
      var effective = JSON.members([
        ("dataset", .members([("type", .string("synthetic"))])),
        ("split", .members([("type", .string("leave-one-out"))])),
        (
          "scorer",
          .members([("type", .string("ipg")), ("lambda", .number(lambdas?[index] ?? Double(index)))])
        ),
      ])
      if environment {
        effective.set(.members([("type", .string("policy-controlled"))]), at: ["environment", "dynamics"])
      }
      return ResolvedVariant(name: name, effective: effective, parts: [:], masking: .exclude)
    }
    let spec = ResolvedSpec(
      file: "spec.json", name: "study \(hostile)", description: "Why? Because 1 < 2 & 3 > 2.",
      variants: variants,
      seeds: seeds, trajectories: false, isCumulative: isCumulative, axis: axis)
    let data = JSON.members([
      ("source", .string("synthetic")), ("terms", .string("for \(hostile) alone")),
      ("fingerprint", .string(String(repeating: "ab", count: 32))),
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
