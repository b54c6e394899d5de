import Beckon

/// Share of the answers that are in the list; with one answer a query it equals `hit`.
struct RecallMetric: AnswersMetric {
  static let about = About(
    "recall", "Answers among the first k over all answers; equals `hit` when there is one answer.",
    examples: [
      Example("ranks 4 and 5 at cutoff 5", expected: [1, 0]) {
        [4, 5].map { RecallMetric(configuration: defaults).value(rank: $0, cutoff: 5) }
      },
      Example("one of two answers", expected: [0.5]) {
        [RecallMetric(configuration: defaults).value(of: .init(ranks: [7, 1], grades: [1, 1]), cutoff: 5)]
      },
    ])
  static let unit = "share of answers"
  let configuration: NoConfiguration

  func value(of answers: RankedAnswers, cutoff: Int) -> Double {
    Double(answers.hits(cutoff)) / Double(answers.count)
  }
}
