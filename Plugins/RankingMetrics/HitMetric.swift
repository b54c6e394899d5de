import Beckon

/// Share of queries whose answer is in the list.
struct HitMetric: RankingMetric {
  static let about = About(
    "hit", "1 if the answer is among the first k, else 0.",
    examples: [
      Example("ranks 0, 9 and 10 at cutoff 10", expected: [1, 1, 0]) {
        [0, 9, 10].map { HitMetric(configuration: defaults).value(rank: $0, cutoff: 10) }
      }
    ])
  static let unit = "share of queries"
  let configuration: NoConfiguration

  func value(rank: Int, cutoff: Int) -> Double { rank < cutoff ? 1 : 0 }
}
