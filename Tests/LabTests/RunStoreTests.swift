import Beckon
import BeckonCLI
import Testing

@testable import Lab

struct RunStoreTests {
  private let oneCell = #"{"seeds": [1], "variants": null}"#

  @Test func damagedResultsAreNamedSetAsideAndComputedAgain() throws {
    let bench = Bench()
    let first = try bench.run(oneCell)
    let file = try #require(try bench.files("out/cells", ending: "result.json").first)
    let text = try String(contentsOf: file, encoding: .utf8)
    // One digit of one number: still JSON, still the right identity.
    let value = try #require(first.results.runs[0].record.metric("hr@1"))
    let forged = text.replacing("\"hr@1\": \(value)", with: "\"hr@1\": 0.75")
    #expect(forged != text)
    try Data(forged.utf8).write(to: file)
    let second = try bench.run(oneCell)
    #expect(second.log.played == 1 && second.text == first.text)
    #expect(second.log.notes.count == 1)
    #expect(
      second.log.notes.first?.hasSuffix(
        "result.json: damaged, its digest does not fit what it says. It is set aside as result.json.damaged, and "
          + "computed again.") == true)
    #expect(try String(contentsOf: URL(filePath: file.path() + ".damaged"), encoding: .utf8) == forged)
  }

  @Test func otherUsersThanTheResultsAreFound() throws {
    let bench = Bench()
    let first = try bench.run(oneCell)
    let users = try #require(try bench.files("out/cells", ending: "users.csv").first)
    try Data("index\n".utf8).write(to: users)
    let second = try bench.run(oneCell)
    #expect(
      second.log.notes.first?.contains("users.csv beside it is not the file it was written with") == true)
    #expect(second.text == first.text)
  }

  @Test func damagedPiecesAreMadeAgain() throws {
    let bench = Bench()
    let first = try bench.run(oneCell)
    let pieces = try bench.files("pieces", ending: ".safetensors")
    #expect(pieces.count == 3)
    for piece in pieces {
      // A bit of the last number.
      var data = try Data(contentsOf: piece)
      data[data.count - 1] ^= 1
      try data.write(to: piece)
    }
    let second = try bench.run(oneCell, output: "other")
    #expect(second.log.notes.count == 3 && second.log.notes.allSatisfy { $0.contains("made again") })
    #expect(second.text == first.text)
  }

  @Test func aNewerStoreIsRefused() throws {
    let bench = Bench()
    _ = try bench.run(oneCell)
    let plan = try #require(try bench.files("out", ending: "plan.json").first)
    let text = try String(contentsOf: plan, encoding: .utf8)
    try Data(text.replacing("\"format\": 1", with: "\"format\": 7").utf8).write(to: plan)
    let message = complaint { try bench.run(oneCell).text }
    #expect(message.contains("out: written by a newer version of Beckon (format 7; this one knows up to 1)."))
  }

  @Test func cellsOfAnotherConfigurationAreStale() throws {
    let bench = Bench()
    _ = try bench.run(oneCell)
    _ = try bench.run(#"{"seeds": [1], "variants": null, "scorer": "ipg"}"#)
    let store = RunStore(folder: bench.folder.appending(path: "out"))
    #expect(try store.plan()?.count == 1 && store.stale().count == 1)
  }

  @Test func oneSeedDoesNotGiveUpTheOthers() throws {
    let bench = Bench()
    _ = try bench.run()
    _ = try bench.run(#"{"seeds": [2]}"#)
    let store = RunStore(folder: bench.folder.appending(path: "out"))
    #expect(try store.plan()?.count == 2 && store.stale().isEmpty)
    // Another configuration of the same variants and seeds takes their place.
    _ = try bench.run(#"{"arousal": "fixed"}"#)
    #expect(try store.plan()?.count == 4 && store.stale().count == 4)
  }

  @Test func shardsShareTheWork() throws {
    let bench = Bench()
    let whole = try Bench().run()
    var options = Study.Options()
    options.shard = (1, 2)
    let second = try bench.run(options: options)
    #expect(second.log.played == 2 && second.results.runs.count == 2 && second.results.unfinished == 2)
    options.shard = (0, 2)
    let first = try bench.run(options: options)
    #expect(first.log.played == 2 && first.results.runs.count == 4 && first.results.unfinished == 0)
    #expect(first.text == whole.text)
  }

  @Test func aLockIsHeldByOneAndGoesWithIt() throws {
    let bench = Bench()
    let file = bench.folder.appending(path: "lock")
    var lock = try FileLock.take(file, waiting: false)
    #expect(lock != nil)
    #expect(try FileLock.take(file, waiting: false) == nil)
    #expect(FileLock.isHeld(file))
    lock = nil
    #expect(!FileLock.isHeld(file))
    #expect(try FileLock.take(file, waiting: false) != nil)
    #expect(!FileLock.isHeld(bench.folder.appending(path: "none")))
  }

  @Test func aCellThatAnotherProcessWorksOnIsWaitedFor() throws {
    let bench = Bench()
    let first = try bench.run(oneCell)
    let identity = first.identities[0]
    let store = CellStore(folder: bench.folder.appending(path: "out/cells"))
    // Another process is at it: its result is not there yet.
    let file = store.folder(of: identity).appending(path: "result.json")
    let text = try Data(contentsOf: file)
    try FileManager.default.removeItem(at: file)
    let claim = try #require(try store.claim(identity))
    let log = Log()
    let thread = Thread {
      while log.waited == 0 { Thread.sleep(forTimeInterval: 0.01) }
      try? text.write(to: file, options: .atomic)
      withExtendedLifetime(claim) {}
    }
    thread.start()
    let second = try bench.run(oneCell, log: log)
    #expect(log.played == 0 && log.waited > 0 && second.text == first.text)
  }
}
