import Beckon
import Testing

struct WhyCommandTests {
  /// What `why` says was shown is what the study's own trajectories say was shown.
  @Test func theExplanationIsOfWhatHappened() throws {
    let scratch = try Scratch()
    let spec = try scratch.file(
      "spec.json",
      tinySpec.replacing(
        #""scorer": "ipg","#, with: #""scorer": "itmprec", "intents": {"type": "learned", "count": 2},"#))
    #expect(
      beckon("run", spec, "--out", scratch.path("out"), "--quiet", "--trajectories", "--seed", "1").code == 0)
    let lines = try String(decoding: scratch.data("out/trajectories.jsonl"), as: UTF8.self).split(
      separator: "\n"
    )
    .map { try JSON(parsing: String($0)) }
    .filter { $0["variant"]?.string == "guided" && $0["run"]?.string == "guided" && $0["round"]?.number == 3 }
    for line in lines.filter({ $0["item"]?.string != nil }).prefix(4) {
      let (user, target) = (try #require(line["user"]?.string), try #require(line["target"]?.string))
      let item = try #require(line["item"]?.string)
      let outcome = beckon(
        "why", spec, "--out", scratch.path("out"), "--user", user, "--target", target, "--round", "3",
        "--seed", "1")
      #expect(outcome.code == 0, "\(outcome.error)")
      let pick = try #require(outcome.output.split(separator: "\n").first { $0.hasPrefix("pick") })
      #expect(pick.contains("(\(item))"), "\(item): \(pick)")
      #expect(outcome.output.contains("interaction") && outcome.output.contains("intention"))
      let clicked = line["clicked"]?.bool == true ? ": clicked." : ": not clicked."
      #expect(outcome.output.contains(clicked))
    }
    #expect(lines.count > 4)
  }

  @Test(arguments: [
    (["--round", "9"], "task.rounds: there is no round 9; the study has 3."),
    (["--user", "nobody"], "the data have no user 'nobody'; users are called"),
    (["--target", "nothing"], "the data have no item 'nothing'."),
    (["--seed", "1,2"], "--seed: a user is played again with one seed."),
    (["--seed", "1", "--seed", "2"], "--seed is given twice."),
    (["--variant", "gided"], "there is no variant 'gided'. Did you mean 'guided'?"),
  ])
  func badQuestions(words: [String], message: String) throws {
    let scratch = try Scratch()
    let spec = try scratch.file("spec.json", tinySpec)
    let outcome = beckon(["why", spec, "--out", scratch.path("out")] + words)
    #expect(outcome.code == 2 && outcome.error.contains(message), "\(outcome.error)")
  }
}
