import Beckon

/// Who takes part in an evaluation: all users, or some of them where there are more than one cares to wait for.
enum Cohort {
  /// Indices of the users, ascending. Each is as likely as another, and they are the same for every seed and variant, so
  /// that what they met can be compared user by user.
  ///
  /// - Parameters:
  ///   - count: how many are asked for; 0 for all.
  ///   - userCount: users of the dataset. If there are no more than `count`, all take part.
  static func users(_ count: Int, of userCount: Int) -> [Int] {
    guard count > 0, count < userCount else { return Array(0..<userCount) }
    var stream = RandomStream(seed: 0, purpose: Purpose("cohort"))
    var chosen: [Int] = []
    // Selection sampling (Knuth, The Art of Computer Programming, vol. 2, algorithm 3.4.2 S).
    for user in 0..<userCount
    where Double(userCount - user) * stream.uniform() < Double(count - chosen.count) {
      chosen.append(user)
    }
    return chosen
  }
}
