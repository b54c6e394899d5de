import Foundation
import LoopbackServer
import Synchronization
import Testing

@testable import Networking

/// Downloads into a folder that goes away again.
@Suite final class DownloadTests {
  private let folder = FileManager.default.temporaryDirectory.appending(path: "download-\(UUID().uuidString)")
  private let bytes = [UInt8]((0..<70_000).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) })
  private var file: URL { folder.appending(path: "file.part") }

  init() throws { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) }
  deinit { try? FileManager.default.removeItem(at: folder) }

  private func download(_ server: LoopbackServer, size: Int? = nil) throws {
    let url = try #require(URL(string: server.url + "/file"))
    try Download(from: url, to: file, size: size).run(HTTPClient(timeout: 20))
  }

  private func put(_ bytes: some Sequence<UInt8>) throws { try Data(Array(bytes)).write(to: file) }
  private var there: [UInt8]? { (try? Data(contentsOf: file)).map(Array.init) }
  private func ranges(_ server: LoopbackServer) -> [String?] { server.requests.map { $0.headers["range"] } }

  @Test(arguments: [nil, 70_000]) func everythingInOneGo(size: Int?) throws {
    let bytes = bytes
    let server = try LoopbackServer { .file(bytes, for: $0) }
    try download(server, size: size)
    #expect(there == bytes)
    #expect(ranges(server) == [nil])
  }

  @Test(arguments: [nil, 70_000]) func aBrokenOneIsContinued(size: Int?) throws {
    let bytes = bytes
    let server = try LoopbackServer { request in
      request.headers["range"] == nil ? .cutShort(body: bytes, after: 40_000) : .file(bytes, for: request)
    }
    #expect(
      throws: DownloadError.broken(.cutShort(received: 40_000, of: 70_000), kept: 40_000, of: 70_000)
    ) { try download(server, size: size) }
    #expect(there == Array(bytes[..<40_000]))
    try download(server, size: size)
    #expect(there == bytes)
    #expect(ranges(server) == [nil, "bytes=40000-"])
  }

  @Test func aServerWithoutRangesSendsItAllAgain() throws {
    let bytes = bytes
    let server = try LoopbackServer { _ in .respond(status: 200, body: bytes) }
    try put([9, 9, 9])
    try download(server)
    #expect(there == bytes)
    #expect(ranges(server) == ["bytes=3-"])
  }

  @Test func aRangeThatWasNotAskedForIsNotTaken() throws {
    let bytes = bytes
    let server = try LoopbackServer { request in
      guard request.headers["range"] != nil else { return .respond(status: 200, body: bytes) }
      return .respond(status: 206, headers: ["Content-Range": "bytes 0-9/70000"], body: Array(bytes[..<10]))
    }
    try put(bytes[..<20])
    try download(server)
    #expect(there == bytes)
    #expect(ranges(server) == ["bytes=20-", nil])
  }

  @Test func whatIsWholeIsNotBroughtAgain() throws {
    let bytes = bytes
    let server = try LoopbackServer { .file(bytes, for: $0) }
    try put(bytes)
    try download(server, size: bytes.count)
    #expect(server.requests.isEmpty, "the size is known")
    try download(server)
    #expect(ranges(server) == ["bytes=70000-"], "the server says so by 416")
    #expect(there == bytes)
  }

  @Test func whatIsTooLongIsNoneOfIt() throws {
    let bytes = bytes
    let server = try LoopbackServer { .file(bytes, for: $0) }
    for size in [nil, bytes.count] {
      try put(bytes + [1])
      try download(server, size: size)
      #expect(there == bytes)
    }
    #expect(ranges(server) == ["bytes=70001-", nil, nil])
  }

  @Test func anotherSizeIsRefusedAndNothingIsKept() throws {
    let bytes = bytes
    let server = try LoopbackServer { .file(bytes, for: $0) }
    #expect(throws: DownloadError.wrongSize(expected: 60_000, found: 70_000)) {
      try download(server, size: 60_000)
    }
    #expect(there == nil)
  }

  @Test func aStatusIsSaid() throws {
    let server = try LoopbackServer { _ in .text("no", status: 404) }
    #expect(throws: DownloadError.refused(status: 404)) { try download(server) }
    #expect(there == nil, "no empty file is left")
    try put([1, 2])
    #expect(throws: DownloadError.refused(status: 404)) { try download(server) }
    #expect(there == [1, 2], "what is there may still be continued elsewhere")
  }

  @Test func ofTwoProcessesOneDownloads() throws {
    let server = try LoopbackServer { _ in .hangUp }
    try put([1])
    let descriptor = open(file.path(percentEncoded: false), O_RDWR)
    defer { close(descriptor) }
    #expect(flock(descriptor, LOCK_EX) == 0)
    #expect(throws: DownloadError.busy) { try download(server) }
  }

  @Test func aFolderThatIsNotThere() throws {
    let server = try LoopbackServer { _ in .hangUp }
    try FileManager.default.removeItem(at: folder)
    #expect(throws: DownloadError.unwritable("No such file or directory")) { try download(server) }
  }

  @Test func progressIsTold() throws {
    let bytes = bytes
    let server = try LoopbackServer { .file(bytes, for: $0) }
    try put(bytes[..<50_000])
    let told = Mutex([[Int?]]())
    let url = try #require(URL(string: server.url))
    try Download(from: url, to: file).run(HTTPClient(timeout: 20)) { done, total in
      told.withLock { $0.append([done, total]) }
    }
    let steps = told.withLock { $0 }
    #expect(steps.last == [70_000, 70_000])
    #expect(steps.allSatisfy { ($0[0] ?? 0) > 50_000 })
  }
}
