import Beckon

/// Means and standard deviations over the seeds: a row a variant, a column a metric.
public struct SummaryTable: Sendable {
  /// One number of the table.
  public struct Value: Sendable {
    /// Mean over the seeds.
    public let mean: Double
    /// Sample standard deviation over the seeds; nil for a single seed.
    public let deviation: Double?
    /// Seeds that gave a number.
    public let count: Int
  }

  /// One variant.
  public struct Row: Sendable {
    /// Its name.
    public let variant: String
    /// Its numbers, by metric, in the order of the spec; a metric that no seed gave is absent.
    public let values: [(name: String, value: Value)]

    /// The number of a metric.
    public func value(_ name: String) -> Value? { values.first { $0.name == name }?.value }
  }

  /// Rows in the order of the spec.
  public let rows: [Row]
  /// Every metric of any row, in order.
  public let metrics: [String]

  /// The table of a study.
  public init(_ results: StudyResults) {
    rows = results.spec.variants.map { variant in
      let runs = results.runs(of: variant.name)
      let names = runs.first?.record.metrics.map(\.name) ?? []
      return Row(
        variant: variant.name,
        values: names.compactMap { name in
          Self.value(runs.compactMap { $0.record.metric(name) }).map { (name, $0) }
        })
    }
    var seen: Set<String> = []
    metrics = rows.flatMap { $0.values.map(\.name) }.filter { seen.insert($0).inserted }
  }

  private static func value(_ numbers: [Double]) -> Value? {
    guard !numbers.isEmpty else { return nil }
    let mean = numbers.reduce(0, +) / Double(numbers.count)
    let squares = numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let deviation = numbers.count > 1 ? (squares / Double(numbers.count - 1)).squareRoot() : nil
    return Value(mean: mean, deviation: deviation, count: numbers.count)
  }
}
