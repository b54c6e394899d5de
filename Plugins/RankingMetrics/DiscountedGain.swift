import Beckon

/// Discounted gain of the answers in the list, over that of the best list.
enum DiscountedGain {
  /// log2(place + 1), places from 1.
  static func shifted(_ rank: Int) -> Double { log2(Double(rank + 2)) }

  /// log2(place), and 1 for the first place: the first two places count alike.
  static func clipped(_ rank: Int) -> Double { log2(Double(max(rank + 1, 2))) }

  /// In [0, 1]. The best list has the largest gains first; it shows as many answers as there are, at most `cutoff`.
  ///
  /// - Parameters:
  ///   - gain: of a grade, above 0.
  ///   - discount: what the gain at a rank (from 0) is divided by.
  static func normalized(
    _ answers: RankedAnswers, cutoff: Int, gain: (Double) -> Double,
    discount: (Int) -> Double = shifted
  ) -> Double {
    let gains = answers.grades.map(gain)
    var own = 0.0
    for (rank, gain) in zip(answers.ranks, gains) where rank < cutoff { own += gain / discount(rank) }
    var ideal = 0.0
    for (rank, gain) in gains.sorted(by: >).prefix(cutoff).enumerated() { ideal += gain / discount(rank) }
    return own / ideal
  }
}
