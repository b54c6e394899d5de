import Beckon
import Testing

/// Whether this machine runs the programs of these tests.
private let hasPython = ProgramSearch.find("python3", in: ProcessInfo.processInfo.environment["PATH"]) != nil

/// Studies with parts in another language.
@Suite(.enabled(if: hasPython, "skipped: there is no python3")) struct ExternalRunTests {
  private static let files = ["results.json", "rounds.csv", "summary.csv"]

  /// Clicks on what it likes, by the seed and what it is about.
  private static let clicks = """
    import json, random, sys
    seed = 0
    for line in sys.stdin:
        m = json.loads(line)
        if m["message"] == "hello":
            reply = {"protocol": 1, "kind": "clickModel", "name": "moods"}
        elif m["message"] == "begin":
            seed, reply = m["seed"], {"ready": True}
        else:
            draw = lambda s: random.Random(f"{seed} {s['user']} {s['target']} {s['round']}").random() * MOOD
            reply = {"probabilities": [[draw(s) / len(s["items"])] * len(s["items"]) for s in m["slates"]]}
        print(json.dumps({"id": m["id"], **reply}), flush=True)
    """

  private func run(_ scratch: Scratch, out: String, threads: Int = 2, _ more: String...) throws -> Outcome {
    try beckon(
      [
        "run", scratch.file("tiny.json", tinySpec), "--out", scratch.path(out), "--seed", "1", "--threads",
        "\(threads)",
        "--set",
        #"environment.clickModel={"type": "external", "command": ["python3", "\#(scratch.path("clicks.py"))"]}"#,
      ] + more.flatMap { ["--set", $0] })
  }

  @Test func bytesDoNotDependOnThreadsAndAnEditMakesCellsStale() throws {
    let scratch = try Scratch()
    _ = try scratch.file("clicks.py", "MOOD = 0.5\n" + Self.clicks)
    let first = try run(scratch, out: "a", threads: 1)
    #expect(first.code == 0, "\(first.error)")
    #expect(try run(scratch, out: "b", threads: 3).code == 0)
    for file in Self.files { #expect(try scratch.data("a/" + file) == scratch.data("b/" + file), "\(file)") }
    #expect(try run(scratch, out: "a").output.contains("finished before"), "nothing has changed")

    _ = try scratch.file("clicks.py", "MOOD = 0.9\n" + Self.clicks)
    let edited = try run(scratch, out: "a")
    #expect(edited.code == 0 && !edited.output.contains("finished before"), "\(edited.output)")
    #expect(try scratch.data("a/rounds.csv") != scratch.data("b/rounds.csv"))
  }

  @Test func whatFailsIsNamedAndNothingIsKept() throws {
    let scratch = try Scratch()
    _ = try scratch.file("clicks.py", "MOOD = 'none'\n" + Self.clicks)
    let broken = try run(scratch, out: "a")
    #expect(broken.code == 1 && !scratch.has("a/results.json"))
    #expect(broken.error.contains("environment.clickModel: the program 'moods' (python3 "), "\(broken.error)")
    #expect(broken.error.contains("stderr: TypeError"), "\(broken.error)")
    // The same study goes on once the program is mended.
    _ = try scratch.file("clicks.py", "MOOD = 0.5\n" + Self.clicks)
    #expect(try run(scratch, out: "a").code == 0)
  }

  @Test func aMissingProgramIsKnownBeforeAnyWork() throws {
    let scratch = try Scratch()
    let found = try run(scratch, out: "a")
    #expect(
      found.code != 0 && found.error.contains("environment.clickModel.command[1]: there is no file"),
      "\(found.error)")
  }

  @Test func metricsGoByTheirNames() throws {
    let scratch = try Scratch()
    let program = """
      import json, sys
      for line in sys.stdin:
          m = json.loads(line)
          reply = {"protocol": 1, "kind": "metric", "name": sys.argv[1], "ready": True}
          if m["message"] == "measure":
              reply = {"values": [user["user"] for user in m["users"]]}
          print(json.dumps({"id": m["id"], **reply}), flush=True)
      """
    let path = try scratch.file("metric.py", program)
    func metric(_ name: String, as told: String) -> String {
      #"{"type": "external", "command": ["python3", "\#(path)", "\#(name)"], "name": "\#(told)"}"#
    }
    func run(_ metrics: String...) throws -> Outcome {
      beckon(
        "run", try scratch.file("tiny.json", tinySpec), "--out", scratch.path("a"), "--seed", "1", "--set",
        "metrics=[\"hr\", \(metrics.joined(separator: ", "))]")
    }
    let good = try run(metric("one", as: "one"), metric("two", as: "two"))
    #expect(good.code == 0, "\(good.error)")
    let metrics = try scratch.json("a/results.json")["runs"]?.array?.first?["metrics"]?.object
    #expect(metrics?["one@2"] != nil && metrics?["one@2"] == metrics?["two@3"], "\(metrics?.keys ?? [])")
    let twice = try run(metric("one", as: "one"), metric("two", as: "one"))
    #expect(
      twice.error.contains("metrics[2]: 'one' is the name of another metric of this spec"), "\(twice.error)")
    let taken = try run(metric("ioi", as: "ioi"))
    #expect(taken.error.contains("metrics[1]: 'ioi' is the name of another metric;"), "\(taken.error)")
    let other = try run(metric("three", as: "four"))
    #expect(other.error.contains("it calls itself 'three', and metrics.name is 'four'"), "\(other.error)")
  }
}
