import Beckon
import Lab

/// A study over a grid: its axes, and the means of its cells.
struct GridValues {
  /// An axis with what stands on it.
  struct Axis {
    let path: String
    /// In the order of the grid; numbers by their size.
    let labels: [String]
    /// Values of the labels; nil unless all are numbers.
    let numbers: [Double]?

    /// The last word of the path.
    var name: String { path.split(separator: ".").last.map(String.init) ?? path }
  }

  /// Means that share their places on some axes.
  struct Mean {
    let mean: Double
    /// Half the width of the interval over the seeds, where it is the mean of one variant.
    let halfWidth: Double?
    /// Variants that went into it.
    let count: Int
  }

  /// Axes on which at least two variants differ.
  let axes: [Axis]
  private let places: [(variant: String, labels: [String: String])]
  private let table: SummaryTable

  init(_ results: StudyResults, _ table: SummaryTable) {
    self.table = table
    places = results.spec.variants.filter { !$0.coordinates.isEmpty }.map { variant in
      (variant.name, variant.labels)
    }
    var paths: [String] = []
    var labels: [String: [String]] = [:]
    var seen: Set<String> = []
    for coordinate in results.spec.variants.flatMap(\.coordinates)
    where seen.insert("\(coordinate.axis)\u{0}\(coordinate.label)").inserted {
      if labels[coordinate.axis] == nil { paths.append(coordinate.axis) }
      labels[coordinate.axis, default: []].append(coordinate.label)
    }
    axes = paths.compactMap { path in
      guard let labels = labels[path], labels.count > 1 else { return nil }
      let numbers = labels.compactMap { Double($0) }
      guard numbers.count == labels.count, numbers.allSatisfy(\.isFinite) else {
        return Axis(path: path, labels: labels, numbers: nil)
      }
      let sorted = zip(labels, numbers).sorted { $0.1 < $1.1 }
      return Axis(path: path, labels: sorted.map(\.0), numbers: sorted.map(\.1))
    }
  }

  /// Means of a metric by the labels on two axes, over all that differs besides: `[first, second]`.
  func means(_ metric: String, _ first: Axis, _ second: Axis) -> [[Mean?]] {
    let grouped = Dictionary(grouping: values(metric)) {
      "\($0.labels[first.path] ?? "")\u{0}\($0.labels[second.path] ?? "")"
    }
    return first.labels.map { row in
      second.labels.map { column in grouped["\(row)\u{0}\(column)"].map(Self.mean) }
    }
  }

  /// Means of a metric over an axis, a line for each combination of what differs besides.
  func lines(_ metric: String, _ axis: Axis) -> [(name: String, means: [Mean?])] {
    let others = axes.filter { $0.path != axis.path }
    var order: [String] = []
    var groups: [String: [String: [(labels: [String: String], sample: Sample)]]] = [:]
    for value in values(metric) {
      let name = others.compactMap { value.labels[$0.path] }.joined(separator: ", ")
      if groups[name] == nil { order.append(name) }
      groups[name, default: [:]][value.labels[axis.path] ?? "", default: []].append(value)
    }
    return order.map { name in (name, axis.labels.map { groups[name]?[$0].map(Self.mean) }) }
  }

  private func values(_ metric: String) -> [(labels: [String: String], sample: Sample)] {
    places.compactMap { place in
      table.row(place.variant)?.value(metric).map { (place.labels, $0) }
    }
  }

  private static func mean(_ values: [(labels: [String: String], sample: Sample)]) -> Mean {
    let only = values.count == 1 ? values[0].sample.halfWidth : nil
    return Mean(mean: Sample(values.map(\.sample.mean)).mean, halfWidth: only, count: values.count)
  }
}

extension ResolvedVariant {
  /// What the variant is called on each axis of the grid, by the axis's path.
  var labels: [String: String] {
    Dictionary(coordinates.map { ($0.axis, $0.label) }) { first, _ in first }
  }
}
