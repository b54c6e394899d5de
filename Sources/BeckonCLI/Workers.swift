import Beckon
import Lab

/// Processes that work on the cells of one study: what `--jobs` starts.
enum Workers {
  /// Starts the workers of a call and waits for them. What they leave undone, because they were killed or a cell
  /// failed, is left to the caller.
  ///
  /// - Throws: `UsageError` where this is no process of its own that could be started again.
  static func run(_ call: Call, spec: ResolvedSpec, store: RunStore) throws {
    guard let program = call.terminal.program else {
      throw UsageError("--jobs: there is no program here to start again.", command: call.path)
    }
    let count = try min(call.number("jobs", default: 1), spec.variants.count * spec.seeds.count)
    let threads = try call.number("threads", default: ProcessInfo.processInfo.activeProcessorCount)
    var processes: [Process] = []
    for _ in 0..<count {
      let process = Process()
      process.executableURL = program
      process.arguments = arguments(call, threads: max(1, threads / count))
      process.standardOutput = FileHandle.nullDevice
      do { try process.run() } catch {
        // Nobody would wait for the others.
        for other in processes { other.terminate() }
        throw RunFailure(
          description:
            "\(program.path(percentEncoded: false)): cannot be started again: \(error.localizedDescription)")
      }
      processes.append(process)
    }
    let ids = processes.map(\.processIdentifier)
    let cleanUp: @Sendable () -> Void = { for id in ids { kill(id, SIGTERM) } }
    let interruption = Interruption(call.terminal, cleanUp: cleanUp) {
      "Interrupted. Finished cells are kept; the same command goes on from there."
    }
    defer { interruption.end() }
    watch(processes, call, store)
  }

  /// The words of a worker: the caller's own, but for how many there are.
  private static func arguments(_ call: Call, threads: Int) -> [String] {
    ["run", "--worker", "--threads", "\(threads)"] + call.words(without: ["jobs", "threads", "quiet"]) + [
      "--"
    ]
      + call.arguments
  }

  /// Counts finished cells until the last worker ends.
  private static func watch(_ processes: [Process], _ call: Call, _ store: RunStore) {
    let began = Date()
    var shown = Date.distantPast
    // What is done stays done, and need not be read again.
    var finished: Set<String> = []
    while processes.contains(where: \.isRunning) {
      Thread.sleep(forTimeInterval: 0.2)
      let pause = call.terminal.isWatched ? 1 : ProgressLine.silence
      guard !call.has("quiet"), Date().timeIntervalSince(shown) >= pause,
        Date().timeIntervalSince(began) >= pause,
        let cells = try? store.plan()
      else { continue }
      shown = Date()
      var running = 0
      for cell in cells where !finished.contains(cell.identity) {
        switch store.state(cell.identity) {
        case .done: finished.insert(cell.identity)
        case .running: running += 1
        default: break
        }
      }
      let done = cells.count { finished.contains($0.identity) }
      let text =
        "[\(done)/\(cells.count)] \(running) running, \(Duration.words(shown.timeIntervalSince(began)))"
      call.terminal.error(call.terminal.isWatched ? "\r\u{1B}[K\(text)" : text + "\n")
    }
    if call.terminal.isWatched, shown != .distantPast { call.terminal.error("\r\u{1B}[K") }
  }
}
