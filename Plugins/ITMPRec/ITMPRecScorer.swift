import Beckon

/// Intention-induced scores: IPG's product with the affinity of intents added to the preference.
struct ITMPRecScorer: Scorer {
  static let about = About(
    "itmprec", "(preference + λ · intention) × gain towards the target.",
    source: """
      ITMPRec eq. 9 to 13. Defaults follow the released code: σ of both products, the intent of highest cosine, \
      gain as a difference of cosines; `dot` and `euclidean` give the printed forms. With λ = 0 it is `ipg`.
      """)

  struct Configuration: Codable, Equatable, Sendable {
    /// Weight of the intention term, λ.
    var lambda = 1.0
    /// How preference enters.
    var interaction = InteractionForm.sigmoid
    /// How the intents' product enters.
    var intention = InteractionForm.sigmoid
    /// How gain is measured.
    var guidance = GuidanceForm.cosine
    /// How a vector finds its intent.
    var nearest = Nearest.cosine
  }

  enum Nearest: String, Choice { case cosine, euclidean }

  static let defaults = Configuration()
  let configuration: Configuration
  var needs: Needs { [.encoder, .target, .intents] }
  var dependsOnHistoryAlone: Bool { true }
  /// Intent of each item.
  private var itemIntents: [Int32] = []
  /// Affinity of two intents, `[intent, intent]`.
  private var affinities = Matrix<Float>(rows: 0, columns: 0)

  init(configuration: Configuration) { self.configuration = configuration }

  static func check(_ configuration: Configuration, _ checks: inout Checks) {
    checks.atLeast("lambda", configuration.lambda, 0)
  }

  mutating func attach(to model: FittedModel) throws {
    guard model.intents.columns == model.itemVectors.columns else {
      throw Problem(
        "intents", "intents have \(model.intents.columns) components and items \(model.itemVectors.columns).")
    }
    itemIntents = intents(of: model.itemVectors, in: model)
    affinities = model.intents.timesTransposed(model.intents)
    if configuration.intention == .sigmoid { affinities = affinities.activated(.sigmoid) }
  }

  private var parts: GuidanceTerms {
    GuidanceTerms(interactionForm: configuration.interaction, guidanceForm: configuration.guidance)
  }

  func scores(_ batch: UserBatch) throws -> Matrix<Float> {
    var scores = parts.interaction(batch)
    let intents = intents(of: batch.vectors, in: batch.model)
    let lambda = Float(configuration.lambda)
    let columns = scores.columns
    scores.values.withUnsafeMutableBufferPointer { scores in
      itemIntents.withUnsafeBufferPointer { itemIntents in
        for user in 0..<intents.count {
          let affinity = affinities.row(Int(intents[user])).map { lambda * $0 }
          affinity.withUnsafeBufferPointer { affinity in
            let line = UnsafeMutableBufferPointer(rebasing: scores[user * columns..<(user + 1) * columns])
            for item in 0..<columns { line[item] += affinity[Int(itemIntents[item])] }
          }
        }
      }
    }
    let (items, users) = try parts.guidanceParts(batch)
    scores.multiplyRows(by: items, minus: users)
    return scores
  }

  func terms(_ batch: UserBatch) throws -> [(name: String, values: Matrix<Float>)] {
    let intents = intents(of: batch.vectors, in: batch.model)
    let values = intents.flatMap { own in itemIntents.map { affinities[Int(own), Int($0)] } }
    return [
      ("interaction", parts.interaction(batch)),
      ("intention", Matrix(rows: batch.count, columns: batch.itemCount, values: values)),
      ("guidance", try parts.guidance(batch)),
    ]
  }

  /// The intent of each row; the smaller index on a tie.
  private func intents(of vectors: Matrix<Float>, in model: FittedModel) -> [Int32] {
    switch configuration.nearest {
    case .euclidean: KMeans.nearest(vectors, model.intents).assignment
    case .cosine: vectors.timesTransposed(model.intents.rowsNormalized()).indexOfLargestInRows()
    }
  }
}

extension Matrix where S == Float {
  func indexOfLargestInRows() -> [Int32] {
    (0..<rows).map { row in
      let line = self.row(row)
      var best = line.startIndex
      for index in line.indices where line[index] > line[best] { best = index }
      return Int32(best - line.startIndex)
    }
  }
}
