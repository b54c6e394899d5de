import Beckon
import BeckonCLI
import Testing

@testable import Lab

struct PerUserValuesTests {
  @Test func readsBackWhatARunWrote() throws {
    let bench = Bench()
    let results = try bench.run().results
    for run in results.runs {
      let values = try PerUserValues(of: run, in: bench.folder.appending(path: "out"))
      #expect(
        values.metrics.contains("ioi@3") && Double(values.count) == results.data["full"]?["users"]?.number)
      for metric in values.metrics {
        let mean = try #require(values[metric]).reduce(0, +) / Double(values.count)
        #expect(mean == run.record.metric(metric), "\(metric)")
      }
    }
  }

  @Test func fieldsThatAreMissing() throws {
    let values = try PerUserValues(parsing: "index,a@1,b\n0,0.5,\n1,,-inf\n2,1e-3,nan\n", file: "f")
    #expect(values.metrics == ["a@1", "b"] && values.count == 3 && values["c"] == nil)
    #expect(values["a@1"]?.map(\.description) == ["0.5", "nan", "0.001"])
    #expect(values["b"]?.allSatisfy(\.isNaN) == true)
    #expect(try PerUserValues(parsing: "index\n", file: "f").count == 0)
  }

  @Test(arguments: [
    ("", "f:1: the file ends within a line."),
    ("index,a", "f:1: the file ends within a line."),
    ("index,a\n0,1\n1,0.", "f:3: the file ends within a line."),
    ("user,a\n0,1\n", "f:1: expected 'index' and the names of metrics, each once, found 'user,a'."),
    ("index,a,a\n", "f:1: expected 'index' and the names of metrics, each once, found 'index,a,a'."),
    ("index,a\n0,1\n1,2,3\n", "f:3: expected 2 fields, found 3."),
    ("index,a\n0,1\n2,2\n", "f:3: expected the index 1, found '2'."),
    ("index,a\n0,one\n", "f:2: 'one' is not a number (a)."),
    ("index,a\n0,1\n\n", "f:3: expected 2 fields, found 1."),
  ])
  func damagedFiles(text: String, message: String) {
    let said = complaint { try PerUserValues(parsing: text, file: "f") }
    #expect(said == message + " Remove the cell's folder and run the study again.")
  }

  @Test func aMissingFile() throws {
    let bench = Bench()
    let results = try bench.run(#"{"seeds": [1]}"#).results
    for file in try bench.files("out", ending: "users.csv") { try FileManager.default.removeItem(at: file) }
    let said = complaint { try PerUserValues(of: results.runs[0], in: bench.folder.appending(path: "out")) }
    #expect(said.contains("users.csv: there is no such file"))
  }
}

struct ComparisonsTests {
  /// Results with the given values: `[variant][seed][user]` of one metric.
  private static func study(
    _ variants: [(name: String, seeds: [[Double]])], metric: String = "m@1", data: [String: String] = [:]
  ) -> (results: StudyResults, users: (StudyResults.Run) throws -> PerUserValues) {
    var files: [String: String] = [:]
    let runs = variants.flatMap { name, seeds in
      seeds.enumerated().map { index, values in
        let identity = "\(name)-\(index)"
        let column = values.map { $0.isNaN ? "" : "\($0)" }
        files[identity] =
          "index,\(metric)\n" + column.enumerated().map { "\($0),\($1)\n" }.joined()
        let value = TaskResult.Value(name: metric, perUser: values.filter { !$0.isNaN })
        return StudyResults.Run(
          variant: name, seed: UInt64(index + 1),
          record: CellRecord(identity: identity, result: TaskResult(values: [value])), seconds: 0,
          reused: false)
      }
    }
    let spec = ResolvedSpec(
      file: "s.json", name: "s", description: "",
      variants: variants.map {
        ResolvedVariant(name: $0.name, effective: .null, parts: [:], masking: .exclude)
      },
      seeds: [1, 2], trajectories: false)
    let results = StudyResults(
      spec: spec,
      data: Dictionary(
        uniqueKeysWithValues: variants.map {
          ($0.name, JSON.members([("fingerprint", .string(data[$0.name] ?? "same"))]))
        }),
      runs: runs, coreDigest: "", seconds: 0)
    return (
      results, { try PerUserValues(parsing: files[$0.record.identity] ?? "", file: $0.record.identity) }
    )
  }

