/// The outcome of clustering.
public struct KMeansResult: Sendable, Equatable {
  /// The centres, `[clusters, d]`.
  public var centroids: Matrix<Float>
  /// The cluster of each point.
  public var assignment: [Int32]
  /// Sum over all points of the squared distance to the nearest centre.
  public var objective: Double
}

/// k-means clustering by Lloyd's iterations.
///
/// Source: Lloyd, "Least squares quantization in PCM", 1982; restarts and the cap on points per centroid follow
/// the defaults of Faiss, which the published intent models use.
public enum KMeans {
  /// Clusters points; of several restarts the one with the lowest objective wins.
  ///
  /// - Parameters:
  ///   - points: `[points, d]`.
  ///   - clusters: at least 1 and at most the number of points.
  ///   - iterations: Lloyd steps per restart; stops early once no assignment changes.
  ///   - restarts: each starts from other random points.
  ///   - maximumPointsPerCentroid: with more points, the centres are found on a random sample of
  ///     clusters · this many.
  ///   - stream: where the choices come from.
  /// - Complexity: O(restarts · iterations · points · clusters · d) time; memory for a block of rows times the
  ///   clusters, never points × clusters.
  public static func fit(
    points: Matrix<Float>, clusters: Int, iterations: Int = 20, restarts: Int = 5,
    maximumPointsPerCentroid: Int = 4096, stream: RandomStream
  ) -> KMeansResult {
    precondition(
      clusters > 0 && clusters <= points.rows,
      "KMeans: \(clusters) clusters of \(points.rows) points are not possible.")
    var sample = points
    if points.rows > clusters * maximumPointsPerCentroid {
      var choice = stream.keyed(0)
      let chosen = choice.sample(clusters * maximumPointsPerCentroid, of: points.rows)
      sample = points.selectingRows(chosen.sorted())
    }
    var best: (centroids: Matrix<Float>, objective: Double)?
    for restart in 0..<max(1, restarts) {
      var choice = stream.keyed(UInt32(restart) + 1)
      let found = lloyd(sample, sample.selectingRows(choice.sample(clusters, of: sample.rows)), iterations)
      if found.objective < best?.objective ?? .infinity { best = found }
    }
    let centroids = best?.centroids ?? Matrix(rows: clusters, columns: points.columns)
    let (assignment, distances) = nearest(points, centroids)
    return KMeansResult(
      centroids: centroids, assignment: assignment, objective: distances.reduce(0) { $0 + Double($1) })
  }

  /// The nearest centre of each point and the squared distance to it; the lowest number wins a tie.
  ///
  /// - Parameters:
  ///   - points: `[points, d]`.
  ///   - centroids: `[clusters, d]`.
  public static func nearest(
    _ points: Matrix<Float>, _ centroids: Matrix<Float>
  ) -> (assignment: [Int32], squaredDistances: [Float]) {
    precondition(points.columns == centroids.columns, "KMeans: points and centres differ in width.")
    let (n, d, clusters) = (points.rows, points.columns, centroids.rows)
    let packed = Packed(centroids, transposed: true)
    let halfSquares = centroids.rowNorms().map { $0 * $0 / 2 }
    var assignment = [Int32](repeating: 0, count: n)
    let distances = Matrix<Float>(rows: n, columns: 1) { out in
      assignment.withUnsafeMutableBufferPointer { assignment in
        guard let assigned = assignment.baseAddress else { return }
        points.withPointer { x in
          Parallel.chunks(n, grain: 256) { range in
            var products = Matrix<Float>(rows: range.count, columns: clusters) {
              packed.multiply(
                x + range.lowerBound * d, rows: range.count, bias: nil, accumulate: false, into: $0)
            }
            products.withMutablePointer { products in
              for r in range {
                // |x − c|² = |x|² − 2·(x·c − |c|²/2): the largest bracket is the nearest centre's.
                let row = products + (r - range.lowerBound) * clusters
                for c in 0..<clusters { row[c] -= halfSquares[c] }
                let winner = RowSearch.largest(in: UnsafeBufferPointer(start: row, count: clusters))
                assigned[r] = Int32(winner ?? 0)
                // A point that is not finite has no nearest centre, and lies infinitely far.
                out[r] =
                  winner.map { max(0, Float(FloatKernels.dot(d, x + r * d, x + r * d)) - 2 * row[$0]) }
                  ?? .infinity
              }
            }
          }
        }
      }
    }
    return (assignment, distances.values)
  }

  private static func lloyd(
    _ points: Matrix<Float>, _ start: Matrix<Float>, _ iterations: Int
  ) -> (centroids: Matrix<Float>, objective: Double) {
    var centroids = start
    var (assignment, distances) = nearest(points, centroids)
    for _ in 0..<iterations {
      centroids = means(points, assignment, distances, clusters: start.rows)
      let old = assignment
      (assignment, distances) = nearest(points, centroids)
      if assignment == old { break }
    }
    return (centroids, distances.reduce(0) { $0 + Double($1) })
  }

  /// The mean of each cluster. An empty cluster takes the point that is farthest from its centre and not yet
  /// taken; the lowest row wins a tie.
  private static func means(
    _ points: Matrix<Float>, _ assignment: [Int32], _ distances: [Float], clusters: Int
  ) -> Matrix<Float> {
    let d = points.columns
    var sums = [Double](repeating: 0, count: clusters * d)
    var counts = [Int](repeating: 0, count: clusters)
    sums.withUnsafeMutableBufferPointer { sums in
      points.values.withUnsafeBufferPointer { values in
        for (r, cluster) in assignment.enumerated() {
          let base = Int(cluster) * d
          counts[Int(cluster)] += 1
          for j in 0..<d { sums[base + j] += Double(values[r * d + j]) }
        }
      }
    }
    var result = Matrix<Float>(rows: clusters, columns: d)
    var farthest = counts.contains(0) ? distances.indices.sorted { distances[$0] > distances[$1] } : []
    farthest.reverse()
    for c in 0..<clusters {
      if counts[c] == 0, let point = farthest.popLast() {
        result.setRow(c, points.row(point))
      } else {
        for j in 0..<d { result.values[c * d + j] = Float(sums[c * d + j] / Double(max(1, counts[c]))) }
      }
    }
    return result
  }
}
