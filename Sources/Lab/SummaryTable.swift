import Beckon

/// Means and standard deviations over the seeds: a row a variant, a column a metric.
public struct SummaryTable: Sendable {
  /// One variant.
  public struct Row: Sendable {
    /// Its name.
    public let variant: String
    /// Its numbers, by metric, in the order of the spec; a metric that no seed gave is absent.
    public let values: [(name: String, value: Sample)]

    /// The number of a metric.
    public func value(_ name: String) -> Sample? { values.first { $0.name == name }?.value }
  }

  /// Rows in the order of the spec.
  public let rows: [Row]
  /// Every metric of any row, in order.
  public let metrics: [String]
  /// Places of the rows.
  private let places: [String: Int]

  /// The row of a variant.
  public func row(_ variant: String) -> Row? { places[variant].map { rows[$0] } }

  /// The table of a study.
  public init(_ results: StudyResults) {
    rows = results.spec.variants.map { variant in
      let runs = results.runs(of: variant.name)
      let names = runs.first?.record.metrics.map(\.name) ?? []
      return Row(
        variant: variant.name,
        values: names.compactMap { name in
          let numbers = runs.compactMap { $0.record.metric(name) }
          return numbers.isEmpty ? nil : (name, Sample(numbers))
        })
    }
    places = Dictionary(rows.enumerated().map { ($1.variant, $0) }) { first, _ in first }
    metrics = rows.flatMap { $0.values.map(\.name) }.uniqued()
  }
}
