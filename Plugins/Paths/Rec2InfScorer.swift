import Beckon

/// Of what the user would like most, the item nearest to the target.
struct Rec2InfScorer: Scorer {
  static let about = About(
    "rec2inf", "Among the encoder's k favourites, the nearest to the target; wraps any encoder.",
    source: """
      The baseline Rec2Inf of Zhu et al., ICDE 2023, and of Bi et al., WWW 2024 (there k = 50). Ties in nearness go \
      to the preferred item; the others follow in the order of preference.
      """)

  struct Configuration: Codable, Equatable, Sendable {
    /// Favourites that are chosen from, k; the released code of IRN takes 10 to 50.
    var count = 50
    /// Where nearness is measured.
    var space = Space.encoder
  }

  enum Space: String, Choice {
    /// Cosine of the encoder's item vectors.
    case encoder
    /// Categories that two items do not share, as Hamming distance of genre flags in IRN's released code.
    case categories
  }

  static let defaults = Configuration()
  let configuration: Configuration
  private var categories: [Set<String>] = []
  var needs: Needs { [.encoder, .target] }

  init(configuration: Configuration) { self.configuration = configuration }

  static func check(_ configuration: Configuration, _ checks: inout Checks) {
    checks.positive("count", configuration.count)
  }

  mutating func fit(_ split: Split, seed: UInt64) throws {
    guard configuration.space == .categories else { return }
    categories = split.dataset.catalogue.categories.map { Set($0) }
    guard categories.contains(where: { !$0.isEmpty }) else {
      throw Problem(
        "scorer.space", "this dataset names no categories. Give an items table, or take the space 'encoder'.")
    }
  }

  func scores(_ batch: UserBatch) throws -> Matrix<Float> {
    guard let target = batch.target else { throw Problem("scorer", "rec2inf needs a target.") }
    let nearness = nearness(to: target, batch.model)
    var scores = batch.preferences
    var candidates = batch.preferences
    batch.withhold(&candidates)
    for user in 0..<batch.count {
      let row = Array(batch.preferences.row(user))
      let favourites = candidates.row(user).placesOfLargest(configuration.count)
      // Farthest first; the sort is stable, so of equals the preferred one comes last.
      let ranked = favourites.reversed().sorted { nearness[Int($0)] < nearness[Int($1)] }
      let best = row.max() ?? 0
      // The others below 0, the favourites from 1 to k.
      for item in row.indices { scores[user, item] = row[item] - best - 1 }
      for (place, item) in ranked.enumerated() { scores[user, Int(item)] = Float(place + 1) }
    }
    return scores
  }

  /// Larger is nearer, by item index.
  private func nearness(to target: Int32, _ model: FittedModel) -> [Float] {
    switch configuration.space {
    case .encoder: return model.cosines(to: target)
    case .categories:
      let own = categories[Int(target)]
      return categories.map { -Float(own.symmetricDifference($0).count) }
    }
  }
}
