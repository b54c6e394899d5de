import Beckon

/// Inverse of a symmetric positive definite matrix, in double precision.
enum PositiveDefinite {
  /// Gauss–Jordan elimination in place, rows shared among the threads; no pivoting is needed for such a matrix.
  ///
  /// - Parameter matrix: `[size, size]`, row-major; becomes its inverse.
  /// - Returns: false if a pivot is not positive, so that the matrix has no inverse in this precision.
  static func invert(_ matrix: inout [Double], size: Int) -> Bool {
    matrix.withUnsafeMutableBufferPointer { cells in
      let work = Work(cells: cells, size: size)
      for pivot in 0..<size {
        guard work.scale(pivot) else { return false }
        Parallel.forEach(size, grain: max(64, size / 8)) { rows in
          for row in rows where row != pivot { work.eliminate(row, pivot) }
        }
      }
      return true
    }
  }

  /// The matrix, whose rows are written by one thread each.
  private struct Work: @unchecked Sendable {
    let cells: UnsafeMutableBufferPointer<Double>
    let size: Int

    private func row(_ index: Int) -> UnsafeMutableBufferPointer<Double> {
      UnsafeMutableBufferPointer(rebasing: cells[index * size..<(index + 1) * size])
    }

    func scale(_ pivot: Int) -> Bool {
      let row = row(pivot)
      guard row[pivot] > 0, row[pivot].isFinite else { return false }
      let factor = 1 / row[pivot]
      row[pivot] = 1
      for column in 0..<size { row[column] *= factor }
      return true
    }

    func eliminate(_ index: Int, _ pivot: Int) {
      let (row, source) = (row(index), row(pivot))
      let factor = row[pivot]
      row[pivot] = 0
      for column in 0..<size { row[column] -= factor * source[column] }
    }
  }
}
