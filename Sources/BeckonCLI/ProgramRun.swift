import Beckon
import Dispatch
import Synchronization

/// A program that a command starts and waits for, and what it said.
struct ProgramRun {
  /// Its code; 0 if it did what it was asked.
  let code: Int32
  /// What it wrote to standard output.
  let output: String
  /// What it wrote to standard error.
  let complaint: String

  /// Runs a program to its end.
  ///
  /// - Throws: `RunFailure` if it cannot be started.
  init(_ program: URL, _ arguments: [String], in folder: URL? = nil, environment: [String: String]? = nil)
    throws
  {
    let process = Process()
    let (output, error) = (Pipe(), Pipe())
    process.executableURL = program.absoluteURL
    process.arguments = arguments
    if let folder { process.currentDirectoryURL = folder }
    if let environment { process.environment = environment }
    process.standardOutput = output
    process.standardError = error
    do { try process.run() } catch {
      throw RunFailure(
        description:
          "\(program.path(percentEncoded: false)): cannot be started: \(error.localizedDescription)")
    }
    // Both at once: a program that fills one pipe while the other is read would wait for ever.
    let complaints = Mutex(Data())
    let group = DispatchGroup()
    let descriptor = error.fileHandleForReading.fileDescriptor
    DispatchQueue.global().async(group: group) {
      let data = FileHandle(fileDescriptor: descriptor, closeOnDealloc: false).readDataToEndOfFile()
      complaints.withLock { $0 = data }
    }
    self.output = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    withExtendedLifetime(error) { group.wait() }
    complaint = String(decoding: complaints.withLock { $0 }, as: UTF8.self)
    process.waitUntilExit()
    code = process.terminationStatus
  }
}
