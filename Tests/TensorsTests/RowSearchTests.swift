import CKernels
import Tensors
import Testing

extension All {
  /// The searches of a row on every kernel path against plain Swift.
  @Suite struct RowSearchTests {
    /// Few different values, so that there are ties; some NaN and infinities.
    private func row(_ count: Int, _ seed: UInt64) -> [Float] {
      var stream = RandomStream(seed: seed, purpose: Purpose("rows"))
      return (0..<count).map { _ in
        switch stream.uniform(below: 20) {
        case 0: .nan
        case 1: -.infinity
        case 2: .infinity
        default: Float(stream.uniform(below: 9)) - 4
        }
      }
    }

    @Test func searchesEqualPlainSwift() {
      onEveryPath { path in
        for count in [0, 1, 3, 4, 7, 8, 15, 16, 17, 63, 64, 65, 200, 1031] {
          for seed in 0..<4 as Range<UInt64> {
            let values = row(count, seed)
            values.withUnsafeBufferPointer { buffer in
              for threshold in [-Float.infinity, -4, 0, 3, 4, .infinity, .nan] {
                #expect(
                  RowSearch.count(above: threshold, in: buffer) == values.count { $0 > threshold }, "\(path)")
                #expect(
                  RowSearch.count(above: threshold, inclusive: true, in: buffer)
                    == values.count { $0 >= threshold }, "\(path)")
                for start in [0, 1, count / 2, count] where start <= count {
                  #expect(
                    RowSearch.next(above: threshold, from: start, in: buffer)
                      == (values[start...].firstIndex { $0 > threshold } ?? count), "\(path)")
                }
              }
              #expect(RowSearch.hasNaN(buffer) == values.contains { $0.isNaN }, "\(path)")
            }
          }
        }
      }
    }

    @Test func theLargestEqualSorting() {
      onEveryPath { path in
        for count in [0, 1, 5, 16, 100, 513] {
          let values = row(count, 7)
          let sorted = values.indices.filter { values[$0] > -.infinity }
            .sorted { (-values[$0], $0) < (-values[$1], $1) }.map { Int32($0) }
          values.withUnsafeBufferPointer { buffer in
            #expect(RowSearch.largest(in: buffer) == sorted.first.map { Int($0) }, "\(path)")
          }
          for wanted in [0, 1, 2, 5, 50, 600] {
            #expect(values[...].placesOfLargest(wanted) == Array(sorted.prefix(wanted)), "\(path)")
          }
        }
      }
    }
  }
}
