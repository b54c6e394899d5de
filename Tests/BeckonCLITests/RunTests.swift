import Beckon
import BeckonCLI
import Testing

@Suite struct RunTests {
  static let files = ["results.json", "summary.csv", "rounds.csv", "timings.json", "report.html"]

  @Test func aRunWritesItsFilesAndASecondRunReusesThem() throws {
    let scratch = try Scratch()
    let spec = try scratch.file("tiny.json", tinySpec)
    let first = beckon("run", spec, "--out", scratch.path("out"))
    #expect(first.code == 0, "\(first.error)")
    #expect(first.error.isEmpty, "progress belongs on a terminal alone")
    #expect(first.output.contains("guided") && first.output.contains("ioi@3"))
    for file in Self.files { #expect(scratch.has("out/" + file), "\(file)") }
    #expect(scratch.has("out/pieces"))
    let bytes = try Self.files.filter { $0 != "timings.json" }.map { try scratch.data("out/" + $0) }

    let second = beckon("run", spec, "--out", scratch.path("out"))
    #expect(second.code == 0)
    #expect(second.output.contains("finished before"))
    let again = try Self.files.filter { $0 != "timings.json" }.map { try scratch.data("out/" + $0) }
    #expect(bytes == again)
  }

  @Test func threadsDoNotChangeResults() throws {
    let scratch = try Scratch()
    let spec = try scratch.file("tiny.json", tinySpec)
    #expect(beckon("run", spec, "--out", scratch.path("one"), "--threads", "1", "--quiet").code == 0)
    #expect(beckon("run", spec, "--out", scratch.path("two"), "--threads", "2", "--quiet").code == 0)
    #expect(try scratch.data("one/results.json") == scratch.data("two/results.json"))
    #expect(try scratch.data("one/rounds.csv") == scratch.data("two/rounds.csv"))
  }

  @Test func quietSaysNothing() throws {
    let scratch = try Scratch()
    let spec = try scratch.file("tiny.json", tinySpec)
    let outcome = beckon(
      ["run", spec, "--out", scratch.path("out"), "--quiet", "--seed", "5"], isWatched: true)
    #expect(outcome.code == 0)
    #expect(outcome.output.isEmpty && outcome.error.isEmpty)
    let json = try scratch.json("out/results.json")
    #expect(json["seeds"] == .array([.number(5)]))
    #expect(json["runs"]?.array?.map { $0["seed"]?.number } == [5, 5])
  }

  @Test func progressIsShownOnATerminal() throws {
    let scratch = try Scratch()
    let spec = try scratch.file("tiny.json", tinySpec)
    let outcome = beckon(["run", spec, "--out", scratch.path("out"), "--seed", "1"], isWatched: true)
    #expect(outcome.error.contains("[0/2] · guided, seed 1"))
    #expect(outcome.error.hasSuffix("\r\u{1B}[K"), "the line is cleared at the end")
  }

  @Test func trajectoriesAreWrittenOnRequest() throws {
    let scratch = try Scratch()
    let spec = try scratch.file("tiny.json", tinySpec)
    #expect(beckon("run", spec, "--out", scratch.path("out"), "--trajectories", "--seed", "1").code == 0)
    let lines = try String(decoding: scratch.data("out/trajectories.jsonl"), as: UTF8.self).split(
      separator: "\n")
    let users = try scratch.json("out/results.json").value(at: ["data", "guided", "users"])?.number ?? 0
    // "guided" has a twin, "plain" is its own: both are written for both.
    #expect(Double(lines.count) == 2 * 2 * 2 * users * 3, "variants × runs × targets × users × rounds")
  }

  @Test func anEncoderIsExportedWhole() throws {
    let scratch = try Scratch()
    let spec = try scratch.file("tiny.json", tinySpec)
    let words = [
      "encoder", "export", spec, "--variant", "guided", "--seed", "2", "--out", scratch.path("out"),
    ]
    #expect(beckon(words + ["--to", scratch.path("a.safetensors")]).code == 0)
    #expect(beckon(words + ["--to", scratch.path("b.safetensors")]).code == 0)
    #expect(try scratch.data("a.safetensors") == scratch.data("b.safetensors"))
    let wrong = beckon("encoder", "export", spec, "--variant", "guide", "--to", scratch.path("c"))
    #expect(wrong.code == 2 && wrong.error.contains("Did you mean 'guided'?"))
  }

  @Test func dataAreCounted() throws {
    let scratch = try Scratch()
    let spec = try scratch.file("tiny.json", tinySpec)
    let outcome = beckon("data", "stats", spec, "--json")
    #expect(outcome.code == 0)
    #expect(try JSON(parsing: outcome.output)["users"]?.number ?? 0 > 10)
    #expect(beckon("data", "stats", "--dataset", "{\"type\": \"synthetic\", \"users\": 30}").code == 0)
  }

  @Test func theTermsOfUseAreSaid() throws {
    let scratch = try Scratch()
    _ = try scratch.file("u.data", "7\t1\t3\t4\n")
    _ = try scratch.file(
      "u.item", "1|Toy Story|d|v|x|" + Array(repeating: "0", count: 19).joined(separator: "|"))
    let words = ["data", "stats", "--dataset", "movielens-100k", "--path", scratch.path("")]
    #expect(beckon(words).output.contains("no licence file (README) beside the data; terms: research"))
    _ = try scratch.file("README", "terms")
    let json = try JSON(parsing: beckon(words + ["--json"]).output)
    #expect(json["licence"]?["file"] == .string("README"))
    #expect(json["licence"]?["terms"]?.string?.hasPrefix("research") == true)
  }

  /// A study says so too, before it begins, and runs: nobody is kept from data of their own.
  @Test func aMissingLicenceIsSaidWhenAStudyRuns() throws {
    let scratch = try Scratch()
    let events = (1...4).flatMap { user in (1...5).map { "\(user)\t\(($0 + user) % 6 + 1)\t3\t\($0)\n" } }
    _ = try scratch.file("u.data", events.joined())
    let zeros = Array(repeating: "0", count: 19).joined(separator: "|")
    _ = try scratch.file("u.item", (1...6).map { "\($0)|Film \($0)|d|v|x|\(zeros)\n" }.joined())
    let spec = try scratch.file(
      "s.json",
      """
      {"name": "s", "dataset": {"type": "movielens-100k", "path": "\(scratch.path(""))"},
       "split": "leave-one-out", "task": {"type": "next-item", "cutoffs": [2]}, "scorer": "popularity",
       "metrics": ["hit"]}
      """)
    let without = beckon("run", spec, "--out", scratch.path("a"))
    #expect(without.code == 0 && without.error.contains("no licence file (README) beside the data; terms:"))
    let report = try String(decoding: scratch.data("a/report.html"), as: UTF8.self)
    #expect(report.contains("Terms of use"))
    _ = try scratch.file("README", "terms")
    let with = beckon("run", spec, "--out", scratch.path("b"))
    #expect(with.code == 0 && !with.error.contains("licence"), "\(with.error)")
  }

  @Test func benchmarksAnswerInJSON() throws {
    let data = "{\"type\": \"synthetic\", \"users\": 40, \"items\": 60}"
    let small = [
      "--dataset", data, "--set", "filters=[{\"type\": \"k-core\", \"users\": 3, \"items\": 1}]", "--set",
      "encoder.hiddenSize=8", "--set",
      "encoder.innerSize=8", "--json",
    ]
    let train = beckon(["bench", "train", "--epochs", "1"] + small)
    #expect(train.code == 0 && train.output.contains("secondsPerEpoch"), "\(train.error)")
    let rollOut = beckon(["bench", "rollout", "--rounds", "2", "--repeats", "1"] + small)
    #expect(rollOut.code == 0 && rollOut.output.contains("userRoundsPerSecond"), "\(rollOut.error)")
    let read = beckon("bench", "read", "--repeats", "1", "--dataset", data, "--json")
    let told = try JSON(parsing: read.output)
    #expect(told["interactions"]?.number ?? 0 > 100, "\(read.error)")
    for key in ["secondsReading", "secondsSorting", "secondsSplitting"] {
      #expect(told[key]?.number ?? 0 > 0, "\(key)")
    }
  }
}

@Suite struct BadInputTests {
  @Test func aMissingSpec() {
    let outcome = beckon("run", "/no/such/spec.json")
    #expect(outcome.code == 2)
    #expect(outcome.error == "/no/such/spec.json: there is no such file.\n")
  }

