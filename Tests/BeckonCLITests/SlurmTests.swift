import Beckon
import Testing

@Suite(.serialized) struct SlurmTests {
  /// Starts a cluster of one node; says aloud why where that cannot be.
  @Test func aRealClusterGivesTheSameBytes() throws {
    let script = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Slurm/slurm.sh")
    let scratch = try Scratch()
    let process = Process()
    process.executableURL = URL(filePath: "/bin/bash")
    process.arguments = [script.path(percentEncoded: false), Program.url.path(percentEncoded: false)]
    _ = try scratch.file("log", "")
    let log = try FileHandle(forWritingTo: scratch.url.appending(path: "log"))
    process.standardOutput = log
    process.standardError = log
    try process.run()
    process.waitUntilExit()
    let text = String(decoding: try scratch.data("log"), as: UTF8.self)
    if process.terminationStatus == 77 {
      print("Slurm: \(text)")
    } else {
      #expect(process.terminationStatus == 0, "\(text)")
    }
  }

  @Test(arguments: [
    (
      "#!/bin/sh\necho 'sbatch: error: Unable to contact slurm controller (connect failure)' >&2\nexit 1\n",
      "sbatch: sbatch: error: Unable to contact slurm controller (connect failure)\nNothing is lost"
    ),
    ("#!/bin/sh\necho moo\n", "sbatch: expected the number of a job, found 'moo"),
    (nil, "sbatch: there is no such program on the PATH."),
  ])
  func anUnreachableCluster(sbatch: String?, message: String) throws {
    let scratch = try Scratch()
    let spec = try scratch.file("spec.json", tinySpec)
    let bin = scratch.url.appending(path: "bin")
    try FileManager.default.createDirectory(at: bin, withIntermediateDirectories: true)
    if let sbatch {
      let file = bin.appending(path: "sbatch")
      try Data(sbatch.utf8).write(to: file)
      try FileManager.default.setAttributes(
        [.posixPermissions: 0o755], ofItemAtPath: file.path(percentEncoded: false))
    }
    let process = try Program.start(
      ["grid", "submit", spec, "--out", scratch.path("out")],
      environment: ["PATH": bin.path(percentEncoded: false)], output: scratch.url.appending(path: "log"))
    process.waitUntilExit()
    let text = String(decoding: try scratch.data("log"), as: UTF8.self)
    #expect(process.terminationStatus == 1 && text.contains(message), "\(text)")
  }
}
