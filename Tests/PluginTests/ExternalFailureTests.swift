import Beckon
import BeckonTesting
import Testing

@testable import BundledPlugins

private let noPython = "skipped: there is no python3"

/// Programs that misbehave: each is named with what it did, and none holds up or harms whoever asks.
@Suite(.enabled(if: Python.isThere, "\(noPython)")) struct ExternalFailureTests {
  private func complain(_ script: Script, _ settings: String) throws -> String {
    let scorer = try make(.scorer, script.spec(settings), as: (any Scorer).self)
    let batch = try ToyWorld().batch(target: 3)
    return complaint { try scores(scorer, batch) }
  }

  @Test(arguments: [
    (#"sys.stderr.write("first\nlast words\n"); sys.exit(3)"#, "has ended with code 3 instead of answering."),
    (#"sys.stderr.write("first\nlast words\n"); sys.exit(3)"#, "It was started again once (restarts).\n"),
    (#"sys.stderr.write("first\nlast words\n"); sys.exit(3)"#, "\n  stderr: first\n  stderr: last words"),
    ("os.kill(os.getpid(), 9)", "was ended by signal 9 instead of answering"),
    ("os.kill(os.getpid(), 9)", "It wrote nothing on stderr."),
    (#"raise KeyError("lost")"#, "stderr: KeyError: 'lost'"),
    ("os.close(1); time.sleep(600)", "has closed its stdout instead of answering"),
    (
      #"print("hello there", flush=True)"#,
      "its answer is not JSON: 'hello there'. Only answers belong on stdout"
    ),
    (#"print("[1, 2]", flush=True)"#, "its answer is a list, not an object: '[1, 2]'"),
    (#"print("", flush=True)"#, "its answer is not JSON: ''"),
    (#"sys.stdout.buffer.write(b"\xff\xfe\n"); sys.stdout.flush()"#, "its answer is not UTF-8"),
    (#"reply(scores=[[float("nan")] * n for _ in users])"#, "NaN and Infinity are no JSON"),
    ("reply(scores=[[None] * n for _ in users])", "scores[0][0] is null, not a finite number"),
    ("reply(scores=[[0] * (n - 1) + ['a'] for _ in users])", "scores[0][16] is \"a\", not a finite number"),
    ("reply(scores=[[1e39] * n for _ in users])", "scores[0][0] is 1e+39, not a finite number"),
    ("reply(scores=[[0] * n])", "'scores' has 1 entries for 12 users"),
    ("reply(scores=[[0] * 3 for _ in users])", "scores[0] has 3 numbers for 17 items"),
    ("reply(scores=[0 for _ in users])", "scores[0] is a number, not a list of numbers"),
    ("reply(points=1)", "its answer lacks the list 'scores'; it has 'points'"),
    ("reply(ranked=[[99] for _ in users])", "ranked[0] names 99, and items are numbered 0 to 16"),
    ("reply(ranked=[[1.5] for _ in users])", "ranked[0] names 1.5"),
    ("reply(ranked=[[1, 1] for _ in users])", "ranked[0] names an item twice"),
    (#"reply(error="no licence")"#, "it refuses: no licence"),
    (#"print(json.dumps({"id": 1}), flush=True)"#, "its answer has the id 1, and the question had 2"),
    (
      #"print(json.dumps({"scores": []}), flush=True)"#,
      "its answer has the id (none), and the question had 2"
    ),
    ("reply(scores=[[random.random()] * n for _ in users])", "it answers the same question in two ways"),
    ("while True: sys.stdout.write('x' * 65536)", "bytes without ending its answer"),
    ("while True: print('noise')", "has written more than its answer: 'noise"),
    ("reply(scores=[[0] * n for _ in users]); print('done', flush=True)", "more than its answer: 'done'"),
  ])
  func isNamedWithWhatItDid(work: String, expected: String) throws {
    let script = try Script(work: work)
    let found = try complain(script, #""restarts": 1, "timeoutSeconds": 30"#)
    // What is written beside an answer may come with it, or be taken for the next.
    let isBeside =
      expected.contains("more than its answer") && found.contains("Only answers belong on stdout")
    #expect(found.contains(expected) || isBeside, "\(found)")
    #expect(found.hasPrefix("scorer: the program 'test' (python3 \(script.path)): "), "\(found)")
  }

  @Test(arguments: [
    ("time.sleep(600)", "It wrote nothing on stderr"),
    ("while True: time.sleep(600) if os.fork() == 0 else time.sleep(600)", "It wrote nothing on stderr"),
    ("sys.stderr.write('thinking\\n'); sys.stderr.flush(); time.sleep(600)", "stderr: thinking"),
    ("while True: sys.stderr.write('noise\\n' * 1000)", "stderr: noise"),
  ])
  func whoHangsIsEnded(work: String, expected: String) throws {
    let script = try Script(
      begin: "open(FOLDER + '/pid', 'w').write(str(os.getpid())); reply(ready=True)", work: work)
    let found = try complain(script, #""restarts": 0, "timeoutSeconds": 0.5"#)
    #expect(found.contains("has not answered within 0.5 seconds. Does it flush"), "\(found)")
    #expect(found.contains(expected), "\(found)")
    #expect(Self.isGone(try script.text("pid")))
  }

  @Test(arguments: [
    ("protocol=2, kind='scorer', name='test'", "it speaks protocol 2, and Beckon speaks 1"),
    ("kind='scorer', name='test'", "it speaks protocol (none), and Beckon speaks 1"),
    ("protocol=1, kind='guard', name='test'", "it is a guard, and scorer wants a scorer"),
    ("protocol=1, kind='scorer'", "it does not say its name"),
    ("protocol=1, kind='scorer', name='other'", "it calls itself 'other', and scorer.name is 'test'"),
    ("error='wrong Python'", "it refuses: wrong Python"),
  ])
  func aWrongHandshakeIsRefused(hello: String, expected: String) throws {
    let found = try complain(Script(hello: hello), #""name": "test""#)
    #expect(found.contains(expected), "\(found)")
  }

  @Test func whoCannotBeginIsRefused() throws {
    let unready = try complain(Script(begin: "reply(ready=False)"), "")
    #expect(unready.contains("it answers 'begin' with") && unready.contains("not with \"ready\": true"))
    let slow = try complain(Script(begin: "time.sleep(600)"), #""startTimeoutSeconds": 0.5, "restarts": 0"#)
    #expect(slow.contains("has not answered within 0.5 seconds"), "\(slow)")
    func nobody(_ program: String) throws -> any Scorer {
      try make(.scorer, #"{"type": "external", "command": ["\#(program)", "x"]}"#, as: (any Scorer).self)
    }
    #expect(
      complaint { try nobody("no-such-interpreter") }.contains(
        "there is no program 'no-such-interpreter' in PATH"))
    // A path leads to a program that need not be there yet.
    let late = try nobody("./no-such-interpreter")
    let batch = try ToyWorld().batch(target: nil)
    #expect(complaint { try scores(late, batch) }.contains("there is no program './no-such-interpreter'."))
  }

  /// A program that dies once, or hangs once, is asked again, and the scores are those of one that never did.
  @Test(arguments: ["sys.exit(1)", "time.sleep(600)"])
  func isStartedAgain(accident: String) throws {
    let work = """
      if os.path.exists(FOLDER + '/accident'):
          os.remove(FOLDER + '/accident'); \(accident)
      reply(scores=[[user["user"] * i for i in range(n)] for user in users])
      """
    let batch = try ToyWorld().batch(target: nil)
    let script = try Script(work: work)
    let settings = #""timeoutSeconds": 2, "restarts": 1"#
    let calm = try scores(make(.scorer, script.spec(settings), as: (any Scorer).self), batch)
    try Data().write(to: script.folder.appending(path: "accident"))
    let shaken = try scores(make(.scorer, script.spec(settings), as: (any Scorer).self), batch)
    #expect(bits(calm) == bits(shaken) && calm[3, 4] == 12)
    #expect(!FileManager.default.fileExists(atPath: script.folder.appending(path: "accident").path()))
    try Data().write(to: script.folder.appending(path: "accident"))
    #expect(try complain(script, #""timeoutSeconds": 0.5, "restarts": 0"#).contains("the program 'test'"))
  }

  /// Once refused, nobody waits for the program again.
  @Test func aRefusalIsToldToAll() throws {
    let script = try Script(work: "open(FOLDER + '/asked', 'a').write('x'); time.sleep(600)")
    var scorer = try make(
      .scorer, script.spec(#""timeoutSeconds": 0.3, "restarts": 1, "processes": 1"#), as: (any Scorer).self)
    let world = try ToyWorld()
    try scorer.fit(world.split, seed: 1)
    try scorer.attach(to: world.model)
    let (ready, batch) = (scorer, try world.batch(target: nil))
    for _ in 0..<50 { #expect(complaint { try ready.scores(batch) }.contains("0.3 seconds")) }
    #expect(try script.text("asked").count == 2)
  }

  /// Much on stderr is no mistake, and a long question is read while it is written.
  @Test func whoIsLoudOnStderrIsServed() throws {
    let work = "sys.stderr.write('x' * 1_000_000); reply(scores=[[1] * n for _ in users])"
    let script = try Script(work: work)
    let loud = try make(.scorer, script.spec(), as: (any Scorer).self)
    let batch = try ToyWorld(users: 48, items: 700).batch(target: nil)
    #expect(try scores(loud, batch).values.allSatisfy { $0 == 1 })
  }

  @Test func programsEndWithTheirUser() throws {
    let script = try Script(begin: "open(FOLDER + '/pid', 'w').write(str(os.getpid())); reply(ready=True)")
    do {
      var scorer = try make(.scorer, script.spec(), as: (any Scorer).self)
      let world = try ToyWorld()
      try scorer.fit(world.split, seed: 1)
      try scorer.attach(to: world.model)
      _ = try scorer.scores(world.batch(target: nil))
      #expect(!Self.isGone(try script.text("pid"), patience: 0))
    }
    #expect(Self.isGone(try script.text("pid")))
  }

  private static func isGone(_ pid: String, patience: Double = 5) -> Bool {
    guard let number = Int32(pid) else { return false }
    let end = Date().addingTimeInterval(patience)
    repeat {
      if kill(number, 0) != 0 { return true }
      usleep(10_000)
    } while Date() < end
    return false
  }
}
