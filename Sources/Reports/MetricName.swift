import Beckon
import Lab

/// What a metric says of itself, for the reader of a report.
public struct MetricFacts: Sendable {
  /// Which way is better.
  public let direction: Direction
  /// Unit, in a word or two; may be empty.
  public let unit: String
  /// One sentence; may be empty.
  public let summary: String
  /// Whether it tells what guidance costs, not what it attains.
  public let isCost: Bool
  /// The metric of which it is another definition.
  public let redefines: String?

  /// Facts of a metric.
  public init(
    direction: Direction, unit: String = "", summary: String = "", isCost: Bool = false,
    redefines: String? = nil
  ) {
    self.direction = direction
    self.unit = unit
    self.summary = summary
    self.isCost = isCost
    self.redefines = redefines
  }
}

/// Finds the facts of a metric by its name without the cutoff; nil if nobody knows it.
public typealias MetricLookup = (String) -> MetricFacts?

/// The parts of `ndcg@20`.
struct MetricName: Equatable {
  let full: String
  let base: String
  let cutoff: String?

  init(_ full: String) {
    self.full = full
    let parts = full.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
    base = String(parts[0])
    cutoff = parts.count > 1 ? String(parts[1]) : nil
  }

  /// Columns side by side that share a metric, in the order of their first appearance.
  static func grouped(_ names: [String]) -> [(base: String, columns: [MetricName])] {
    var order: [String] = []
    var groups: [String: [MetricName]] = [:]
    for name in names.map(MetricName.init) {
      if groups[name.base] == nil { order.append(name.base) }
      groups[name.base, default: []].append(name)
    }
    return order.map { ($0, groups[$0] ?? []) }
  }

  /// Of each metric the column of its largest cutoff.
  static func atLargestCutoff(_ names: [String]) -> [MetricName] {
    grouped(names).compactMap { _, columns in
      columns.max { (Int($0.cutoff ?? "") ?? 0) < (Int($1.cutoff ?? "") ?? 0) }
    }
  }
}

extension SummaryTable {
  /// Decimals of a metric's column.
  func decimals(_ metric: String) -> Int {
    NumberText.decimals(for: rows.compactMap { $0.value(metric)?.mean })
  }
}