  @Test func byHand() throws {
    // Users' means over the seeds: base 1, 2, 3, 4; up 2, 2, 5, 7; hence differences 1, 0, 2, 3.
    let (results, users) = Self.study([
      ("base", [[0, 2, 2, 4], [2, 2, 4, 4]]), ("up", [[2, 1, 6, 7], [2, 3, 4, 7]]),
      ("down", [[0, 1, 2, 3], [2, 1, 4, 3]]),
    ])
    let found = try Comparisons(of: results, users: users, metrics: ["m@1"])
    #expect(
      found.baseline == "base" && found.omissions.isEmpty && found.rows.map(\.variant) == ["up", "down"])
    let up = try #require(found.row("up", "m@1"))
    #expect(
      up.mean == 4 && up.baselineMean == 2.5 && up.difference == 1.5 && up.count == 4 && up.dropped == 0)
    #expect(up.users == Tally([1, 0, 2, 3]) && up.seeds == Tally([2, 1]))
    let differences = try PairedDifferences([1, 0, 2, 3])
    #expect(up.p == differences.wilcoxon().p && up.effect == differences.effect)
    #expect(up.interval == differences.interval())
    let down = try #require(found.row("down", "m@1"))
    #expect(down.difference == -0.5 && down.seeds == Tally([-0.5, -0.5]))
    #expect([up.correctedP, down.correctedP] == Correction.holm.corrected([up.p, down.p]))
    #expect(up.correctedP > up.p)
    // Other tests and corrections; another baseline.
    var options = Comparisons.Options()
    (options.test, options.correction, options.interval) = (.t, .benjaminiHochberg, .percentile)
    let other = try Comparisons(of: results, users: users, to: "up", metrics: ["m@1"], options: options)
    let base = try #require(other.row("base", "m@1"))
    #expect(base.difference == -1.5)
    #expect(try abs(base.p - differences.tTest().p) < 1e-12)
    options.test = .signFlip
    let flipped = try Comparisons(of: results, users: users, metrics: ["m@1"], options: options)
    #expect(flipped.row("up", "m@1")?.p == differences.signFlips().p)
  }

  @Test func usersWithoutAValue() throws {
    let (results, users) = Self.study([
      ("a", [[1, .nan, 3, 4], [1, 2, 3, 4]]), ("b", [[2, 2, 3, .nan], [2, 2, 4, 5]]),
      ("c", [[.nan, .nan, .nan, .nan], [1, 2, 3, 4]]),
    ])
    let found = try Comparisons(of: results, users: users, metrics: ["m@1"])
    let row = try #require(found.row("b", "m@1"))
    #expect(row.count == 2 && row.dropped == 2 && row.users == Tally([1, 0.5]) && row.mean == 2.75)
    #expect(
      found.omissions == [
        .init(variant: "c", metric: "m@1", reason: "no user has a value of this metric under both variants.")
      ])
  }

  @Test func theOrderOfSeedsMakesNoDifference() throws {
    let values = [0.1, 0.2, 0.3]
    #expect(values.reduce(0, +) != values.reversed().reduce(0, +), "rounding shows")
    let (results, users) = Self.study([
      ("a", values.map { [$0, 1] }), ("b", values.reversed().map { [$0, 2] }),
    ])
    let row = try #require(try Comparisons(of: results, users: users, metrics: ["m@1"]).row("b", "m@1"))
    #expect(row.users == Tally([0, 1]) && row.seeds.count == 3)
  }

  @Test func whatCannotBeCompared() throws {
    let (results, users) = Self.study(
      [("a", [[1, 2]]), ("b", [[1, 2, 3]]), ("c", [[1, 2]])], data: ["c": "other"])
    #expect(
      complaint { try Comparisons(of: results, users: users, to: "aa", metrics: ["m@1"]) }
        == "there is no variant 'aa' to compare with. Did you mean 'a'? Variants: a, b, c.")
    #expect(
      complaint { try Comparisons(of: results, users: users, metrics: ["n@1"]) }
        == "no run has the metric 'n@1'. Did you mean 'm@1'? Metrics: m@1.")
    #expect(
      complaint { try Comparisons(of: results, users: users, metrics: ["m@1"]) }
        .hasPrefix("'c' and 'a' were run on different data, so their users cannot be paired."))
    let (uneven, values) = Self.study([("a", [[1, 2]]), ("b", [[1, 2, 3]])])
    #expect(
      complaint { try Comparisons(of: uneven, users: values, metrics: ["m@1"]) }
        .hasPrefix("'b' (seed 1) has values of 3 users and 'a' (seed 1) of 2: "))
    let (three, theirs) = Self.study([("a", [[1, 2]]), ("b", [[1, 2, 3]]), ("c", [[2, 4]])])
    let found = try Comparisons(of: three, users: theirs, metrics: ["m@1"], omitsUnpaired: true)
    #expect(found.rows.map(\.variant) == ["c"] && found.omissions.map(\.variant) == ["b"])
    #expect(found.omissions.first?.reason.hasPrefix("'b' (seed 1) has values of 3 users and 'a'") == true)
    var options = Comparisons.Options()
    options.level = 95
    #expect(
      complaint { try Comparisons(of: results, users: users, metrics: ["m@1"], options: options) }
        .hasPrefix("an interval of level 95.0 by 2000 resamples cannot be made; "))
    let (single, alone) = Self.study([("a", [[1, 2]])])
    #expect(try Comparisons(of: single, users: alone, metrics: ["m@1"]).rows.isEmpty)
  }

  @Test func aRealStudy() throws {
    let bench = Bench()
    let results = try bench.run().results
    let folder = bench.folder.appending(path: "out")
    let found = try Comparisons(
      of: results, users: { try PerUserValues(of: $0, in: folder) },
      metrics: ["ioi@3", "hr@3", "ioi-over-twin@3"])
    #expect(found.rows.count + found.omissions.count == 3 && found.rows.allSatisfy { $0.variant == "ipg" })
    let row = try #require(found.row("ipg", "ioi@3"))
    let means = ["ipg", "full"].map {
      Sample(results.runs(of: $0).compactMap { $0.record.metric("ioi@3") }).mean
    }
    #expect(abs(row.difference - (means[0] - means[1])) < 1e-12 && row.seeds.count == 2)
    let interval = try #require(row.interval)
    #expect(interval.low <= row.difference && row.difference <= interval.high)
  }
}
