import Beckon

/// A program that a command starts and waits for, and what it said.
struct ProgramRun {
  /// Its code; 0 if it did what it was asked.
  let code: Int32
  /// What it wrote to standard output.
  let output: String
  /// What it wrote to standard error.
  let complaint: String

  /// Runs a program to its end. What it says must be short: its two streams are read one after the other.
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
    self.output = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    complaint = String(decoding: error.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    code = process.terminationStatus
  }
}
