import Beckon

/// Share of the relevant items that are in the list; with one answer a query it equals `hit`.
struct RecallMetric: RankingMetric {
  static let about = About(
    "recall", "Relevant items among the first k over relevant items; equals `hit` when there is one answer.",
    examples: [
      Example("ranks 4 and 5 at cutoff 5", expected: [1, 0]) {
        [4, 5].map { RecallMetric(configuration: defaults).value(rank: $0, cutoff: 5) }
      }
    ])
  static let unit = "share of answers"
  let configuration: NoConfiguration

  func value(rank: Int, cutoff: Int) -> Double { rank < cutoff ? 1 : 0 }
}
