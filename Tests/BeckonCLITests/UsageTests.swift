import Testing

@testable import BeckonCLI

@Suite struct UsageTests {
  static let paths = [
    [], ["run"], ["validate"], ["components"], ["data"], ["data", "stats"], ["data", "fetch"], ["encoder"],
    ["encoder", "export"],
    ["plugin"], ["plugin", "new"], ["plugin", "build"], ["schema"], ["completion"],
    ["bench"], ["bench", "train"], ["bench", "rollout"], ["bench", "read"], ["bench", "kernels"],
  ]

  @Test(arguments: paths) func everyLevelHasHelp(path: [String]) {
    let asked = beckon(path + ["--help"])
    let named = beckon(["help"] + path)
    #expect(asked.code == 0 && named.code == 0)
    #expect(asked.output == named.output)
    #expect(asked.error.isEmpty)
    #expect(asked.output.contains("usage: beckon" + path.map { " " + $0 }.joined()))
  }

  @Test(arguments: [[], ["data"], ["bench"], ["encoder"]]) func aGroupAloneShowsItsHelp(path: [String]) {
    let outcome = beckon(path)
    #expect(outcome.code == 0)
    #expect(outcome.output.contains("commands:"))
  }

  @Test func anUnknownCommandNamesTheNearest() {
    let outcome = beckon("runn", "x.json")
    #expect(outcome.code == 2)
    #expect(outcome.error.contains("unknown command 'runn'. Did you mean 'run'?"))
    #expect(beckon("bench", "trian").error.contains("Did you mean 'train'?"))
    #expect(beckon("help", "valdate").error.contains("Did you mean 'validate'?"))
  }

  @Test func anUnknownOptionNamesTheNearest() {
    let outcome = beckon("run", "x.json", "--thread", "2")
    #expect(outcome.code == 2)
    #expect(outcome.error.contains("unknown option '--thread'. Did you mean '--threads'?"))
    #expect(outcome.error.contains("See 'beckon help run'."))
  }

  @Test(arguments: [
    ["run"], ["run", "a.json", "b.json"], ["run", "a.json", "--out"], ["run", "a.json", "--quiet=yes"],
    ["run", "a.json", "--out", "a", "--out", "b"], ["run", "a.json", "--threads", "0"],
    ["run", "a.json", "--threads", "two"], ["run", "a.json", "--seed", "-1"],
    ["run", "a.json", "--seed", "1,,2"],
    ["data", "stats"], ["data", "stats", "a.json", "--dataset", "synthetic"],
    ["encoder", "export", "a.json"],
    ["components", "scorr"], ["components", "scorer/ipgg"], ["bench", "train", "--dataset", "movielen"],
    ["bench", "train", "--epochs", "0"], ["run", "a.json", "--data", "/no/such/folder"],
  ]) func nonsenseIsRefused(words: [String]) {
    let outcome = beckon(words)
    #expect(outcome.code == 2)
    #expect(outcome.output.isEmpty)
    #expect(!outcome.error.isEmpty)
  }

  /// A worker is given the words of its caller.
  @Test func optionsAreTypedAgainAsTheyWere() throws {
    let parser = CommandParser(
      root: RunCommand.command, terminal: Terminal(output: { _ in }, error: { _ in }))
    let words = ["a.json", "--quiet", "--set", "name=b", "--out", "", "--jobs", "2"]
    guard case .call(_, let call) = try parser.parse(words) else {
      Issue.record("it is no call")
      return
    }
    #expect(call.words(without: ["jobs"]) == ["--out", "", "--quiet", "--set", "name=b"])
  }

  @Test func componentsAreListedAndExplained() {
    let all = beckon("components")
    #expect(all.code == 0)
    #expect(all.output.contains("scorer\n") && all.output.contains("  ipg  "))
    let kind = beckon("components", "metric")
    #expect(kind.output.contains("ndcg") && !kind.output.contains("sasrec"))
    let one = beckon("components", "encoder/sasrec")
    #expect(one.code == 0)
    #expect(one.output.contains("\"hiddenSize\": 64"))
    #expect(beckon("components", "scorer/ipgg").error.contains("Did you mean 'ipg'?"))
  }

  @Test func componentsFitOnOnePage() {
    let page = beckon("components", "--markdown")
    #expect(page.code == 0)
    #expect(page.output.hasPrefix("# Components\n"))
    #expect(page.output.contains("\n### encoder/sasrec\n") && page.output.contains("\"hiddenSize\": 64"))
    #expect(beckon("components", "scorer", "--markdown").code == 2)
  }
}
