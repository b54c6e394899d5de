import Beckon
import Lab
import Reports

/// Which variant is ahead while a study runs, by the first metric of the spec that has a better side.
struct BestSoFar: Sendable {
  private let metric: String
  private let isHigher: Bool
  private var values: [String: [Double]] = [:]

  /// Nil for a single variant, or where no metric has a better side.
  init?(_ spec: ResolvedSpec, _ registry: Registry) {
    guard spec.variants.count > 1 else { return nil }
    let lookup = HTMLReport.lookup(in: registry)
    for made in spec.variants[0].parts[.metrics] ?? [] {
      let name = made.entry.about.identifier
      guard let facts = lookup(name), facts.direction != .neither, !facts.isCost else { continue }
      metric = name
      isHigher = facts.direction == .higher
      return
    }
    return nil
  }

  /// Takes in a finished cell: the metric at its largest cutoff.
  mutating func add(_ record: CellRecord, of variant: String) {
    let own = record.metrics.last { $0.name == metric || $0.name.hasPrefix(metric + "@") }
    if let value = own?.value { values[variant, default: []].append(value) }
  }

  /// `best hr 0.51 (ITMPRec)`; nothing before two variants can be compared.
  var text: String {
    let means = values.map { (name: $0.key, mean: $0.value.reduce(0, +) / Double($0.value.count)) }
    guard means.count > 1,
      let best = means.min(by: { ($0.mean == $1.mean) ? $0.name < $1.name : ($0.mean > $1.mean) == isHigher })
    else { return "" }
    return "best \(metric) \(String(format: "%.4g", best.mean)) (\(best.name))"
  }
}
