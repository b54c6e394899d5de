import Beckon
import Dispatch

/// A file that could not be written.
public struct WriteError: Error, Equatable, CustomStringConvertible {
  /// The file.
  public let path: String
  /// What the system said.
  public let reason: String

  /// Place, fact, next step.
  public var description: String {
    "\(path): cannot be written: \(reason). What was there before is untouched; finished parts are kept, and the "
      + "same command goes on from them."
  }
}

/// Writes whole files or nothing: temporary file, `fsync`, rename.
public enum AtomicFile {
  /// Passed by one write at a time.
  private static let gate = DispatchSemaphore(value: 1)

  /// Waits for the write that is under way and lets none begin: for a process that is about to end.
  public static func finishWriting() { gate.wait() }

  /// Writes a text.
  ///
  /// - Throws: `WriteError`, for example when the disk is full.
  public static func write(_ text: String, to url: URL) throws {
    try write(to: url) { try $0(Data(text.utf8)) }
  }

  /// Writes what the body hands over, piece by piece.
  public static func write(to url: URL, _ body: (_ append: (Data) throws -> Void) throws -> Void) throws {
    gate.wait()
    defer { gate.signal() }
    let path = url.path(percentEncoded: false)
    let folder = url.deletingLastPathComponent()
    do { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) } catch {
      throw WriteError(path: path, reason: "the folder \(folder.path(percentEncoded: false)) cannot be made")
    }
    let temporary = path + ".\(ProcessInfo.processInfo.processIdentifier).tmp"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw failure(path) }
    do {
      defer { close(descriptor) }
      try body { try append($0, to: descriptor, path) }
      guard fsync(descriptor) == 0 else { throw failure(path) }
    } catch {
      unlink(temporary)
      throw error
    }
    guard rename(temporary, path) == 0 else {
      let error = failure(path)
      unlink(temporary)
      throw error
    }
  }

  private static func append(_ data: Data, to descriptor: Int32, _ path: String) throws {
    try data.withUnsafeBytes { bytes in
      var done = 0
      while done < bytes.count {
        let count = Foundation.write(descriptor, bytes.baseAddress?.advanced(by: done), bytes.count - done)
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { throw failure(path) }
        done += count
      }
    }
  }

  private static func failure(_ path: String) -> WriteError {
    WriteError(path: path, reason: String(cString: strerror(errno)))
  }
}