  @Test(arguments: [
    ("{", "not JSON"), ("[]", "expected a JSON object"), ("{\"datset\": 1}", "Did you mean 'dataset'?"),
  ]) func aSpecThatMakesNoSense(text: String, message: String) throws {
    let scratch = try Scratch()
    let spec = try scratch.file("bad.json", text)
    for command in ["run", "validate"] {
      let outcome = beckon(command, spec)
      #expect(outcome.code == 2)
      #expect(outcome.error.contains(message), "\(outcome.error)")
    }
  }

  @Test func allProblemsAreReportedAtOnce() throws {
    let scratch = try Scratch()
    let spec = try scratch.file("tiny.json", tinySpec)
    let outcome = beckon(
      "run", spec, "--set", "encoder.dropuot=0.1", "--set", "task.rounds=0", "--set", "scorer.type=itmprek")
    #expect(outcome.code == 2)
    #expect(outcome.error.contains("encoder.dropuot: unknown key. Did you mean 'dropout'?"))
    #expect(outcome.error.contains("task.rounds: 0 is out of range"))
    #expect(outcome.error.contains("Did you mean 'itmprec'?"))
    #expect(
      beckon("validate", spec, "--set", "scorer.interaction=dot").code == 0, "a bare name keeps its type")
    #expect(beckon("run", spec, "--set", "scorer").error.contains("expected PATH=VALUE"))
  }

