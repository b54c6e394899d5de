import Synchronization
import Tensors
import Testing

extension All {
  @Suite struct ParallelTests {
    @Test func coversEveryIndexOnce() {
      for (count, grain) in [(0, 1), (1, 5), (100, 7), (64, 64)] {
        let seen = Mutex([Int](repeating: 0, count: count))
        Parallel.forEach(count, grain: grain) { range in
          #expect(range.lowerBound % grain == 0 && range.count <= grain)
          seen.withLock { for i in range { $0[i] += 1 } }
        }
        #expect(seen.withLock { $0.allSatisfy { $0 == 1 } })
      }
    }

    @Test func nestedLoopsFinish() {
      let sum = Atomic(0)
      Parallel.forEach(4) { outer in
        Parallel.forEach(5) { inner in
          sum.add(outer.lowerBound * inner.lowerBound, ordering: .relaxed)
        }
      }
      #expect(sum.load(ordering: .relaxed) == 60)
    }

    struct Failure: Error, Equatable { var chunk: Int }

    @Test func lowestErrorWins() {
      for threads in [1, 2, 4] {
        #expect(throws: Failure(chunk: 3)) {
          try Parallel.withThreads(threads) {
            #expect(Parallel.threads == threads)
            try Parallel.tryForEach(20) { range in
              if range.lowerBound >= 3 { throw Failure(chunk: range.lowerBound) }
            }
          }
        }
      }
    }
  }
}
