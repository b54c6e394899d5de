import Beckon

extension Trajectories {
  /// Mean over those targets for which a user's quantity is known, by user; 0 where it is known for none.
  func meanOverTargetsWhereKnown(_ value: (_ target: Int, _ user: Int) -> Double?) -> [Double] {
    (0..<users).map { user in
      let known = targets.indices.compactMap { value($0, user) }
      return known.isEmpty ? 0 : known.reduce(0, +) / Double(known.count)
    }
  }

  /// The items a user was shown in the first rounds, in order, repetitions included.
  func path(_ target: Int, _ user: Int, rounds: Int) -> [Int32] {
    (0..<rounds).flatMap { items(cell(target, $0, user)) }
  }
}
