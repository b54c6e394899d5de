import Beckon

/// Uniform scores: the control that every guidance must beat.
struct RandomScorer: Scorer {
  static let about = About("random", "A uniform draw for each user, round and item: the control.")
  let configuration: NoConfiguration
  private var seed: UInt64 = 0

  init(configuration: NoConfiguration) { self.configuration = configuration }

  mutating func fit(_ split: Split, seed: UInt64) throws { self.seed = seed }

  func scores(_ batch: UserBatch) throws -> Matrix<Float> {
    let values = batch.histories.flatMap { history in
      var stream = RandomStream(
        seed: seed, purpose: Purpose("random-scorer"), UInt32(bitPattern: history.user),
        UInt32(bitPattern: batch.target ?? -1), UInt32(batch.round))
      return (0..<batch.itemCount).map { _ in Float(stream.nextUInt32() >> 8) / Float(1 << 24) }
    }
    return Matrix(rows: batch.count, columns: batch.itemCount, values: values)
  }
}
