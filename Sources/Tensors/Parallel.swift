internal import CKernels
import Dispatch
import Foundation
import Synchronization

/// Loops over chunks on several threads.
///
/// Work is cut into fixed chunks that do not depend on the number of threads, and each chunk writes its own part
/// of the result; hence results are the same bytes whatever the thread count. Nested calls run serially.
public enum Parallel {
  private static let count = Atomic<Int>(max(1, ProcessInfo.processInfo.activeProcessorCount))

  /// For the body of `withThreads` alone.
  @TaskLocal private static var own: Int?

  /// Threads in use; at first the number of active processors.
  public static var threads: Int { own ?? count.load(ordering: .relaxed) }

  /// Sets the number of threads of the whole process, at least 1. Results never depend on it.
  public static func setThreads(_ n: Int) { count.store(max(1, n), ordering: .relaxed) }

  /// Runs the body with a number of threads of its own, at least 1, whatever the rest of the process has.
  public static func withThreads<Result>(_ n: Int, _ body: () throws -> Result) rethrows -> Result {
    try $own.withValue(max(1, n), operation: body)
  }

  /// Runs `body` on the ranges `0 ..< grain`, `grain ..< 2·grain`, … up to `count`.
  ///
  /// Chunks are handed out one by one, so their costs may differ.
  public static func forEach(_ count: Int, grain: Int = 1, _ body: @Sendable (Range<Int>) -> Void) {
    chunks(count, grain: grain, body)
  }

  /// As `forEach`; if chunks throw, the error of the lowest chunk is rethrown after all have run.
  public static func tryForEach(
    _ count: Int, grain: Int = 1, _ body: @Sendable (Range<Int>) throws -> Void
  ) throws {
    let failure = Mutex<(chunk: Int, error: any Error)?>(nil)
    chunks(count, grain: grain) { range in
      do {
        try body(range)
      } catch {
        failure.withLock { first in
          if (first?.chunk ?? Int.max) > range.lowerBound { first = (range.lowerBound, error) }
        }
      }
    }
    if let error = failure.withLock({ $0?.error }) { throw error }
  }

  /// `forEach` for the module's own loops, whose closures write disjoint parts of a buffer through pointers.
  static func chunks(_ count: Int, grain: Int, _ body: (Range<Int>) -> Void) {
    precondition(grain > 0, "Parallel: the grain must be positive.")
    let chunks = (count + grain - 1) / grain
    let workers = min(threads, chunks)
    if workers <= 1 || bk_parallel_depth() > 0 {
      for chunk in 0..<max(0, chunks) { body(chunk * grain..<min(count, (chunk + 1) * grain)) }
      return
    }
    let next = Counter()
    withoutActuallyEscaping(body) { body in
      let work = Work(body: body)
      let path = bk_chosen_path()
      let share: @Sendable () -> Void = {
        let outer = bk_chosen_path()
        bk_parallel_enter(1)
        _ = bk_use_path(path)
        defer {
          _ = bk_use_path(outer)
          bk_parallel_enter(-1)
        }
        while true {
          let chunk = next.take()
          if chunk >= chunks { return }
          work.body(chunk * grain..<min(count, (chunk + 1) * grain))
        }
      }
      if !Crew.shared.run(helpers: workers - 1, share) {
        DispatchQueue.concurrentPerform(iterations: workers) { _ in share() }
      }
    }
  }

  /// Carries a closure to the threads. Safe because callers write disjoint parts of their buffers.
  private struct Work: @unchecked Sendable {
    let body: (Range<Int>) -> Void
  }

  private final class Counter: Sendable {
    private let value = Atomic<Int>(0)
    func take() -> Int { value.wrappingAdd(1, ordering: .relaxed).oldValue }
  }
}
