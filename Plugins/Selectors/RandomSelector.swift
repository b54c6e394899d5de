import Beckon

/// Targets drawn uniformly: what pre-matching is compared with.
struct RandomSelector: TargetSelector {
  static let about = About(
    "random", "Items drawn uniformly without repetition.",
    source: "ITMPRec's ablation w/o P: over all items.")
  static let defaults = Candidates()
  let configuration: Candidates

  static func check(_ configuration: Candidates, _ checks: inout Checks) { configuration.check(&checks) }

  func verify(_ dataset: Dataset, _ locations: DataLocations) throws {
    _ = try configuration.items(in: dataset)
  }

  func targets(_ context: SelectionContext) throws -> [Int32] {
    let candidates = try configuration.items(in: context.model.split.dataset)
    var stream = RandomStream(seed: context.seed, purpose: .targets)
    return stream.sample(configuration.count, of: candidates.count).map { candidates[$0] }
  }
}
