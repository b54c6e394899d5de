import Beckon

/// Share of the list that are answers.
struct PrecisionMetric: AnswersMetric {
  static let about = About(
    "precision", "Answers among the first k over k.",
    examples: [
      Example("two of three answers at cutoff 4", expected: [0.5]) {
        [
          PrecisionMetric(configuration: defaults).value(
            of: .init(ranks: [0, 3, 9], grades: [1, 1, 1]), cutoff: 4)
        ]
      }
    ])
  static let unit = "share of the list"
  let configuration: NoConfiguration

  func value(of answers: RankedAnswers, cutoff: Int) -> Double {
    Double(answers.hits(cutoff)) / Double(cutoff)
  }
}

/// The mean of the precisions of the lists of length 1 to k.
struct MeanPrecisionMetric: AnswersMetric {
  static let about = About(
    "mean-precision", "Mean over n = 1 … k of the precision at n: what Elliot reports as MAP.",
    source: "Elliot, evaluation/metrics/accuracy/map; not an average precision: see Docs/Metrics.md.",
    examples: [
      Example("an answer at rank 1, cutoff 4: (0 + 1/2 + 1/3 + 1/4) / 4", expected: [13.0 / 48]) {
        [MeanPrecisionMetric(configuration: defaults).value(rank: 1, cutoff: 4)]
      }
    ])
  static let unit = "share of the list"
  let configuration: NoConfiguration

  func value(of answers: RankedAnswers, cutoff: Int) -> Double {
    (1...cutoff).reduce(0) { $0 + Double(answers.hits($1)) / Double($1) } / Double(cutoff)
  }
}
