import Beckon

/// Discounted gain of the answers' places, over that of the best list; every answer counts alike.
struct NDCGMetric: AnswersMetric {
  static let about = About(
    "ndcg",
    "Σ 1 / log2(rank + 2) over the answers among the first k (rank from 0), over its value if they came first.",
    source: "Järvelin and Kekäläinen 2002, binary gain, the discount shifted by a place as is usual.",
    examples: [
      Example("ranks 0, 2 and 10 at cutoff 10", expected: [1, 0.5, 0]) {
        [0, 2, 10].map { NDCGMetric(configuration: defaults).value(rank: $0, cutoff: 10) }
      },
      Example("two answers, the first two items", expected: [1]) {
        [NDCGMetric(configuration: defaults).value(of: .init(ranks: [1, 0], grades: [5, 1]), cutoff: 10)]
      },
    ])
  static let unit = "discounted gain"
  let configuration: NoConfiguration

  func value(of answers: RankedAnswers, cutoff: Int) -> Double {
    DiscountedGain.normalized(answers, cutoff: cutoff, gain: { _ in 1 })
  }
}

/// `ndcg` with the discount of its first definition.
struct NDCGClippedMetric: AnswersMetric {
  static let about = About(
    "ndcg-clipped",
    "`ndcg` divided by log2 of the place, from the second on: the first two places count alike.",
    source: "Järvelin and Kekäläinen 2002, eq. 2 with b = 2.",
    examples: [
      Example("ranks 0, 1 and 3 at cutoff 10", expected: [1, 1, 0.5]) {
        [0, 1, 3].map { NDCGClippedMetric(configuration: defaults).value(rank: $0, cutoff: 10) }
      }
    ])
  static let unit = "discounted gain"
  let configuration: NoConfiguration

  func value(of answers: RankedAnswers, cutoff: Int) -> Double {
    DiscountedGain.normalized(
      answers, cutoff: cutoff, gain: { _ in 1 }, discount: DiscountedGain.clipped)
  }
}

/// `ndcg` in which an answer gains its grade.
struct NDCGLinearMetric: AnswersMetric {
  static let about = About(
    "ndcg-linear", "`ndcg` in which each answer gains its grade; equals it where the split does not grade.",
    source: "Järvelin and Kekäläinen 2002, the discount shifted by a place as is usual.",
    examples: [
      Example("grades 3 and 1 in the wrong order", expected: [(1 + 3 / log2(3)) / (3 + 1 / log2(3))]) {
        [
          NDCGLinearMetric(configuration: defaults).value(
            of: .init(ranks: [1, 0], grades: [3, 1]), cutoff: 2)
        ]
      }
    ])
  static let unit = "discounted gain"
  let configuration: NoConfiguration

  func value(of answers: RankedAnswers, cutoff: Int) -> Double {
    DiscountedGain.normalized(answers, cutoff: cutoff, gain: { $0 })
  }
}

/// `ndcg` in which an answer gains 2 to the power of its grade.
struct NDCGExponentialMetric: AnswersMetric {
  static let about = About(
    "ndcg-exponential",
    "`ndcg` in which each answer gains 2^grade − 1; equals it where the split does not grade.",
    source: "Burges et al. 2005, section 6.1, doi:10.1145/1102351.1102363.",
    examples: [
      Example("grades 2 and 1 in the wrong order", expected: [(1 + 3 / log2(3)) / (3 + 1 / log2(3))]) {
        [
          NDCGExponentialMetric(configuration: defaults)
            .value(of: .init(ranks: [1, 0], grades: [2, 1]), cutoff: 2)
        ]
      }
    ])
  static let unit = "discounted gain"
  let configuration: NoConfiguration

  func value(of answers: RankedAnswers, cutoff: Int) -> Double {
    DiscountedGain.normalized(answers, cutoff: cutoff, gain: { exp2($0) - 1 })
  }
}
