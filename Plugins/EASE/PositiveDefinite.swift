import Beckon

/// Inverse of a symmetric positive definite matrix, in double precision.
enum PositiveDefinite {
  /// Gauss–Jordan elimination in place, rows shared among the threads; no pivoting is needed for such a matrix.
  ///
  /// - Parameter matrix: `[size, size]`, row-major.
  static func inverse(of matrix: [Double], size: Int) -> [Double] {
    let work = Work(matrix)
    for pivot in 0..<size {
      work.scale(pivot, size)
      Parallel.forEach(size, grain: max(64, size / 8)) { rows in
        for row in rows where row != pivot { work.eliminate(row, pivot, size) }
      }
    }
    return work.values
  }

  /// The matrix, whose rows are written by one thread each.
  private final class Work: @unchecked Sendable {
    private let cells: UnsafeMutableBufferPointer<Double>

    init(_ matrix: [Double]) {
      cells = .allocate(capacity: matrix.count)
      _ = cells.initialize(from: matrix)
    }
    deinit { cells.deallocate() }

    var values: [Double] { Array(cells) }

    func scale(_ pivot: Int, _ size: Int) {
      let row = UnsafeMutableBufferPointer(rebasing: cells[pivot * size..<(pivot + 1) * size])
      let factor = 1 / row[pivot]
      row[pivot] = 1
      for column in 0..<size { row[column] *= factor }
    }

    func eliminate(_ index: Int, _ pivot: Int, _ size: Int) {
      let row = UnsafeMutableBufferPointer(rebasing: cells[index * size..<(index + 1) * size])
      let source = UnsafeMutableBufferPointer(rebasing: cells[pivot * size..<(pivot + 1) * size])
      let factor = row[pivot]
      row[pivot] = 0
      for column in 0..<size { row[column] -= factor * source[column] }
    }
  }
}
