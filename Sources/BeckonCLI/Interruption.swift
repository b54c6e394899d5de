import Beckon
import Dispatch
import Lab

/// What Ctrl-C does to long work: the write that is under way is finished, then the process cleans up, says how to go
/// on, and ends.
final class Interruption {
  private var sources: [any DispatchSourceSignal] = []

  /// Listens until `end`, where the terminal is a process's own.
  ///
  /// - Parameters:
  ///   - cleanUp: what to do before the end, when nothing is written any more; called from another thread.
  ///   - farewell: what to say; called from another thread.
  init(
    _ terminal: Terminal, cleanUp: @escaping @Sendable () -> Void,
    farewell: @escaping @Sendable () -> String
  ) {
    guard terminal.ownsProcess else { return }
    for number in [SIGINT, SIGTERM] {
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global(qos: .userInitiated))
      source.setEventHandler {
        AtomicFile.finishWriting()
        cleanUp()
        terminal.error(farewell() + "\n")
        _exit(128 + number)
      }
      source.resume()
      sources.append(source)
    }
  }

  /// Gives the signals back.
  func end() {
    for source in sources { source.cancel() }
    if !sources.isEmpty { for number in [SIGINT, SIGTERM] { signal(number, SIG_DFL) } }
    sources = []
  }
}
