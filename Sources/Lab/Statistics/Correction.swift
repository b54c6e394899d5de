/// How p-values of a family of comparisons are corrected for their number.
public enum Correction: String, Sendable, Codable, CaseIterable {
  /// Holm 1979: the chance of even one false finding stays below the level, however the comparisons depend on each
  /// other.
  case holm
  /// Benjamini and Hochberg 1995: of what is called a finding, at most the level's share is false on average;
  /// comparisons must be independent or positively dependent.
  case benjaminiHochberg = "benjamini-hochberg"

  /// Corrected p-values, in the order given; each in [0, 1], none smaller than it was, their order kept.
  ///
  /// `benjaminiHochberg` equals `scipy.stats.false_discovery_control(p)`.
  public func corrected(_ p: [Double]) -> [Double] {
    let count = p.count
    let ascending = p.indices.sorted { (p[$0], $0) < (p[$1], $1) }
    var result = p
    switch self {
    case .holm:
      var largest = 0.0
      for (rank, place) in ascending.enumerated() {
        largest = max(largest, min(1, Double(count - rank) * p[place]))
        result[place] = largest
      }
    case .benjaminiHochberg:
      var smallest = 1.0
      for (rank, place) in ascending.enumerated().reversed() {
        smallest = min(smallest, Double(count) / Double(rank + 1) * p[place])
        result[place] = smallest
      }
    }
    return result
  }
}
