import Beckon

extension RankedAnswers {
  /// Sum of the precisions at the places of the answers in the list: what each average precision divides.
  fileprivate func precisionSum(_ cutoff: Int) -> Double {
    var sum = 0.0
    for (before, rank) in ranks.enumerated() where rank < cutoff {
      sum += Double(before + 1) / Double(rank + 1)
    }
    return sum
  }
}

/// Average precision; a list of k answers is perfect.
struct MAPMetric: AnswersMetric {
  static let about = About(
    "map",
    "Precision at each answer among the first k, summed, over the smaller of k and the number of answers.",
    examples: [
      Example("answers at ranks 0, 2 and 20, cutoff 10", expected: [(1 + 2.0 / 3) / 3]) {
        [
          MAPMetric(configuration: defaults).value(
            of: .init(ranks: [0, 2, 20], grades: [1, 1, 1]), cutoff: 10)
        ]
      }
    ])
  static let unit = "average precision"
  let configuration: NoConfiguration

  func value(of answers: RankedAnswers, cutoff: Int) -> Double {
    answers.precisionSum(cutoff) / Double(min(cutoff, answers.count))
  }
}

/// Average precision over all answers: below 1 wherever there are more answers than places.
struct MAPRelevantMetric: AnswersMetric {
  static let about = About(
    "map-relevant", "`map` over the number of answers, however short the list.",
    examples: [
      Example("answers at ranks 0, 1 and 2, cutoff 2", expected: [2.0 / 3]) {
        [
          MAPRelevantMetric(configuration: defaults)
            .value(of: .init(ranks: [0, 1, 2], grades: [1, 1, 1]), cutoff: 2)
        ]
      }
    ])
  static let unit = "average precision"
  let configuration: NoConfiguration

  func value(of answers: RankedAnswers, cutoff: Int) -> Double {
    answers.precisionSum(cutoff) / Double(answers.count)
  }
}

/// Average precision over the answers found: it does not see what is missing.
struct MAPHitsMetric: AnswersMetric {
  static let about = About(
    "map-hits",
    "`map` over the answers among the first k; 0 without any. One more answer found may lower it.",
    examples: [
      Example("answers at ranks 0 and 2, cutoffs 1 and 3", expected: [1, (1 + 2.0 / 3) / 2]) {
        [1, 3].map {
          MAPHitsMetric(configuration: defaults).value(of: .init(ranks: [0, 2], grades: [1, 1]), cutoff: $0)
        }
      }
    ])
  static let unit = "average precision"
  let configuration: NoConfiguration

  func value(of answers: RankedAnswers, cutoff: Int) -> Double {
    answers.precisionSum(cutoff) / Double(max(1, answers.hits(cutoff)))
  }
}
