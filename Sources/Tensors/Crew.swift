internal import CKernels
import Dispatch
import Foundation
import Synchronization

/// Threads that stand by for short parallel loops.
///
/// A step of training opens a hundred loops of some ten microseconds each; waking a sleeping thread takes about as
/// long. So a worker that has run out of work watches for more during a tenth of a millisecond before it sleeps, and
/// nobody waits for one that comes late: whoever opened the loop works too, closes it when no chunk is left, and then
/// waits only for those inside.
final class Crew: Sendable {
  /// The crew of the process; threads are made when they are first wanted.
  static let shared = Crew()

  /// What is going on, in one word, so that entering and closing exclude each other: the number of the loop in the
  /// upper half; below it whether it is closed, whether its owner sleeps until the last worker has left, and how many
  /// workers are inside.
  private let gate = Atomic<UInt64>(closed)
  private static let closed: UInt64 = 1 << 31
  private static let ownerSleeps: UInt64 = 1 << 30
  private static let insideMask: UInt64 = ownerSleeps - 1

  private let isTaken = Atomic<Bool>(false)
  private let workers = Mutex<[Worker]>([])
  private let lastHasLeft = DispatchSemaphore(value: 0)
  private let job = Job()

  /// Pauses of a worker's watch before it sleeps, and of an owner's for the last worker.
  private static let patience = 4000

  /// Runs `work` on the calling thread and on up to `helpers` others at once, and returns when all have ended.
  ///
  /// - Returns: false, with nothing run, if another thread is using the crew.
  func run(helpers: Int, _ work: @escaping () -> Void) -> Bool {
    guard !isTaken.exchange(true, ordering: .acquiring) else { return false }
    defer { isTaken.store(false, ordering: .releasing) }
    job.work = work
    job.limit = UInt64(helpers)
    let number = (gate.load(ordering: .relaxed) >> 32) &+ 1
    gate.store(number << 32, ordering: .sequentiallyConsistent)
    workers.withLock { workers in
      while workers.count < helpers { workers.append(Worker(of: self, after: number &- 1)) }
      for worker in workers.prefix(helpers) { worker.wake() }
    }
    work()
    close()
    job.work = nil
    return true
  }

  private func close() {
    var state = gate.bitwiseOr(Self.closed, ordering: .acquiringAndReleasing).newValue
    var pauses = 0
    while state & Self.insideMask != 0, pauses < Self.patience {
      pauses += 1
      bk_pause()
      state = gate.load(ordering: .acquiring)
    }
    guard state & Self.insideMask != 0 else { return }
    state = gate.bitwiseOr(Self.ownerSleeps, ordering: .acquiringAndReleasing).oldValue
    if state & Self.insideMask != 0 { lastHasLeft.wait() }
  }

  /// Waits for a loop after number `seen` and takes part in it if there is room.
  ///
  /// - Returns: the number of the loop that was met.
  fileprivate func takePart(after seen: UInt64, _ worker: Worker) -> UInt64 {
    var state = gate.load(ordering: .acquiring)
    var pauses = 0
    while true {
      let number = state >> 32
      if number == seen {
        pauses += 1
        if pauses < Self.patience {
          bk_pause()
        } else {
          worker.sleep { gate.load(ordering: .sequentiallyConsistent) >> 32 == seen }
          pauses = 0
        }
        state = gate.load(ordering: .acquiring)
        continue
      }
      // A crowded loop may belong to fewer threads than the crew has by now.
      if state & Self.closed != 0 { return number }
      let (entered, now) = gate.compareExchange(
        expected: state, desired: state + 1, successOrdering: .acquiring, failureOrdering: .acquiring)
      guard entered else {
        state = now
        continue
      }
      if state & Self.insideMask < job.limit { job.work?() }
      let left = gate.wrappingSubtract(1, ordering: .acquiringAndReleasing).newValue
      if left & Self.insideMask == 0, left & Self.ownerSleeps != 0 { lastHasLeft.signal() }
      return number
    }
  }

  /// What the loop does. Written by its owner while nobody is inside, read by those inside.
  private final class Job: @unchecked Sendable {
    var work: (() -> Void)?
    var limit: UInt64 = 0
  }
}

/// A thread of a crew.
private final class Worker: Sendable {
  private let isAsleep = Atomic<Bool>(false)
  private let bell = DispatchSemaphore(value: 0)

  init(of crew: Crew, after number: UInt64) {
    let thread = Thread { [self] in
      var seen = number
      while true { seen = crew.takePart(after: seen, self) }
    }
    thread.name = "beckon worker"
    thread.qualityOfService = .userInitiated
    thread.start()
  }

  /// Sleeps until woken, unless `isIdle` no longer holds.
  func sleep(while isIdle: () -> Bool) {
    isAsleep.store(true, ordering: .sequentiallyConsistent)
    if isIdle() || !isAsleep.exchange(false, ordering: .sequentiallyConsistent) { bell.wait() }
  }

  /// Ends the sleep, if there is one.
  func wake() {
    if isAsleep.exchange(false, ordering: .sequentiallyConsistent) { bell.signal() }
  }
}
