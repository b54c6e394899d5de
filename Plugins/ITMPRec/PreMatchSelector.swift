import Beckon

/// Targets that the users, all together, are most ready for.
struct PreMatchSelector: TargetSelector {
  static let about = About(
    "pre-match", "The category's items with the highest summed preference over all users.",
    source: """
      ITMPRec eq. 7: items by Σ_u h_u · v_i, nothing masked. `pool` is the released code's sample of the \
      category before the match (200 there); 0 takes the whole category, as the paper does. The release shuffles the \
      list of a file (`path`) by Python's generator: `poolOrder`.
      """)

  struct Configuration: Codable, Equatable, Sendable {
    /// Category the targets come from; empty takes all items.
    var category = ""
    /// A file of the items that targets come from, one identifier a line, instead of a category.
    var path = ""
    /// Number of targets, N_tar.
    var count = 50
    /// Candidates sampled from the category, N_can; 0 takes them all.
    var pool = 0
    /// How the pool is drawn.
    var poolOrder = PoolOrder.seeded
  }

  /// How a pool is drawn from the category.
  enum PoolOrder: String, Choice {
    /// By the experiment's seed.
    case seeded
    /// The first after Python's `random.seed(2021)` and `random.shuffle`, the items in the order of `path`, or
    /// ascending without: whatever the seed.
    case released
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
    checks.require(
      configuration.poolOrder == .seeded || configuration.pool > 0, "poolOrder",
      "'\(configuration.poolOrder.rawValue)' says how a pool is drawn; give 'pool', 200 in the released code."
    )
    checks.require(
      configuration.path.isEmpty || configuration.category.isEmpty, "path",
      "names the items that targets come from, and so does 'category'; leave one out.")
    checks.file("path", configuration.path)
  }

  func verify(_ dataset: Dataset, _ locations: DataLocations) throws {
    _ = try items(in: dataset, locations)
  }

  func targets(_ context: SelectionContext) throws -> [Int32] {
    let split = context.model.split
    let candidates = try pool(of: split.dataset, context.locations, seed: context.seed)
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

  /// The items that take part in the match.
  ///
  /// - Throws: `Problem` if the data lack them.
  func pool(of dataset: Dataset, _ locations: DataLocations, seed: UInt64) throws -> [Int32] {
    var candidates = try items(in: dataset, locations)
    guard configuration.pool > 0 else { return candidates }
    switch configuration.poolOrder {
    case .seeded:
      var stream = RandomStream(seed: seed, purpose: .targets)
      stream.shuffle(&candidates)
    case .released:
      var twister = MersenneTwister(pythonSeed: 2021)
      twister.pythonShuffle(&candidates)
    }
    return Array(candidates.prefix(configuration.pool))
  }

  private func items(in dataset: Dataset, _ locations: DataLocations) throws -> [Int32] {
    guard !configuration.path.isEmpty else {
      return try Candidates(category: configuration.category, count: configuration.count).items(in: dataset)
    }
    let names = try NamedItems.names(in: configuration.path, locations)
    guard names.count >= configuration.count else {
      throw Problem(
        "",
        "\(configuration.count) targets are asked for, and '\(configuration.path)' names \(names.count) items."
      )
    }
    return try NamedItems.items(names, of: dataset)
  }
}
