import Beckon

extension UserBatch {
  /// The encoder's preferences with one item of a user, if there is one, on top.
  ///
  /// - Parameter favourite: by number of the user in the batch.
  func preferences(below favourite: (_ user: Int) -> Int32?) -> Matrix<Float> {
    var scores = preferences
    for user in 0..<count {
      guard let item = favourite(user) else { continue }
      let best = scores.row(user).max() ?? 0
      scores[user, Int(item)] = max(best + 1, best.nextUp)
    }
    return scores
  }

  /// The item that was planned for this round; nil after the end of the plan.
  func planned(_ user: Int) -> Int32? {
    plans.indices.contains(user) && plans[user].indices.contains(round) ? plans[user][round] : nil
  }
}
