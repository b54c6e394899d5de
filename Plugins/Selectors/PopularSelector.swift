import Beckon

/// The items met most often in training.
struct PopularSelector: TargetSelector {
  static let about = About(
    "popular", "The items with the most training events; the smaller index on a tie.")
  static let defaults = Candidates()
  let configuration: Candidates

  static func check(_ configuration: Candidates, _ checks: inout Checks) { configuration.check(&checks) }

  func verify(_ dataset: Dataset, _ locations: DataLocations) throws {
    _ = try configuration.items(in: dataset)
  }

  func targets(_ context: SelectionContext) throws -> [Int32] {
    let candidates = try configuration.items(in: context.model.split.dataset)
    let counts = context.model.split.itemCounts
    return Array(
      candidates.sorted { (-counts[Int($0)], $0) < (-counts[Int($1)], $1) }.prefix(configuration.count))
  }
}
