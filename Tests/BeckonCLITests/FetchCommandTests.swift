import Beckon
import Hashing
import LoopbackServer
import Synchronization
import Testing

@testable import BeckonCLI
@testable import Datasets

@Suite struct FetchCommandTests {
  @Test func whatCanBeFetchedIsListed() throws {
    let scratch = try Scratch()
    let outcome = beckon("data", "fetch", "--data", scratch.path("data"))
    #expect(outcome.code == 0)
    for word in ["movielens-100k", "movielens-1m", "hetrec-lastfm", "https://files.grouplens.org/", "terms:"]
    {
      #expect(outcome.output.contains(word), "\(word)")
    }
    #expect(outcome.output.contains(scratch.path("data/ml-1m/")))
    #expect(!outcome.output.contains("there already") && !scratch.has("data"))
  }

  @Test func whatIsThereIsNotFetchedAgain() throws {
    let scratch = try Scratch()
    try FileManager.default.createDirectory(
      at: scratch.url.appending(path: "ml-100k"), withIntermediateDirectories: true)
    for file in ["README", "u.data", "u.item"] { _ = try scratch.file("ml-100k/" + file, "x") }
    let outcome = beckon(
      ["data", "fetch", "movielens-100k"], environment: ["BECKON_DATA": scratch.path("")])
    #expect(outcome.code == 0)
    #expect(outcome.output.contains("movielens-100k is there already: \(scratch.path("ml-100k/"))"))
    #expect(outcome.output.contains("licence: \(scratch.path("ml-100k/README"))"))
    #expect(outcome.output.contains("doi:10.1145/2827872"))
    #expect(
      beckon("data", "fetch", "--data", scratch.path("")).output.contains("movielens-100k, there already"))
  }

  /// A download that succeeds says where the files are, under which terms, and what to cite.
  @Test func whatWasFetchedIsShownWithItsTerms() throws {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
    guard Unzip(searchPath: path) != nil else { return print("skipped: there is no unzip") }
    let scratch = try Scratch()
    let archive = StoredZip.bytes([("tiny/README", "Use it well."), ("tiny/u.data", "1\t2\t3\t4\n")])
    let server = try LoopbackServer { .file(archive, for: $0) }
    let dataset = PublicDataset(
      name: "tiny-set", home: server.url + "/tiny.zip", size: archive.count,
      sha256: SHA256.hexadecimal(of: archive), archiveFolder: "tiny", files: ["u.data"],
      terms: DataTerms(folder: "tiny", files: ["README"], summary: "use it well"), citation: "Anon: Tiny.")
    let output = Mutex("")
    let call = Call(
      path: "data fetch", arguments: ["tiny-set"], values: ["data": [scratch.path("data")]],
      options: FetchCommand.command.options,
      terminal: Terminal(
        output: { text in output.withLock { $0 += text } }, error: { _ in }, isWatched: false,
        environment: ["PATH": path]),
      adding: { _ in })
    try FetchCommand.run(call, [dataset])
    #expect(
      output.withLock { $0 }
        == """
        \(scratch.path("data/tiny/"))
        terms: use it well
        licence: \(scratch.path("data/tiny/README"))
        cite: Anon: Tiny.

        """)
    #expect(try scratch.data("data/tiny/u.data") == Data("1\t2\t3\t4\n".utf8))
  }

  @Test func anotherArchiveIsAFailure() throws {
    let scratch = try Scratch()
    let server = try LoopbackServer { .file(StoredZip.bytes([("a", "b")]), for: $0) }
    let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
    for name in ["movielens-100k", "hetrec-lastfm"] {
      let outcome = beckon(
        ["data", "fetch", name, "--data", scratch.path("data"), "--from", server.url + "/a.zip"],
        environment: ["PATH": path], isWatched: true)
      #expect(outcome.code == 1)
      #expect(outcome.output.isEmpty)
      #expect(outcome.error.contains("\(name): \(server.url)/a.zip: "), "\(outcome.error)")
      #expect(outcome.error.contains("othing was kept"), "\(outcome.error)")
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path("data")).isEmpty)
  }

  @Test func nonsenseIsRefused() {
    let near = beckon("data", "fetch", "movielens-10k")
    #expect(near.code == 2 && near.error.contains("Did you mean 'movielens-100k'?"), "\(near.error)")
    #expect(beckon("data", "fetch", "movielens-1m", "--from", "ftp://x/y").code == 2)
    #expect(beckon("data", "fetch", "--from", "http://x/y").code == 2)
  }
}
