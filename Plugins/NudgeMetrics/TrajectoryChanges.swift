import Beckon

extension Trajectories {
  /// Increase of interest in the target after some rounds, by user, mean over targets.
  func increaseOfInterest(after rounds: Int) -> [Double] {
    meanOverTargets { increaseOfInterest($0, $1, after: rounds) }
  }

  /// How much nearer to one target a user is after some rounds, in [−2, 2].
  func increaseOfInterest(_ target: Int, _ user: Int, after rounds: Int) -> Double {
    Double(interest[state(target, after: rounds, user)]) - Double(interest[state(target, after: 0, user)])
  }

  /// Places the target rose after some rounds, by user, mean over targets.
  func increaseOfRank(after rounds: Int) -> [Double] {
    meanOverTargets { target, user in
      Double(rank[state(target, after: 0, user)]) - Double(rank[state(target, after: rounds, user)])
    }
  }
}
