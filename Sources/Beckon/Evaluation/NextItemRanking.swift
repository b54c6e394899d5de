import Synchronization

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

  /// The rank of each query's best placed answer; see `rankings`.
  public static func ranks(
    of queries: [NextItemQuery], itemCount: Int, masking: Masking,
    scores: @Sendable ([NextItemQuery]) throws -> Matrix<Float>
  ) throws -> [Int] {
    try rankings(of: queries, itemCount: itemCount, masking: masking, scores: scores).map(\.answers.best)
  }

  /// Where each query's answers stand, and what its list shows.
  ///
  /// A rank is the number of items before the answer, ties going to the smaller index; other answers count like any
  /// item. Answers are never masked. Only `block × items` scores exist at a time.
  ///
  /// - Parameters:
  ///   - queries: what is asked.
  ///   - itemCount: items of the dataset.
  ///   - masking: what becomes of items already met.
  ///   - listLength: how many items of the ranking are kept; what is masked or forbidden is not shown, so that a list
  ///     may be shorter.
  ///   - advanced: called with the number of queries of each block that is done, from the thread that did it.
  ///   - scores: `[query, item]` for some queries, in their order.
  /// - Throws: `Problem` if a score is not a number; whatever `scores` throws.
  public static func rankings(
    of queries: [NextItemQuery], itemCount: Int, masking: Masking, listLength: Int = 0,
    advanced: @Sendable (Int) -> Void = { _ in }, scores: @Sendable ([NextItemQuery]) throws -> Matrix<Float>
  ) throws -> [NextItemRanked] {
    let results = Mutex([[NextItemRanked]](repeating: [], count: (queries.count + block - 1) / block))
    try Parallel.tryForEach(queries.count, grain: block) { range in
      let part = Array(queries[range])
      var matrix = try scores(part)
      guard matrix.rows == part.count, matrix.columns == itemCount else {
        throw Problem.scoreShape(matrix, rows: part.count, columns: itemCount)
      }
      let ranked = try part.enumerated().map { row, query in
        let places = row * itemCount..<(row + 1) * itemCount
        let answers = matrix.values.withUnsafeMutableBufferPointer { values in
          Self.answers(
            of: query, masking: masking, in: UnsafeMutableBufferPointer(rebasing: values[places]))
        }
        guard let answers else {
          throw Problem("scorer", "the score of an item is not a number (user index \(query.user)).")
        }
        let list = listLength > 0 ? matrix.values[places].placesOfLargest(listLength) : []
        return NextItemRanked(answers: answers, list: list)
      }
      results.withLock { $0[range.lowerBound / block] = ranked }
      advanced(range.count)
    }
    return results.withLock { Array($0.joined()) }
  }

  /// Masks the scores; nil if one is not a number.
  private static func answers(
    of query: NextItemQuery, masking: Masking, in scores: UnsafeMutableBufferPointer<Float>
  ) -> RankedAnswers? {
    let own = query.answers.map { scores[Int($0)] }
    switch masking {
    case .exclude: for item in query.history { scores[Int(item)] = -.infinity }
    case .zero: for item in query.history { scores[Int(item)] = 0 }
    case .none: break
    }
    for (answer, score) in zip(query.answers, own) { scores[Int(answer)] = score }
    let row = UnsafeBufferPointer(scores)
    if RowSearch.hasNaN(row) { return nil }
    let ranks = zip(query.answers, own).map { answer, own in
      // Before the answer a tie counts, behind it it does not.
      let before = UnsafeBufferPointer(rebasing: row[..<Int(answer)])
      let behind = UnsafeBufferPointer(rebasing: row[Int(answer)...])
      return RowSearch.count(above: own, inclusive: true, in: before)
        + RowSearch.count(above: own, in: behind)
    }
    return RankedAnswers(ranks: ranks, grades: query.grades.map(Double.init))
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
