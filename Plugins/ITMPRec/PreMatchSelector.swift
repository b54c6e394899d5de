import Beckon

/// Targets that the users, all together, are most ready for.
struct PreMatchSelector: TargetSelector {
  static let about = About(
    "pre-match", "The category's items with the highest summed preference over all users.",
    source: """
      ITMPRec eq. 7 and 8: items by Σ_u h_u · v_i, nothing masked. `pool` is the released code's sample of the \
      category before the match (200 there); 0 takes the whole category, as the paper does.
      """)

  struct Configuration: Codable, Equatable, Sendable {
    /// Category the targets come from; empty takes all items.
    var category = ""
    /// Number of targets, N_tar.
    var count = 50
    /// Candidates sampled from the category, N_can; 0 takes them all.
    var pool = 0
  }

  static let defaults = Configuration()
  let configuration: Configuration
  var needs: Needs { .encoder }

  static func check(_ configuration: Configuration, _ checks: inout Checks) {
    checks.positive("count", configuration.count)
    checks.require(
      configuration.pool == 0 || configuration.pool >= configuration.count, "pool",
      "\(configuration.pool) candidates cannot give \(configuration.count) targets; expected 0 or at least count."
    )
  }

  func verify(_ dataset: Dataset, _ locations: DataLocations) throws {
    _ = try Candidates(category: configuration.category, count: configuration.count).items(in: dataset)
  }

  func targets(_ context: SelectionContext) throws -> [Int32] {
    let split = context.model.split
    var candidates = try Candidates(category: configuration.category, count: configuration.count)
      .items(in: split.dataset)
    if configuration.pool > 0 {
      var stream = RandomStream(seed: context.seed, purpose: .targets)
      stream.shuffle(&candidates)
      candidates = Array(candidates.prefix(configuration.pool))
    }
    guard let encoder = context.model.encoder else { throw Problem("", "'pre-match' needs an encoder.") }
    var sums = [Double](repeating: 0, count: split.dataset.itemCount)
    let histories = split.histories
    for first in stride(from: 0, to: histories.count, by: 64) {
      let states = try encoder.encode(Array(histories[first..<min(histories.count, first + 64)]))
      let preferences = encoder.preferences(of: states)
      for user in 0..<preferences.rows {
        for item in candidates { sums[Int(item)] += Double(preferences[user, Int(item)]) }
      }
    }
    return Array(
      candidates.sorted { (-sums[Int($0)], $0) < (-sums[Int($1)], $1) }.prefix(configuration.count))
  }
}
