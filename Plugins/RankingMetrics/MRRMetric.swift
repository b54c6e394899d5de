import Beckon

/// Reciprocal of the answer's place.
struct MRRMetric: RankingMetric {
  static let about = About(
    "mrr", "1 / (rank + 1) if the answer is among the first k (rank from 0), else 0.",
    examples: [
      Example("ranks 0, 3 and 10 at cutoff 10", expected: [1, 0.25, 0]) {
        [0, 3, 10].map { MRRMetric(configuration: defaults).value(rank: $0, cutoff: 10) }
      }
    ])
  static let unit = "reciprocal rank"
  let configuration: NoConfiguration

  func value(rank: Int, cutoff: Int) -> Double { rank < cutoff ? 1 / Double(rank + 1) : 0 }
}
