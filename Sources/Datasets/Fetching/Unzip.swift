import Beckon

/// The program that unpacks archives.
struct Unzip {
  private let program: URL

  /// The first `unzip` on a search path; nil if there is none.
  init?(searchPath: String) {
    guard let found = ProgramSearch.find("unzip", in: searchPath) else { return nil }
    program = found
  }

  /// Unpacks everything into a folder.
  ///
  /// - Throws: `FetchError` with what the program says.
  func unpack(_ archive: URL, into folder: URL) throws {
    let process = Process()
    let output = Pipe()
    process.executableURL = program
    process.arguments = [
      "-q", "-o", archive.path(percentEncoded: false), "-d", folder.path(percentEncoded: false),
    ]
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    process.standardError = output
    try process.run()
    let said = String(decoding: (try? output.fileHandleForReading.readToEnd()) ?? Data(), as: UTF8.self)
    process.waitUntilExit()
    // 1 is a warning: everything was unpacked.
    guard process.terminationReason == .exit, process.terminationStatus <= 1 else {
      let words = said.split(separator: "\n").prefix(3).joined(separator: " ")
      throw FetchError(archive.lastPathComponent, "unzip ends with \(process.terminationStatus): \(words)")
    }
  }
}
