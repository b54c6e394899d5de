import Beckon
import Hashing
import LoopbackServer
import Testing

@testable import Datasets

/// A made-up dataset behind a made-up home.
private struct Offer {
  static let files = [("tiny/README", "Use it well."), ("tiny/u.data", "1\t2\t3\t4\n")]

  static let terms = DataTerms(folder: "tiny", files: ["README"], summary: "use it well")

  let fixture: Fixture
  let archive: [UInt8]
  let server: LoopbackServer
  var size: Int?
  var sha256: String

  init(
    _ files: [(String, String)] = files,
    answer: @escaping @Sendable ([UInt8], LoopbackServer.Request) -> LoopbackServer.Answer = {
      .file($0, for: $1)
    }
  ) throws {
    fixture = try Fixture()
    let archive = StoredZip.bytes(files)
    self.archive = archive
    server = try LoopbackServer { answer(archive, $0) }
    size = archive.count
    sha256 = SHA256.hexadecimal(of: archive)
  }

  func fetch(archiveFolder: String = "tiny", searchPath: String? = nil) throws -> DatasetFetch.Outcome {
    let dataset = PublicDataset(
      name: "tiny-set", home: server.url + "/tiny.zip", size: size, sha256: sha256,
      archiveFolder: archiveFolder,
      files: ["u.data"], terms: Self.terms, citation: "")
    let path = searchPath ?? ProcessInfo.processInfo.environment["PATH"] ?? ""
    return try DatasetFetch(dataset, into: fixture.folder.appending(path: "data"), searchPath: path)
      .run(timeout: 20)
  }

  func complaint(searchPath: String? = nil) -> String {
    do { return "no error, but \(try fetch(searchPath: searchPath))" } catch { return "\(error)" }
  }

  /// Everything in the data folder, hidden or not.
  var there: [String] {
    let folder = fixture.folder.appending(path: "data").path(percentEncoded: false)
    return (try? FileManager.default.subpathsOfDirectory(atPath: folder).sorted()) ?? []
  }

  func put(_ bytes: some Sequence<UInt8>, _ name: String) throws {
    try fixture.write(Data(Array(bytes)), to: "data/" + name)
  }
}

/// Whether this machine can unpack; the tests that need it say that they were skipped.
private let canUnzip = Unzip(searchPath: ProcessInfo.processInfo.environment["PATH"] ?? "") != nil

