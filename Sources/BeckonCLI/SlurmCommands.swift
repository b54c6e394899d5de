import Beckon
import Lab

/// `beckon grid submit`, `status` and `cancel`: a study's cells as a Slurm job array.
enum SlurmCommands {
  static let submit = Command(
    name: "submit", summary: "Hands a study's cells to a cluster.",
    details: """
      Writes a job array whose tasks take cells of the shared folder until none is left; the task that
      finishes the last one writes the results. The folder must be one that every node sees. The
      engine 'local' runs the cells here, as 'beckon run --jobs' does.
      """,
    arguments: [.init(name: "SPEC", help: "the experiment, a JSON file.")],
    options: [
      .init(
        name: "engine", value: "NAME", help: "slurm or local; slurm if not given.", words: ["slurm", "local"]),
      .init(
        name: "tasks", value: "N", help: "How many tasks work at once; 4 if not given, never more than cells."
      ),
      .init(
        name: "sbatch", value: "OPTION",
        help: "Goes to sbatch as it is, such as --sbatch=--time=4:00:00. May be repeated.", repeats: true),
      CommonOptions.set, CommonOptions.plugin, CommonOptions.seed, CommonOptions.out, CommonOptions.data,
      CommonOptions.threads,
    ],
    run: runSubmit)

  static let status = Command(
    name: "status", summary: "Prints how far a study is, and what its cluster job does.",
    arguments: [.init(name: "SPEC", help: "the experiment, a JSON file.")],
    options: [CommonOptions.set, CommonOptions.plugin, CommonOptions.seed, CommonOptions.out], run: runStatus)

  static let cancel = Command(
    name: "cancel", summary: "Ends a study's cluster job; finished cells are kept.",
    arguments: [.init(name: "SPEC", help: "the experiment, a JSON file.")],
    options: [CommonOptions.set, CommonOptions.plugin, CommonOptions.seed, CommonOptions.out], run: runCancel)

  private static func jobFile(_ folder: URL) -> URL { folder.appending(path: "slurm/job.json") }

  private static func runSubmit(_ call: Call) throws {
    let engine = call.value("engine") ?? "slurm"
    guard ["slurm", "local"].contains(engine) else {
      let sentence = Suggestion.sentence(for: engine, among: ["slurm", "local"], label: "Engines")
      throw UsageError("--engine: there is no '\(engine)'.\(sentence)", command: call.path)
    }
    let named = try StudyCall(call)
    let (spec, folder) = (named.spec, named.folders.output.absoluteURL)
    let cells = spec.variants.count * spec.seeds.count
    let tasks = min(try call.number("tasks", default: 4), cells)
    if engine == "local" {
      var words =
        ["run"] + call.words(without: ["engine", "tasks", "sbatch"]) + ["--jobs", "\(tasks)", "--"]
      words += call.arguments
      let code = CommandLineInterface.main(words, terminal: call.terminal, adding: call.adding)
      guard code == 0 else { throw RunFailure(description: "not every cell could be finished.") }
      return
    }
    guard let program = call.terminal.program else {
      throw UsageError("--engine slurm: there is no program here for a job to start.", command: call.path)
    }
    try RunCommand.prepare(folder)
    // What is wrong with the spec or the data is said now, not in a log of task 17.
    _ = try SpecError.naming(call.arguments[0]) { try named.study().forecast() }
    let script = folder.appending(path: "slurm/job.sh")
    try AtomicFile.write(text(call, program, spec.name, folder, tasks), to: script)
    let answer = try Slurm.run(
      "sbatch", ["--parsable"] + call.all("sbatch") + [script.path(percentEncoded: false)], call.terminal)
    guard let job = answer.split(whereSeparator: { ";\n ".contains($0) }).first.map(String.init),
      Int(job) != nil
    else {
      throw RunFailure(description: "sbatch: expected the number of a job, found '\(answer)'.")
    }
    try AtomicFile.write(
      JSON.members([("job", .string(job)), ("tasks", .number(Double(tasks)))]).pretty + "\n",
      to: jobFile(folder))
    try call.terminal.output(
      "Job \(job): \(tasks) tasks for \(cells) cells. 'beckon grid status \(call.arguments[0])' tells how far it is; "
        + "logs are in \(folder.appending(path: "slurm").path(percentEncoded: false)).\n")
  }