  @Test func aMissingDataFileNamesThePlacesTried() throws {
    let scratch = try Scratch()
    let spec = try scratch.file("tiny.json", tinySpec)
    let outcome = beckon(
      ["run", spec, "--out", scratch.path("out"), "--set", "dataset={\"type\": \"movielens-100k\"}"],
      environment: ["BECKON_DATA": "/no/such/folder"])
    #expect(outcome.code == 2)
    #expect(outcome.error.contains("/no/such/folder/ml-100k") && outcome.error.contains("BECKON_DATA"))
    #expect(!scratch.has("out/results.json"))
  }

  @Test func aLossThatIsNotANumberIsAFailedRun() throws {
    let scratch = try Scratch()
    let spec = try scratch.file("tiny.json", tinySpec)
    let outcome = beckon(
      "run", spec, "--out", scratch.path("out"), "--set", "encoder.training.learningRate=1e38", "--set",
      "encoder.training.epochs=20")
    #expect(outcome.code == 1)
    #expect(outcome.error.contains("the loss stopped being finite"), "\(outcome.error)")
    #expect(!scratch.has("out/results.json"))
  }

  @Test func aFolderThatCannotBeMade() throws {
    let scratch = try Scratch()
    let spec = try scratch.file("tiny.json", tinySpec)
    let outcome = beckon("run", spec, "--out", spec + "/below")
    #expect(outcome.code == 1)
    #expect(outcome.error.contains("cannot be made"))
  }

  @Test func validateGoesOnAfterABadSpec() throws {
    let scratch = try Scratch()
    let good = try scratch.file("good.json", tinySpec)
    let bad = try scratch.file("bad.json", "{}")
    let outcome = beckon("validate", bad, good)
    #expect(outcome.code == 2)
    #expect(outcome.output == "\(good): ok, 2 variants × 2 seeds\n")
    #expect(outcome.error.contains("bad.json: task: missing"))
  }
}
