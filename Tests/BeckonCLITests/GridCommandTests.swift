import Beckon
import Testing

struct GridCommandTests {
  private static let spec = tinySpec.replacing(
    #""variants": { "guided": {}, "plain": { "scorer": "preference" } }"#,
    with: #""grid": { "scorer": ["ipg", "preference"] }"#)

  @Test func aPlanWritesNothingAndKnowsWhatIsDone() throws {
    let scratch = try Scratch()
    let spec = try scratch.file("spec.json", Self.spec)
    let before = beckon("grid", "plan", spec, "--out", scratch.path("out"))
    #expect(
      before.code == 0 && before.output.contains("4 cells: 4 planned."), "\(before.output + before.error)")
    #expect(before.output.contains("nothing is known before one like it has been run"))
    #expect(!scratch.has("out"))
    #expect(beckon("run", spec, "--out", scratch.path("out"), "--quiet", "--seed", "1").code == 0)
    let half = beckon("grid", "plan", spec, "--out", scratch.path("out"))
    #expect(
      half.output.contains("4 cells: 2 done, 2 planned.")
        && half.output.contains("The rest should take about"))
    let json = try JSON(parsing: beckon("grid", "plan", spec, "--out", scratch.path("out"), "--json").output)
    #expect(json["cells"]?.array?.count == 4 && json["seconds"]?.number ?? 0 > 0)
    let changed = beckon("grid", "plan", spec, "--out", scratch.path("out"), "--set", "arousal.keep=0.5")
    #expect(
      changed.output.contains("4 planned.")
        && changed.output.contains("2 cells in the folder are of another configuration"))
  }

  @Test func failedCellsAreListedAndTheOthersRun() throws {
    let scratch = try Scratch()
    let spec = try scratch.file(
      "spec.json",
      Self.spec.replacing(
        #""grid": { "scorer": ["ipg", "preference"] }"#,
        with:
          #""variants": {"fine": {}, "wild": {"encoder": {"training": {"learningRate": 1e30, "epochs": 20}}}}"#
      ))
    let outcome = beckon("run", spec, "--out", scratch.path("out"))
    #expect(outcome.code == 1)
    #expect(
      outcome.error.contains("2 of 4 cells failed:\n  wild, seed 1: train: the loss stopped being finite"),
      "\(outcome.error)")
    #expect(
      outcome.error.contains("2 of 4 cells are finished and kept; the same command goes on from there."))
    #expect(try scratch.json("out/results.json")["failed"]?.array?.count == 2)
    let shelf = scratch.url.path(percentEncoded: false)
    let shown = beckon("runs", "show", "out", "--runs", shelf)
    #expect(shown.output.contains("wild, seed 2 failed: train:"))
    let listed = try JSON(parsing: beckon("runs", "list", "--runs", shelf, "--json").output)
    #expect(listed.array?.first?["failed"]?.number == 2 && listed.array?.first?["done"]?.number == 2)
    #expect(beckon("runs", "remove", "out", "--failed", "--runs", shelf).code == 0)
    #expect(beckon("runs", "show", "out", "--runs", shelf).output.contains("planned"))
  }

  @Test func rubbishIsCollectedAndNothingElse() throws {
    let scratch = try Scratch()
    let spec = try scratch.file("spec.json", Self.spec)
    let shelf = scratch.url.path(percentEncoded: false)
    // Pieces of --out lie in the study's folder; those of the shelf are shared.
    #expect(beckon("run", spec, "--out", scratch.path("one"), "--quiet").code == 0)
    #expect(
      beckon("run", spec, "--out", scratch.path("one"), "--quiet", "--set", "arousal.keep=0.5").code == 0)
    _ = try scratch.file("one/results.json.99999999.tmp", "half")
    _ = try scratch.file("one/results.json.\(ProcessInfo.processInfo.processIdentifier).tmp", "being written")
    let dry = beckon("runs", "gc", "--runs", shelf, "--dry-run")
    #expect(dry.output.contains("would be freed") && scratch.has("one/results.json.99999999.tmp"))
    #expect(beckon("runs", "gc", "--runs", shelf).code == 0)
    #expect(!scratch.has("one/results.json.99999999.tmp"))
    #expect(scratch.has("one/results.json.\(ProcessInfo.processInfo.processIdentifier).tmp"))
    let again = beckon("run", spec, "--out", scratch.path("one"), "--set", "arousal.keep=0.5")
    #expect(again.output.contains("4 cells, finished before"))
    #expect(beckon("runs", "gc", "--runs", shelf).output == "Nothing is to be removed.\n")
  }

  @Test func studiesAreComparedAndConfirmed() throws {
    let scratch = try Scratch()
    let spec = try scratch.file("spec.json", Self.spec)
    let shelf = scratch.url.path(percentEncoded: false)
    let early = beckon("grid", "confirm", spec, "--out", scratch.path("one"))
    #expect(early.code == 1 && early.error.contains("4 of 4 cells are not finished: run 'beckon run"))
    #expect(beckon("run", spec, "--out", scratch.path("one"), "--quiet").code == 0)
    #expect(
      beckon("run", spec, "--out", scratch.path("two"), "--quiet", "--set", "arousal.keep=0.5").code == 0)
    let diff = beckon("runs", "diff", "one", "two", "--runs", shelf).output
    #expect(diff.contains("  arousal.keep: 0.8 → 0.5\n") && diff.contains("seed 1.ioi@3: "), "\(diff)")
    #expect(beckon("runs", "diff", "one", "one", "--runs", shelf).output == "They do not differ.\n")
    let confirmed = beckon("grid", "confirm", spec, "--out", scratch.path("one"), "--metric", "ioi@3")
    #expect(confirmed.code == 0, "\(confirmed.error)")
    #expect(confirmed.output.contains("2 seeds then, 3 fresh ones now"))
    let seeds = try scratch.json("one-confirm/results.json")["seeds"]?.array?.compactMap(\.number)
    #expect(seeds == [3, 4, 5])
  }

  @Test(arguments: [
    (
      ["run", "SPEC", "--shard", "3/2"], "--shard: expected K/N with K from 1 to N, such as 2/4, found '3/2'."
    ),
    (["runs", "show", "nowhere"], "there is no study 'nowhere' in"),
    (["grid", "submit", "SPEC", "--engine", "slum"], "--engine: there is no 'slum'. Did you mean 'slurm'?"),
    (["grid", "cancel", "SPEC"], "no job was submitted for this study."),
    (["explain", "SPEC", "--variant", "x"], "--variant: there is no 'x'."),
    (
      ["explain", "SPEC", "--only", "scroer"], "--only: nothing stands under 'scroer' in the effective spec."
    ),
  ])
  func badWords(words: [String], message: String) throws {
    let scratch = try Scratch()
    let spec = try scratch.file("spec.json", Self.spec)
    let outcome = beckon(words.map { $0 == "SPEC" ? spec : $0 })
    #expect(outcome.code == 2 && outcome.error.contains(message), "\(outcome.error)")
  }

  @Test func explanationsNameFileAndLine() throws {
    let scratch = try Scratch()
    let spec = try scratch.file("spec.json", Self.spec)
    let text = beckon("explain", spec, "--only", "encoder", "--set", "encoder.dropout=0.1").output
    #expect(
      text.contains("--set encoder.dropout=0.1") && text.contains("spec.json:7") && text.contains("default"),
      "\(text)")
    let json = try JSON(parsing: beckon("explain", spec, "--json", "--only", "scorer").output)
    #expect(json["scorer=ipg"]?["scorer.type"]?["value"] == .string("ipg"))
  }
}