  /// The job's script.
  private static func text(_ call: Call, _ program: URL, _ name: String, _ folder: URL, _ tasks: Int)
    -> String
  {
    let threads = call.value("threads") ?? "1"
    var words = [program.path(percentEncoded: false), "run", "--no-wait", "--quiet"]
    words += call.words(without: ["engine", "tasks", "sbatch", "threads", "out"])
    words += call.value("out").map { _ in ["--out", folder.path(percentEncoded: false)] } ?? []
    words += ["--threads", threads, "--", call.arguments[0]]
    let data = call.terminal.environment["BECKON_DATA"].map { "export BECKON_DATA=\(quoted($0))\n" } ?? ""
    return """
      #!/bin/sh
      #SBATCH --job-name=\(quoted("beckon-" + name))
      #SBATCH --array=1-\(tasks)
      #SBATCH --cpus-per-task=\(threads)
      #SBATCH --output=\(quoted(folder.appending(path: "slurm").path(percentEncoded: false) + "/%A_%a.log"))
      #SBATCH --chdir=\(quoted(FileManager.default.currentDirectoryPath))
      # A task takes cells that no other works on, until none is left.
      \(data)exec \(words.map(quoted).joined(separator: " "))

      """
  }

  /// A word as a shell reads it back.
  private static func quoted(_ word: String) -> String {
    let plain = word.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_./=:,@%+".contains($0)) }
    return plain && !word.isEmpty ? word : "'" + word.replacing("'", with: "'\\''") + "'"
  }

  /// The job of a study; nil if none was submitted.
  private static func job(_ folder: URL) -> String? {
    (try? String(contentsOf: jobFile(folder), encoding: .utf8)).flatMap { try? JSON(parsing: $0) }?["job"]?
      .string
  }

  private static func runStatus(_ call: Call) throws {
    let folder = try StudyCall(call).folders.output
    let store = RunStore(folder: folder)
    let cells = try store.plan() ?? []
    var text = cells.isEmpty ? "No cell has been begun.\n" : ""
    let states = cells.map { (cell: $0, state: store.state($0.identity)) }
    if !cells.isEmpty {
      text += GridCommand.summary(states.map(\.state)) + "\n"
    }
    for (cell, state) in states {
      switch state {
      case .running: text += "running: \(cell.variant), seed \(cell.seed)\n"
      case .failed(let reason): text += "failed: \(cell.variant), seed \(cell.seed): \(reason)\n"
      default: break
      }
    }
    if let job = job(folder) {
      let queue = try Slurm.run(
        "squeue", ["--noheader", "--jobs", job, "--format", "%i %T %M %R"], call.terminal,
        tolerating: "Invalid job id")
      text += queue.isEmpty ? "Job \(job) is not in the queue any more.\n" : "Job \(job):\n\(queue)"
    }
    try call.terminal.output(text)
  }

  private static func runCancel(_ call: Call) throws {
    let folder = try StudyCall(call).folders.output
    guard let job = job(folder) else {
      throw UsageError("no job was submitted for this study.", command: call.path)
    }
    _ = try Slurm.run("scancel", [job], call.terminal, tolerating: "Invalid job id")
    try call.terminal.output("Job \(job) is cancelled. Finished cells are kept; submit again to go on.\n")
  }
}

/// Slurm's own programs.
enum Slurm {
  /// What a program prints.
  ///
  /// - Parameter tolerating: a complaint that counts as an empty answer.
  /// - Throws: `RunFailure` if it is not there, or says why it cannot.
  static func run(
    _ program: String, _ arguments: [String], _ terminal: Terminal, tolerating: String? = nil
  ) throws -> String {
    guard let file = ProgramSearch.find(program, in: terminal.environment["PATH"]) else {
      throw RunFailure(
        description: "\(program): there is no such program on the PATH. Slurm's commands are needed here; "
          + "without a cluster use 'beckon run --jobs N'.")
    }
    let run = try ProgramRun(file, arguments, environment: terminal.environment)
    if run.code != 0 {
      if let tolerating, run.complaint.contains(tolerating) { return "" }
      let words = run.complaint.trimmingCharacters(in: .whitespacesAndNewlines)
      throw RunFailure(
        description: "\(program): \(words.isEmpty ? "failed with code \(run.code)" : words)\n"
          + "Nothing is lost: finished cells are kept, and 'beckon run' goes on here.")
    }
    return run.output
  }
}
