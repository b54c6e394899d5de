import Beckon

/// Targets drawn uniformly: what pre-matching is compared with.
struct RandomSelector: TargetSelector {
  static let about = About(
    "random", "Items drawn uniformly without repetition.", source: "ITMPRec's ablation w/o P: over all items."
  )

  struct Configuration: Codable, Equatable, Sendable {
    /// Category the targets come from; empty takes all items.
    var category = ""
    /// Number of targets.
    var count = 50
  }

  static let defaults = Configuration()
  let configuration: Configuration

  static func check(_ configuration: Configuration, _ checks: inout Checks) {
    checks.positive("count", configuration.count)
  }

  func verify(_ dataset: Dataset, _ locations: DataLocations) throws {
    _ = try Candidates(category: configuration.category, count: configuration.count).items(in: dataset)
  }

  func targets(_ context: SelectionContext) throws -> [Int32] {
    let candidates = try Candidates(category: configuration.category, count: configuration.count)
      .items(in: context.model.split.dataset)
    var stream = RandomStream(seed: context.seed, purpose: .targets)
    return stream.sample(configuration.count, of: candidates.count).map { candidates[$0] }
  }
}
