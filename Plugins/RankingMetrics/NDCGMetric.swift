import Beckon

/// Discounted gain of the answer's place; the ideal is 1, so nothing is left to normalise.
struct NDCGMetric: RankingMetric {
  static let about = About(
    "ndcg", "1 / log2(rank + 2) if the answer is among the first k (rank from 0), else 0.",
    source: "Järvelin and Kekäläinen 2002, binary gain, one relevant item.",
    examples: [
      Example("ranks 0, 2 and 10 at cutoff 10", expected: [1, 0.5, 0]) {
        [0, 2, 10].map { NDCGMetric(configuration: defaults).value(rank: $0, cutoff: 10) }
      }
    ])
  static let unit = "discounted gain"
  let configuration: NoConfiguration

  func value(rank: Int, cutoff: Int) -> Double { rank < cutoff ? 1 / log2(Double(rank + 2)) : 0 }
}
