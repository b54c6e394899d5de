import Beckon

/// How a preference enters the product with guidance.
enum InteractionForm: String, Choice {
  /// σ(h·v), as in the released code.
  case sigmoid
  /// h·v, as printed (IPG; ITMPRec eq. 9, where the user and item vectors are written e).
  case dot
}

/// How far an item lies towards the target, as seen from the user.
enum GuidanceForm: String, Choice {
  /// cos(v_i, v_j) − cos(h_u, v_j), as in the released code.
  case cosine
  /// (v_i − h_u)·v_j, as printed (ITMPRec eq. 9).
  case dot
}

/// The two factors that guiding scorers share: would the user take it, and does it lead there?
struct GuidanceTerms {
  let interactionForm: InteractionForm
  let guidanceForm: GuidanceForm

  /// Acceptance of every item, `[user, item]`.
  func interaction(_ batch: UserBatch) -> Matrix<Float> {
    switch interactionForm {
    case .sigmoid: batch.preferences.activated(.sigmoid)
    case .dot: batch.preferences
    }
  }

  /// Gain of every item, `[user, item]`; positive where the item lies nearer to the target than the user does.
  func guidance(_ batch: UserBatch) throws -> Matrix<Float> {
    let (items, users) = try guidanceParts(batch)
    var values = [Float](repeating: 0, count: batch.count * batch.itemCount)
    for user in 0..<batch.count {
      for item in 0..<batch.itemCount { values[user * batch.itemCount + item] = items[item] - users[user] }
    }
    return Matrix(rows: batch.count, columns: batch.itemCount, values: values)
  }

  /// The gain's parts: one of the items, one of the users. The gain is their difference.
  func guidanceParts(_ batch: UserBatch) throws -> (items: [Float], users: [Float]) {
    guard let target = batch.target else { throw Problem("scorer", "guidance needs a target.") }
    let model = batch.model
    let table = guidanceForm == .cosine ? model.itemDirections : model.itemVectors
    let goal = table.selectingRows([Int(target)])
    switch guidanceForm {
    case .cosine:
      return (model.cosines(to: target), batch.vectors.rowsNormalized().timesTransposed(goal).values)
    case .dot:
      return (table.timesTransposed(goal).values, batch.vectors.timesTransposed(goal).values)
    }
  }
}