@Suite(.enabled(if: canUnzip, "skipped: there is no unzip")) struct FetchTests {
  @Test func aDatasetIsBroughtOnce() throws {
    let offer = try Offer()
    #expect(try offer.fetch() == .fetched)
    #expect(offer.there == ["tiny", "tiny/README", "tiny/u.data"])
    let text = try Data(contentsOf: offer.fixture.folder.appending(path: "data/tiny/u.data"))
    #expect(String(decoding: text, as: UTF8.self) == "1\t2\t3\t4\n")
    #expect(try offer.fetch() == .wasThere)
    #expect(offer.server.requests.count == 1)
  }

  @Test func filesAtTheTopOfAnArchiveGetAFolder() throws {
    let offer = try Offer([("README", "Use it well."), ("u.data", "x")])
    #expect(try offer.fetch(archiveFolder: "") == .fetched)
    #expect(offer.there == ["tiny", "tiny/README", "tiny/u.data"])
  }

  @Test func anInterruptedOneIsContinued() throws {
    let offer = try Offer()
    try offer.put(offer.archive[..<100], "tiny.zip.part")
    // What a kill while unpacking has left.
    try offer.put([1], ".tiny.unpacking/tiny/u.data")
    #expect(try offer.fetch() == .fetched)
    #expect(offer.server.requests.map { $0.headers["range"] } == ["bytes=100-"])
    #expect(offer.there == ["tiny", "tiny/README", "tiny/u.data"])
  }

  @Test func aTruncatedOneSaysHowToGoOn() throws {
    let offer = try Offer { archive, request in
      request.headers["range"] == nil ? .cutShort(body: archive, after: 60) : .file(archive, for: request)
    }
    let complaint = offer.complaint()
    #expect(
      complaint.contains("the connection closed after 60 of \(offer.archive.count) bytes"), "\(complaint)")
    #expect(complaint.contains("run the same command again to go on from there"), "\(complaint)")
    #expect(offer.there == ["tiny.zip.part"])
    #expect(try offer.fetch() == .fetched)
  }

  @Test func aWrongChecksumIsRefused() throws {
    for size in [nil, StoredZip.bytes(Offer.files).count] {
      var offer = try Offer()
      let found = offer.sha256
      offer.sha256 = String(repeating: "0", count: 64)
      offer.size = size
      let complaint = offer.complaint()
      #expect(complaint.contains("Expected SHA-256 \(offer.sha256), found \(found)"), "\(complaint)")
      #expect(offer.there == [])
    }
  }

  @Test func aWrongSizeIsRefused() throws {
    var offer = try Offer()
    let found = offer.archive.count
    for size in [found - 1, found + 1] {
      offer.size = size
      let complaint = offer.complaint()
      #expect(complaint.contains("expected \(size) bytes, found \(found)"), "\(complaint)")
      #expect(offer.there == [])
    }
  }

  @Test func anArchiveWithoutItsLicenceIsRefused() throws {
    let offer = try Offer([("tiny/u.data", "x")])
    let complaint = offer.complaint()
    #expect(complaint.contains("the archive lacks its licence file: README"), "\(complaint)")
    #expect(offer.there == [])
  }

  @Test func anArchiveThatIsNoneIsRefused() throws {
    var offer = try Offer()
    let bytes = Array("not an archive".utf8)
    let server = try LoopbackServer { .file(bytes, for: $0) }
    offer.size = nil
    offer.sha256 = SHA256.hexadecimal(of: bytes)
    let dataset = PublicDataset(
      name: "tiny-set", home: server.url, size: nil, sha256: offer.sha256, archiveFolder: "tiny", files: [],
      terms: Offer.terms, citation: "")
    let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
    let fetch = try DatasetFetch(dataset, into: offer.fixture.folder, searchPath: path)
    #expect(throws: FetchError.self) { try fetch.run(timeout: 20) }
    #expect(try !fetch.isThere)
  }

  @Test func withoutUnzipNothingIsBrought() throws {
    let offer = try Offer()
    let complaint = offer.complaint(searchPath: "/no/such/folder")
    #expect(
      complaint.contains("'unzip', which is not on the PATH") && complaint.contains("apt-get install unzip"))
    #expect(offer.server.requests.isEmpty && offer.there == [])
  }

  @Test func aFolderWithoutItsFilesIsNotTakenForTheDataset() throws {
    let offer = try Offer()
    try offer.put([1], "tiny/u.data")
    let complaint = offer.complaint()
    #expect(complaint.contains("there is such a folder, but without README"), "\(complaint)")
    #expect(offer.there == ["tiny", "tiny/u.data"])
  }

  @Test func aHomeThatHasNothing() throws {
    let offer = try Offer { _, _ in .text("gone", status: 404) }
    let complaint = offer.complaint()
    #expect(complaint.contains("tiny-set: \(offer.server.url)/tiny.zip: the server answers with status 404"))
    #expect(complaint.contains("--from URL"))
  }
}

@Suite struct PublicDatasetTests {
  @Test func theCatalogueIsInOrder() {
    #expect(PublicDataset.all.map(\.name) == ["movielens-100k", "movielens-1m", "hetrec-lastfm"])
    for dataset in PublicDataset.all {
      #expect(URL(string: dataset.home)?.scheme == "https")
      #expect(dataset.sha256.wholeMatch(of: #/[0-9a-f]{64}/#) != nil)
      #expect(!dataset.licence.isEmpty && !dataset.files.isEmpty && !dataset.terms.summary.isEmpty)
    }
    #expect(Set(PublicDataset.all.map(\.folder)).count == PublicDataset.all.count)
  }
}
