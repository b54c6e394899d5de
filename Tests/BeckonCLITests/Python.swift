import Foundation

/// The Python that `BECKON_PYTHON` names, or `python3`.
enum Python {
  private static let executable = ProcessInfo.processInfo.environment["BECKON_PYTHON"] ?? "python3"

  static let hasNumPy = canImport("numpy")
  static let hasPandas = canImport("pandas")

  private static func canImport(_ module: String) -> Bool {
    (try? run("import \(module)", in: FileManager.default.temporaryDirectory))?.code == 0
  }

  /// Runs a script in a folder.
  static func run(_ script: String, in folder: URL) throws -> (code: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [executable, "-c", script]
    process.currentDirectoryURL = folder
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let data = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: data, as: UTF8.self))
  }
}
