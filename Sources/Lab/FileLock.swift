import Beckon

/// A lock on a file that one process holds at a time. The system lets go of it when the process ends, however it ends:
/// a killed run leaves nothing behind that keeps others out.
final class FileLock: Sendable {
  private let descriptor: Int32

  private init(_ descriptor: Int32) { self.descriptor = descriptor }
  deinit { close(descriptor) }

  /// Takes the lock; nil if another process holds it and there is to be no waiting.
  ///
  /// - Throws: `WriteError` if the file cannot be made.
  static func take(_ url: URL, waiting: Bool) throws -> FileLock? {
    let path = url.path(percentEncoded: false)
    let folder = url.deletingLastPathComponent()
    do { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) } catch {
      throw WriteError(path: path, reason: "the folder \(folder.path(percentEncoded: false)) cannot be made")
    }
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw WriteError(path: path, reason: String(cString: strerror(errno))) }
    while flock(descriptor, waiting ? LOCK_EX : LOCK_EX | LOCK_NB) != 0 {
      let reason = errno
      if reason == EINTR { continue }
      close(descriptor)
      if reason == EWOULDBLOCK { return nil }
      throw WriteError(path: path, reason: "no lock can be had there (\(String(cString: strerror(reason))))")
    }
    return FileLock(descriptor)
  }

  /// Whether a process holds the lock now. Nothing is written.
  static func isHeld(_ url: URL) -> Bool {
    let descriptor = open(url.path(percentEncoded: false), O_RDWR | O_CLOEXEC)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return flock(descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK
  }
}
