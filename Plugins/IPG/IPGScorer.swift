import Beckon

/// Iterative preference guidance: acceptance times gain.
struct IPGScorer: Scorer {
  static let about = About(
    "ipg", "Preference times the gain towards the target; wraps any encoder.",
    source: """
      Bi et al., WWW 2024: p·g with p = σ(h·v_i) and g = cos(v_i, v_j) − cos(h_u, v_j) as in the released code; \
      `dot` gives the printed forms. Items met before are not candidates here, as in ITMPRec; IPG's own code \
      leaves the history in.
      """)

  struct Configuration: Codable, Equatable, Sendable {
    /// How preference enters.
    var interaction = InteractionForm.sigmoid
    /// How gain is measured.
    var guidance = GuidanceForm.cosine
  }

  static let defaults = Configuration()
  let configuration: Configuration
  var needs: Needs { [.encoder, .target] }
  var dependsOnHistoryAlone: Bool { true }

  private var parts: GuidanceTerms {
    GuidanceTerms(interactionForm: configuration.interaction, guidanceForm: configuration.guidance)
  }

  func scores(_ batch: UserBatch) throws -> Matrix<Float> {
    var scores = parts.interaction(batch)
    let (items, users) = try parts.guidanceParts(batch)
    scores.multiplyRows(by: items, minus: users)
    return scores
  }

  func terms(_ batch: UserBatch) throws -> [(name: String, values: Matrix<Float>)] {
    [("interaction", parts.interaction(batch)), ("guidance", try parts.guidance(batch))]
  }
}

extension Matrix where S == Float {
  /// Multiplies element (user, item) by `items[item] − users[user]`.
  mutating func multiplyRows(by items: [Float], minus users: [Float]) {
    let (rows, columns) = (rows, columns)
    values.withUnsafeMutableBufferPointer { values in
      items.withUnsafeBufferPointer { items in
        for row in 0..<rows {
          let user = users[row]
          let line = UnsafeMutableBufferPointer(rebasing: values[row * columns..<(row + 1) * columns])
          for item in 0..<columns { line[item] *= items[item] - user }
        }
      }
    }
  }
}
