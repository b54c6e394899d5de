import Beckon

/// The intents of an epoch: centres of the points of users or segments, which a contrast draws them towards.
struct IntentCentroids: Sendable {
  /// `[K, d]`, not normalised: points are assigned by these.
  let raw: Matrix<Float>

  init(_ raw: Matrix<Float>) { self.raw = raw }

  /// k-means of the points.
  ///
  /// - Parameters:
  ///   - points: `[points, d]`.
  ///   - count: K.
  ///   - unit: what a point stands for, in the plural.
  /// - Throws: `Problem` if there are fewer points than intents.
  init(of points: Matrix<Float>, count: Int, unit: String, epoch: Int, seed: UInt64) throws {
    try Self.verify(count, of: points.rows, unit)
    let stream = RandomStream(seed: seed, purpose: .kMeans, UInt32(epoch))
    raw = KMeans.fit(points: points, clusters: count, stream: stream).centroids
  }

  /// Refuses more intents than there are points.
  static func verify(_ count: Int, of points: Int, _ unit: String) throws {
    guard points >= count else {
      throw Problem(
        "encoder.intentCount", "\(count) intents need as many \(unit), and \(points) can be used.")
    }
  }

  /// The number of each point's nearest centroid, and that centroid scaled to length 1.
  ///
  /// - Parameter points: `[points, d]`.
  func nearest<S: Scalar>(to points: Matrix<S>) -> (intents: [Int32], directions: Matrix<S>) {
    let intents = KMeans.nearest(points.mapScalars(to: Float.self), raw).assignment
    let directions = raw.rowsNormalized().selectingRows(intents.map { Int($0) })
    return (intents, directions.mapScalars(to: S.self))
  }
}
