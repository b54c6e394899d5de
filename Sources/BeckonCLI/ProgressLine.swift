import Beckon
import Lab
import Synchronization

/// How a study is getting on, on standard error: on a terminal a line that is written over, elsewhere a line now and
/// then.
final class ProgressLine: Sendable {
  private struct State {
    var lastDrawn = Date.distantPast
    var count = ""
    var cell = ""
    var began = Date()
    var fresh = 0
    var remaining = 0
    var best: BestSoFar?
    var isDirty = false
  }

  /// Often enough to look alive.
  private static let interval = 0.1
  /// Seconds between two lines where nobody watches.
  static let silence = 30.0

  private let terminal: Terminal
  private let isQuiet: Bool
  private let state: Mutex<State>

  init(_ terminal: Terminal, best: BestSoFar? = nil, isQuiet: Bool) {
    self.terminal = terminal
    self.isQuiet = isQuiet
    // The first line comes when it is clear that this takes its time.
    state = Mutex(State(lastDrawn: terminal.isWatched ? .distantPast : Date(), best: best))
  }

  /// Shows an event, unless the last one was a moment ago.
  func show(_ event: StudyEvent) {
    state.withLock { state in
      switch event {
      case .note(let text): say(&state, text)
      case .reused(let place, let record):
        state.best?.add(record, of: place.variant)
        begin(&state, place)
        draw(&state, "finished before", always: false)
      case .began(let place):
        begin(&state, place)
        draw(&state, "", always: true)
      case .finished(let place, let record):
        state.best?.add(record, of: place.variant)
        state.fresh += 1
        begin(&state, place)
        draw(&state, "finished", always: false)
      case .failed(let place, let reason):
        state.fresh += 1
        begin(&state, place)
        say(&state, "\(place.variant), seed \(place.seed) failed: \(reason)")
      case .waiting(let place):
        begin(&state, place)
        draw(&state, "waiting for other processes", always: false)
      case .progress(let event): draw(&state, Self.words(event), always: false)
      }
    }
  }

  /// Clears the line.
  func finish() { state.withLock { clear(&$0) } }

  private func clear(_ state: inout State) {
    if state.isDirty { terminal.error("\r\u{1B}[K") }
    state.isDirty = false
  }

  /// A line that stays; said even to those who want no progress, as errors are.
  private func say(_ state: inout State, _ text: String) {
    clear(&state)
    terminal.error(text + "\n")
  }

  private func begin(_ state: inout State, _ place: StudyEvent.Place) {
    state.count = "[\(place.done)/\(place.of)]"
    // Names of a grid's cells are long; the time left shall still be seen.
    let name = place.variant.count > 36 ? place.variant.prefix(35) + "…" : place.variant[...]
    state.cell = "\(name), seed \(place.seed)"
    state.remaining = place.of - place.done
  }

  private func draw(_ state: inout State, _ text: String, always: Bool) {
    guard !isQuiet else { return }
    let now = Date()
    let pause = terminal.isWatched ? (always ? 0 : Self.interval) : Self.silence
    guard now.timeIntervalSince(state.lastDrawn) >= pause else { return }
    state.lastDrawn = now
    var parts = [state.count]
    if state.fresh > 0 {
      let each = now.timeIntervalSince(state.began) / Double(state.fresh)
      parts.append(
        "\(Duration.words(each)) a cell, about \(Duration.words(each * Double(state.remaining))) left")
    }
    parts += [state.cell, text, state.best?.text ?? ""]
    let line = parts.filter { !$0.isEmpty }.joined(separator: " · ").filter { !$0.isNewline }
    guard terminal.isWatched else { return terminal.error(line + "\n") }
    state.isDirty = true
    terminal.error("\r\u{1B}[K" + line.prefix(max(20, terminal.width - 1)))
  }

  private static func words(_ event: ProgressEvent) -> String {
    switch event {
    case .began(let what): return what
    case .epoch(let epoch, let of, let loss, let validation, let seconds):
      let metric = validation.map { ", \($0.name) \(short($0.value)) (best \(short($0.best)))" } ?? ""
      let rest = seconds / Double(max(1, epoch)) * Double(of - epoch)
      return "epoch \(epoch)/\(of), loss \(short(loss))\(metric), \(Duration.words(seconds)), "
        + "at most \(Duration.words(rest)) more"
    case .advanced(let done, let of, let unit, let seconds):
      let rest = seconds / Double(max(1, done)) * Double(of - done)
      return "\(unit) \(100 * done / max(1, of)) %, \(Duration.words(seconds)), \(Duration.words(rest)) more"
    }
  }

  private static func short(_ value: Double) -> String { String(format: "%.4g", value) }
}

/// Spans of time for people.
enum Duration {
  /// `0.4 s`, `12 s`, `3 min`, `1 h 20 min`.
  static func words(_ seconds: Double) -> String {
    guard seconds.isFinite else { return "?" }
    if seconds < 10 { return String(format: "%.1f s", max(0, seconds)) }
    if seconds < 100 { return String(format: "%.0f s", seconds) }
    let minutes = Int((seconds / 60).rounded())
    return minutes < 60 ? "\(minutes) min" : "\(minutes / 60) h \(minutes % 60) min"
  }
}
