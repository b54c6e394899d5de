import Beckon

/// The items met most often in training.
struct PopularSelector: TargetSelector {
  static let about = About("popular", "The items with the most training events; the smaller index on a tie.")

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
    let counts = context.model.split.itemCounts
    return Array(
      candidates.sorted { (-counts[Int($0)], $0) < (-counts[Int($1)], $1) }.prefix(configuration.count))
  }
}
