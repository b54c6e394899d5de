import Beckon
import Lab

/// The main table as every format shows it: rows, columns, decimals, and which means are the best.
struct ResultTable {
  /// Place of a mean in its column; means that read the same share it.
  enum Place {
    case best
    case second
  }

  /// One mean.
  struct Cell {
    let sample: Sample
    let place: Place?
    /// Sign of a significant difference; empty without one.
    let mark: String
  }

  let columns: [MetricName]
  let rows: [SummaryTable.Row]
  /// Axes of the grid, by their full paths; empty without a grid.
  let axes: [String]
  /// Seeds of the study.
  let seeds: Int
  private let labels: [[String: String]]
  private let decimals: [Int]
  private let places: [[Place?]]
  private let lookup: MetricLookup
  private let significance: Significance

  /// A table of some of a study's metrics, in their order.
  init(
    _ results: StudyResults, _ metrics: [String], lookup: @escaping MetricLookup, significance: Significance
  ) {
    let table = SummaryTable(results)
    rows = table.rows
    columns = metrics.map(MetricName.init)
    seeds = results.spec.seeds.count
    self.lookup = lookup
    self.significance = significance
    axes = results.spec.gridAxes
    labels = results.spec.variants.map(\.labels)
    decimals = metrics.map(table.decimals)
    places = zip(columns, decimals).map { column, decimals in
      Self.places(table.rows, column.full, decimals, direction: Self.direction(column.base, lookup))
    }
  }

  /// Columns side by side that share a metric, with their places in the row.
  var groups: [(base: String, columns: [Int])] {
    var result: [(base: String, columns: [Int])] = []
    for (index, column) in columns.enumerated() {
      if result.last?.base == column.base {
        result[result.count - 1].columns.append(index)
      } else {
        result.append((column.base, [index]))
      }
    }
    return result
  }

  /// Decimals of a column.
  func decimals(_ column: Int) -> Int { decimals[column] }

  /// Where a row stands on an axis; empty if the grid gives it no place there.
  func label(_ row: Int, _ axis: String) -> String { labels[row][axis] ?? "" }

  /// The cell of a row and a column; nil if no seed gave it.
  func cell(_ row: Int, _ column: Int) -> Cell? {
    rows[row].value(columns[column].full).map { sample in
      Cell(
        sample: sample, place: places[column][row],
        mark: significance.sign(rows[row].variant, columns[column].full))
    }
  }

  /// Which way is better in a column.
  func direction(_ column: Int) -> Direction { Self.direction(columns[column].base, lookup) }

  /// An arrow to the better side, or nothing.
  func arrow(_ column: Int) -> String {
    switch direction(column) {
    case .higher: "↑"
    case .lower: "↓"
    case .neither: ""
    }
  }

  /// Whether any column has a best mean.
  var isRanked: Bool { places.contains { $0.contains { $0 == .best } } }

  /// Direction of a metric; for one that the registry does not know, as its name suggests.
  static func direction(_ name: String, _ lookup: MetricLookup) -> Direction {
    if let known = lookup(name) { return known.direction }
    let lower = ["loss", "error", "rmse", "mae", "regret", "harm", "churn", "gini", "ece"]
    return name.split(separator: "-").contains { lower.contains($0.lowercased()) } ? .lower : .higher
  }

  private static func places(
    _ rows: [SummaryTable.Row], _ metric: String, _ decimals: Int, direction: Direction
  ) -> [Place?] {
    let none = [Place?](repeating: nil, count: rows.count)
    guard direction != .neither, rows.count > 1 else { return none }
    let shown = rows.map { row in
      row.value(metric).flatMap { Double(NumberText.fixed($0.mean, decimals: decimals)) }
    }
    let ranked = Set(shown.compactMap { $0 }).sorted { direction == .higher ? $0 > $1 : $0 < $1 }
    guard ranked.count > 1 else { return none }
    return shown.map { $0 == nil ? nil : $0 == ranked[0] ? .best : $0 == ranked[1] ? .second : nil }
  }
}
