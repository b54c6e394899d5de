/// Where the answers of one query stand in the ranking of all items.
public struct RankedAnswers: Sendable, Equatable {
  /// Number of items before each answer, ascending; at least one, each once.
  public let ranks: [Int]
  /// How relevant each answer is, beside `ranks`; above 0.
  public let grades: [Double]

  /// Answers in any order.
  public init(ranks: [Int], grades: [Double]) {
    precondition(!ranks.isEmpty && ranks.count == grades.count, "RankedAnswers: a grade for each answer.")
    guard ranks.count > 1 else {
      (self.ranks, self.grades) = (ranks, grades)
      return
    }
    let order = ranks.indices.sorted { ranks[$0] < ranks[$1] }
    self.ranks = order.map { ranks[$0] }
    self.grades = order.map { grades[$0] }
  }

  /// A single answer of grade 1.
  public init(rank: Int) { self.init(ranks: [rank], grades: [1]) }

  /// Rank of the best placed answer.
  public var best: Int { ranks[0] }

  /// Number of answers.
  public var count: Int { ranks.count }

  /// Number of answers among the first so many items.
  public func hits(_ cutoff: Int) -> Int { ranks.count { $0 < cutoff } }
}

/// One query after the ranking.
public struct NextItemRanked: Sendable, Equatable {
  /// Where its answers stand.
  public let answers: RankedAnswers
  /// The items shown, best first; empty unless asked for.
  public let list: [Int32]

  /// A ranked query.
  public init(answers: RankedAnswers, list: [Int32]) {
    self.answers = answers
    self.list = list
  }
}

/// How often each item is shown, over the lists of all queries.
public struct Exposure: Sendable, Equatable {
  /// `[item]`: the number of lists in which an item stands.
  public let counts: [Int]

  /// Exposure by counts.
  public init(counts: [Int]) { self.counts = counts }

  /// The exposure that the first so many items of each list make.
  public init(_ lists: [[Int32]], cutoff: Int, itemCount: Int) {
    var counts = [Int](repeating: 0, count: itemCount)
    for list in lists { for item in list.prefix(cutoff) { counts[Int(item)] += 1 } }
    self.counts = counts
  }

  /// Items shown, over all lists.
  public var total: Int { counts.reduce(0, +) }
}
