/// What happens to items that a user has met already when items are ranked.
public enum Masking: String, Choice {
  /// Left out of the ranking.
  case exclude
  /// Given the score 0, as the S3Rec family of trainers does: they still outrank negative scores.
  case zero
  /// Ranked like the others.
  case none
}

/// Full ranking of all items for next-item queries.
public enum NextItemRanking {
  /// Queries scored at once; a block is one unit of parallel work.
  static let block = 64

  /// The rank of each query's answer: the number of items before it, ties going to the smaller index.
  ///
  /// The answer itself is never masked. Only `block × items` scores exist at a time.
  ///
  /// - Parameter scores: `[query, item]` for some queries, in their order.
  /// - Throws: `Problem` if a score is not a number; whatever `scores` throws.
  public static func ranks(
    of queries: [NextItemQuery], itemCount: Int, masking: Masking,
    scores: @Sendable ([NextItemQuery]) throws -> Matrix<Float>
  ) throws -> [Int] {
    let results = Results(count: queries.count)
    try Parallel.tryForEach(queries.count, grain: block) { range in
      let part = Array(queries[range])
      var matrix = try scores(part)
      guard matrix.rows == part.count, matrix.columns == itemCount else {
        throw Problem.scoreShape(matrix, rows: part.count, columns: itemCount)
      }
      for (row, query) in part.enumerated() {
        let rank = matrix.values.withUnsafeMutableBufferPointer { values in
          Self.rank(
            of: query, masking: masking,
            in: UnsafeMutableBufferPointer(rebasing: values[row * itemCount..<(row + 1) * itemCount]))
        }
        guard let rank else {
          throw Problem("scorer", "the score of an item is not a number (user index \(query.user)).")
        }
        results.set(range.lowerBound + row, rank)
      }
    }
    return results.values
  }

  private static func rank(
    of query: NextItemQuery, masking: Masking, in scores: UnsafeMutableBufferPointer<Float>
  ) -> Int? {
    let answer = Int(query.answer)
    let own = scores[answer]
    switch masking {
    case .exclude: for item in query.history { scores[Int(item)] = -.infinity }
    case .zero: for item in query.history { scores[Int(item)] = 0 }
    case .none: break
    }
    scores[answer] = own
    var rank = 0
    for item in 0..<scores.count where scores[item] > own || (scores[item] == own && item < answer) {
      rank += 1
    }
    return own.isNaN || scores.contains(where: \.isNaN) ? nil : rank
  }

  /// Slots written once each, by disjoint workers.
  private final class Results: @unchecked Sendable {
    private let slots: UnsafeMutableBufferPointer<Int>

    init(count: Int) {
      slots = .allocate(capacity: count)
      slots.initialize(repeating: 0)
    }
    deinit { slots.deallocate() }

    func set(_ index: Int, _ value: Int) { slots[index] = value }
    var values: [Int] { Array(slots) }
  }
}

extension Problem {
  /// Scores that do not have a row for each user and a column for each item.
  public static func scoreShape(_ scores: Matrix<Float>, rows: Int, columns: Int) -> Problem {
    Problem(
      "scorer",
      "scores are \(scores.rows)×\(scores.columns), expected \(rows)×\(columns): a row a user, a column an item."
    )
  }
}
