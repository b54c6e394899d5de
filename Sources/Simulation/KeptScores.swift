import Beckon

/// The scorer's scores of a block's users before the guards, asked for again only where they may have changed.
struct KeptScores {
  /// Users whose history changed in the last round, with their new states and preferences.
  struct Fresh {
    let users: [Int]
    var states = Matrix<Float>(rows: 0, columns: 0)
    var preferences = Matrix<Float>(rows: 0, columns: 0)
  }

  /// `[user, item]`, unavailable items at −∞.
  private(set) var scores = Matrix<Float>(rows: 0, columns: 0)

  /// Asks the scorer: about everybody, or about those whose history changed if the others' scores are still good.
  mutating func renew(_ scorer: any Scorer, _ batch: UserBatch, _ fresh: Fresh?) throws {
    guard batch.round > 0, scorer.dependsOnHistoryAlone else {
      scores = try Self.scored(scorer, batch)
      return
    }
    if let fresh {
      let part = UserBatch(
        model: batch.model, histories: fresh.users.map { batch.histories[$0] }, states: fresh.states,
        preferences: fresh.preferences, unavailable: fresh.users.map { batch.unavailable[$0] },
        target: batch.target, round: batch.round)
      let rows = try Self.scored(scorer, part)
      for (row, user) in fresh.users.enumerated() { scores.setRow(user, rows.row(row)) }
    }
    // What is unavailable only ever grows, so a score at −∞ never has to come back.
    batch.withhold(&scores)
  }

  private static func scored(_ scorer: any Scorer, _ batch: UserBatch) throws -> Matrix<Float> {
    var scores = try scorer.scores(batch)
    guard scores.rows == batch.count, scores.columns == batch.itemCount else {
      throw Problem.scoreShape(scores, rows: batch.count, columns: batch.itemCount)
    }
    batch.withhold(&scores)
    try scores.refuseNaN(from: Slot.scorer.place, round: batch.round)
    return scores
  }
}

extension Matrix where S == Float {
  /// Throws a `Problem` at a place of the spec if a score is not a number.
  ///
  /// - Parameters:
  ///   - place: whose scores they are.
  ///   - round: from 0; nil where there are no rounds.
  func refuseNaN(from place: String, round: Int? = nil) throws {
    guard values.withUnsafeBufferPointer({ RowSearch.hasNaN($0) }) else { return }
    let time = round.map { " (round \($0 + 1))" } ?? ""
    throw Problem(place, "the score of an item is not a number\(time).")
  }
}
