import Beckon

/// Guidance may only choose among items that the user would like anyway.
struct RelevanceFloorGuard: Guard {
  static let about = About(
    "relevance-floor", "Forbids items below a share of the user's own ranking.",
    source:
      "Beckon's own: the available items are ranked by the encoder's preference, and the best share stays.")

  struct Configuration: Codable, Equatable, Sendable {
    /// Share of the available items that may be shown, best first, in (0, 1]; at least one stays.
    var topShare = 0.5
  }

  static let defaults = Configuration()
  let configuration: Configuration
  var needs: Needs { .encoder }

  static func check(_ configuration: Configuration, _ checks: inout Checks) {
    checks.require(
      configuration.topShare > 0 && configuration.topShare <= 1, "topShare",
      "\(configuration.topShare) is out of range; expected above 0 and at most 1.")
  }

  func restrict(_ scores: inout Matrix<Float>, for batch: UserBatch) throws {
    for user in 0..<batch.count {
      let available = (0..<batch.itemCount).filter { scores[user, $0] > -.infinity }
      let stay = max(1, Int((configuration.topShare * Double(available.count)).rounded(.up)))
      guard stay < available.count else { continue }
      let ranked = available.sorted {
        (-batch.preferences[user, $0], $0) < (-batch.preferences[user, $1], $1)
      }
      for item in ranked[stay...] { scores[user, item] = -.infinity }
    }
  }
}
