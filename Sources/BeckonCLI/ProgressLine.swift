import Beckon
import Lab
import Synchronization

/// A line on standard error that is written over while a study runs.
final class ProgressLine: Sendable {
  private struct State {
    var lastDrawn = Date.distantPast
    var cell = ""
    var began = Date()
    var reused = 0
    var remaining = 0
    var done = 0
    var isDirty = false
  }

  /// Often enough to look alive.
  private static let interval = 0.1

  private let terminal: Terminal
  private let state = Mutex(State())

  init(_ terminal: Terminal) { self.terminal = terminal }

  /// Shows an event, unless the last one was a moment ago.
  func show(_ event: StudyEvent) {
    state.withLock { state in
      switch event {
      case .reused(let variant, let seed, let done, let of):
        state.reused += 1
        begin(&state, variant, seed, done, of)
        draw(&state, "finished before", always: false)
      case .cell(let variant, let seed, let done, let of):
        begin(&state, variant, seed, done, of)
        draw(&state, "", always: true)
      case .progress(let event): draw(&state, Self.words(event), always: false)
      }
    }
  }

  /// Clears the line.
  func finish() {
    state.withLock { if $0.isDirty { terminal.error("\r\u{1B}[K") } }
  }

  private func begin(_ state: inout State, _ variant: String, _ seed: UInt64, _ done: Int, _ of: Int) {
    state.cell = "[\(done)/\(of)] \(variant), seed \(seed)"
    state.done = done
    state.remaining = of - done
  }

  private func draw(_ state: inout State, _ text: String, always: Bool) {
    let now = Date()
    guard always || now.timeIntervalSince(state.lastDrawn) >= Self.interval else { return }
    state.lastDrawn = now
    state.isDirty = true
    var parts = [state.cell, text].filter { !$0.isEmpty }
    let fresh = state.done - state.reused
    if fresh > 0 {
      let seconds = now.timeIntervalSince(state.began) / Double(fresh) * Double(state.remaining)
      parts.append("about \(Duration.words(seconds)) left")
    }
    let line = parts.joined(separator: " · ").filter { !$0.isNewline }
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
