import Foundation
import Synchronization

/// Why a download came to nothing, or not yet to its end.
public enum DownloadError: Error, Equatable, CustomStringConvertible {
  /// The server answers, but not with the file.
  case refused(status: Int)
  /// The file is not as long as it is known to be.
  case wrongSize(expected: Int, found: Int)
  /// The exchange broke off; this many bytes are kept.
  case broken(HTTPError, kept: Int, of: Int?)
  /// The file cannot be written.
  case unwritable(String)
  /// Another process is at it.
  case busy

  /// What happened, as the end of a sentence.
  public var description: String {
    switch self {
    case .refused(let status): "the server answers with status \(status)"
    case .wrongSize(let expected, let found): "expected \(expected) bytes, found \(found)"
    case .broken(let error, kept: 0, _): "\(error)"
    case .broken(let error, let kept, let total):
      "\(error); \(kept) \(total.map { "of \($0) " } ?? "")bytes are kept"
    case .unwritable(let reason): "the file cannot be written (\(reason))"
    case .busy: "another process is downloading it"
    }
  }
}

/// A file that is brought over HTTP and, if it is interrupted, gone on with.
///
/// The bytes go to one file from the first on. What lies there from an earlier time is not asked for again: a server
/// that takes ranges sends the rest, another one everything.
public struct Download: Sendable {
  private let url: URL
  private let file: URL
  private let size: Int?

  /// A download.
  ///
  /// - Parameters:
  ///   - url: where the bytes come from.
  ///   - file: where they go; an unfinished one is continued.
  ///   - size: bytes of the whole file, where that is known.
  public init(from url: URL, to file: URL, size: Int? = nil) {
    self.url = url
    self.file = file
    self.size = size
  }

  /// Brings what is missing.
  ///
  /// - Parameter progress: is told the bytes that are there and, if known, of how many.
  /// - Throws: `DownloadError`. After `broken` the bytes that came are kept; after `wrongSize` nothing is.
  public func run(
    _ client: HTTPClient, progress: @escaping @Sendable (_ done: Int, _ of: Int?) -> Void = { _, _ in }
  ) throws {
    let sink = try Sink(file, size: size)
    defer {
      if sink.count == 0 { try? FileManager.default.removeItem(at: file) }
      // The session lets go of it later.
      sink.close()
    }
    do {
      while try !sink.isWhole {
        if try bring(client, to: sink, progress) { return }
      }
    } catch let error as DownloadError {
      if case .wrongSize = error { try? FileManager.default.removeItem(at: file) }
      throw error
    }
  }

  /// - Returns: whether all is there; if not, the file was emptied and is to be asked for from its beginning.
  private func bring(
    _ client: HTTPClient, to sink: Sink, _ progress: @escaping @Sendable (Int, Int?) -> Void
  ) throws -> Bool {
    let offset = sink.count
    var request = HTTPRequest(url, followsRedirections: true)
    if offset > 0 { request.headers.append(("Range", "bytes=\(offset)-")) }
    do {
      _ = try client.stream(request) { head in
        try sink.begin(head, offset: offset)
      } body: { data in
        try sink.append(data)
        progress(sink.count, sink.total)
      }
    } catch Sink.Turn.complete {
      return true
    } catch Sink.Turn.again {
      return false
    } catch let error as HTTPError {
      throw DownloadError.broken(error, kept: sink.count, of: sink.total)
    }
    if let total = sink.total, sink.count < total {
      throw DownloadError.broken(
        .cutShort(received: sink.count - offset, of: total - offset), kept: sink.count, of: total)
    }
    return true
  }
}

/// The file that a download goes to, with what is known of its length.
private final class Sink: Sendable {
  /// What an answer means for the exchange it belongs to.
  enum Turn: Error { case complete, again }

  private struct State {
    var count = 0
    var total: Int?
  }

  private let size: Int?
  private let handle: FileHandle
  private let state: Mutex<State>

  /// Opens the file, or makes it. It is locked until it is closed: of two processes one downloads.
  init(_ file: URL, size: Int?) throws {
    self.size = size
    let path = file.path(percentEncoded: false)
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw DownloadError.unwritable(String(cString: strerror(errno))) }
    handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { throw DownloadError.busy }
    state = Mutex(State(count: Int(try handle.seekToEnd()), total: size))
  }

  var count: Int { state.withLock { $0.count } }
  var total: Int? { state.withLock { $0.total } }

  func close() { try? handle.close() }

  /// Whether nothing needs to be asked for; what is too long is none of this file and goes.
  var isWhole: Bool {
    get throws {
      guard let size else { return false }
      if count > size { try empty() }
      return count == size
    }
  }

  /// Takes the beginning of an answer to a request for everything from an offset on.
  func begin(_ head: HTTPHead, offset: Int) throws {
    let range = ContentRange(head.headers["content-range"] ?? "")
    switch head.status {
    case 206 where offset > 0 && range.first == offset: try expect(range.total)
    case 200:
      if offset > 0 { try empty() }
      try expect(head.length)
    case 206, 416:
      // Either all of it is here already, or what is here is not of this file.
      if head.status == 416, offset > 0, range.total == offset, size ?? offset == offset {
        throw Turn.complete
      }
      guard offset > 0 else { throw DownloadError.refused(status: head.status) }
      try empty()
      throw Turn.again
    default: throw DownloadError.refused(status: head.status)
    }
  }

  func append(_ data: Data) throws {
    let found = count + data.count
    if let size, found > size { throw DownloadError.wrongSize(expected: size, found: found) }
    do { try handle.write(contentsOf: data) } catch { throw Self.unwritable(error) }
    state.withLock { $0.count = found }
  }

  private func expect(_ total: Int?) throws {
    if let size, let total, size != total {
      throw DownloadError.wrongSize(expected: size, found: total)
    }
    state.withLock { $0.total = size ?? total }
  }

  private func empty() throws {
    do {
      try handle.truncate(atOffset: 0)
    } catch { throw Self.unwritable(error) }
    state.withLock { $0.count = 0 }
  }

  private static func unwritable(_ error: any Error) -> DownloadError {
    let inner = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError ?? error as NSError
    return .unwritable(
      inner.domain == NSPOSIXErrorDomain
        ? String(cString: strerror(Int32(inner.code))) : error.localizedDescription)
  }
}

/// `bytes 100-199/1000`, or `bytes */1000`.
private struct ContentRange {
  var first: Int?
  var total: Int?

  init(_ text: String) {
    guard let found = text.wholeMatch(of: #/bytes (?:(\d+)-\d+|\*)/(\d+|\*)/#) else { return }
    first = found.output.1.flatMap { Int($0) }
    total = Int(found.output.2)
  }
}
