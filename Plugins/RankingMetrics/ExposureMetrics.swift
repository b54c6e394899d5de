import Beckon

extension Exposure {
  /// Σ (2j − n − 1) c_j / Σ c over the n items by ascending count, j from 1: the Gini coefficient times n.
  fileprivate var inequality: Double {
    let total = Double(total)
    guard total > 0 else { return 0 }
    let weighted = counts.sorted().enumerated().reduce(0.0) { sum, item in
      sum + Double(2 * item.offset + 1 - counts.count) * Double(item.element)
    }
    return weighted / total
  }
}

/// Gini coefficient of how often items are shown.
struct GiniMetric: ExposureMetric {
  static let about = About(
    "gini",
    "Gini coefficient of the items' places in all lists of length k: 0 if all are shown alike, 1 − 1/n if one of n is.",
    examples: [
      Example("all alike; one of four; one of two twice as often", expected: [0, 0.75, 1.0 / 6]) {
        [[2, 2, 2, 2], [0, 0, 5, 0], [1, 2]].map {
          GiniMetric(configuration: defaults).value(of: .init(counts: $0))
        }
      }
    ])
  static let direction = Direction.lower
  static let unit = "inequality"
  let configuration: NoConfiguration

  func value(of exposure: Exposure) -> Double { exposure.inequality / Double(max(1, exposure.counts.count)) }
}

/// Gini coefficient that reaches 1.
struct GiniCorrectedMetric: ExposureMetric {
  static let about = About(
    "gini-corrected", "`gini` times n / (n − 1), so that it is 1 if a single one of n items is shown.",
    examples: [
      Example("one of four items", expected: [1]) {
        [GiniCorrectedMetric(configuration: defaults).value(of: .init(counts: [0, 0, 5, 0]))]
      }
    ])
  static let direction = Direction.lower
  static let unit = "inequality"
  let configuration: NoConfiguration

  func value(of exposure: Exposure) -> Double {
    exposure.inequality / Double(max(1, exposure.counts.count - 1))
  }
}

/// The other sign: how evenly items are shown.
struct GiniDiversityMetric: ExposureMetric {
  static let about = About(
    "gini-diversity", "1 − `gini-corrected`: 1 if all items are shown alike, 0 if a single one is.",
    examples: [
      Example("all alike, one of four", expected: [1, 0]) {
        [[2, 2, 2, 2], [0, 0, 5, 0]].map {
          GiniDiversityMetric(configuration: defaults).value(of: .init(counts: $0))
        }
      }
    ])
  static let unit = "equality"
  let configuration: NoConfiguration

  func value(of exposure: Exposure) -> Double {
    1 - exposure.inequality / Double(max(1, exposure.counts.count - 1))
  }
}

/// Share of the items that anyone is shown.
struct CoverageMetric: ExposureMetric {
  static let about = About(
    "coverage", "Items in at least one list of length k over all items.",
    examples: [
      Example("two of four items", expected: [0.5]) {
        [CoverageMetric(configuration: defaults).value(of: .init(counts: [3, 0, 0, 1]))]
      }
    ])
  static let unit = "share of items"
  let configuration: NoConfiguration

  func value(of exposure: Exposure) -> Double {
    Double(exposure.counts.count { $0 > 0 }) / Double(max(1, exposure.counts.count))
  }
}
