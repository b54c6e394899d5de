import Beckon
import Lab

/// Differences of each variant to the one the spec compares with: paired by seed, and tested over the users where
/// their values are known.
struct PairedTable {
  private let results: StudyResults
  private let columns: [MetricName]
  private let significance: Significance
  private let lookup: MetricLookup
  private let identifier: String

  /// A table of some metrics, each at its largest cutoff.
  init(
    _ results: StudyResults, _ metrics: [String], significance: Significance,
    lookup: @escaping MetricLookup, identifier: String
  ) {
    self.results = results
    columns = MetricName.atLargestCutoff(metrics)
    self.significance = significance
    self.lookup = lookup
    self.identifier = identifier
  }

  /// The section; nothing for a single variant.
  var html: HTML {
    guard table != .empty else { return .empty }
    return """
      <section id="paired"><h2>\(title)</h2>
      \(table)</section>

      """
  }

  /// What the differences are taken to.
  var title: String { "Difference to \(results.spec.compareWith)" }

  /// The tables with their explanation; nothing for a single variant.
  var table: HTML {
    let other = results.spec.compareWith
    let others = results.spec.variants.map(\.name).filter { $0 != other }
    let names = others.filter { results.sharesData($0, other) }
    guard !others.isEmpty, !columns.isEmpty else { return .empty }
    let left: HTML =
      names.count == others.count
      ? .empty
      : """
      <p class="warning">\(others.count - names.count) of the other \(others.count) variants were run on other data \
      than \(other). Their numbers cannot be taken from one another, so they are not here.</p>

      """
    guard !names.isEmpty else { return left }
    let differences = names.map { name in
      columns.map { results.differences(of: name, to: other, in: $0.full).map(\.value) }
    }
    let decimals = columns.indices.map { column in
      NumberText.decimals(for: differences.map { Sample($0[column]).mean })
    }
    let paired =
      results.spec.seeds.count > 1
      ? "Paired by seed: mean ± standard deviation of the differences, and in how many seeds the value was higher ▲ or "
        + "lower ▼ than that of \(other)."
      : "Paired by seed, of which there is one."
    let data = DataTable(
      identifier: identifier,
      columns: columns.map { column in
        DataTable.Column(
          title: column.full, name: column.full,
          isRising: ResultTable.direction(column.base, lookup) == .lower)
      },
      rowCount: names.count, name: { names[$0] },
      cell: { row, column in
        var cell = Self.cell(differences[row][column], decimals: decimals[column])
        cell.mark = significance.sign(names[row], columns[column].full)
        return cell
      })
    return """
      \(left)<p>\(paired) Each metric at its largest cutoff.</p>
      \(data.html)\(tests(names))
      """
  }

  private static func cell(_ differences: [Double], decimals: Int) -> DataCell {
    guard !differences.isEmpty else { return .missing }
    let (up, down) = (differences.count { $0 > 0 }, differences.count { $0 < 0 })
    // The sign of a single seed's difference is that of the number itself.
    let signs = differences.count > 1 ? "\(up)▲ \(down)▼" : ""
    let sample = Sample(differences)
    return DataCell(
      value: sample.mean, text: NumberText.signed(sample.mean, decimals: decimals),
      spread: sample.deviation.map { NumberText.spread($0, decimals: decimals) } ?? "",
      note: signs)
  }
}

extension PairedTable {
  /// What the tests say, a table a metric.
  private func tests(_ names: [String]) -> HTML {
    let note: HTML = significance.note.isEmpty ? .empty : "<p>\(significance.note)</p>\n"
    let tested = columns.filter { column in
      names.contains { significance.row($0, column.full) != nil }
    }
    guard
      let family = significance.families.first(where: { $0.rows.contains { $0.metric == tested.first?.full } }
      )
    else { return note }
    let options = family.options
    let tables = tested.enumerated().map { index, column -> HTML in
      let rows = names.compactMap { significance.row($0, column.full) }
      return """
        <h3>\(column.full)</h3>
        \(tests(rows, column, "\(identifier)-tests\(index)"))
        """
    }
    let level = NumberText.alone(100 * options.level)
    let draws = NumberText.count(options.resamples)
    return """
      <p>\(significance.legend(tested.map(\.full)))</p>
      \(note)<details class="more"><summary>The tests in numbers</summary>
      <p>Each user's value is the mean over the seeds; users are paired. The interval covers the mean difference in \
      \(level) % of studies (bootstrap over the users, \(options.interval.rawValue), \(draws) draws). p is corrected \
      for the \(family.rows.count) comparisons of this section together. d is Cohen's d of the differences; rank is \
      the rank-biserial correlation; both are signed like the difference. Wins and losses count users for whom the \
      variant is better or worse than \(family.baseline).</p>
      \(tables)</details>

      """
  }

  private func tests(_ rows: [Comparison], _ column: MetricName, _ identifier: String) -> HTML {
    let decimals = NumberText.decimals(for: rows.map(\.difference))
    let direction = ResultTable.direction(column.base, lookup)
    let isRising = direction == .lower
    let heads: [DataTable.Column] = [
      .init(title: "difference", name: "difference", isRising: isRising),
      .init(title: "from", name: "from", isRising: isRising),
      .init(title: "to", name: "to", isRising: isRising, startsGroup: false),
      .init(title: "p", name: "p", isRising: true),
      .init(title: "corrected", name: "corrected", isRising: true, startsGroup: false),
      .init(title: "d", name: "d", isRising: isRising),
      .init(title: "rank", name: "rank", isRising: isRising, startsGroup: false),
      .init(title: direction == .neither ? "higher" : "wins", name: "wins"),
      .init(title: "ties", name: "ties", startsGroup: false),
      .init(title: direction == .neither ? "lower" : "losses", name: "losses", startsGroup: false),
    ]
    let cells = rows.map { row -> [DataCell] in
      let counts = row.users.wins(direction)
      var difference = Self.number(row.difference) { NumberText.signed($0, decimals: decimals) }
      difference.mark = significance.sign(row.variant, row.metric)
      return [
        difference,
        Self.number(row.interval?.low) { NumberText.signed($0, decimals: decimals) },
        Self.number(row.interval?.high) { NumberText.signed($0, decimals: decimals) },
        Self.number(row.p, NumberText.probability), Self.number(row.correctedP, NumberText.probability),
        Self.number(row.effect.cohensDz) { NumberText.signed($0, decimals: 3) },
        Self.number(row.effect.rankBiserial) { NumberText.signed($0, decimals: 3) },
        Self.count(counts.wins), Self.count(counts.ties), Self.count(counts.losses),
      ]
    }
    return DataTable(
      identifier: identifier, columns: heads, rowCount: rows.count, name: { rows[$0].variant },
      cell: { cells[$0][$1] }, isStacked: false
    ).html
  }

  private static func number(_ value: Double?, _ text: (Double) -> String) -> DataCell {
    guard let value, value.isFinite else {
      return DataCell(value: nil, text: "–", title: "the differences cannot give it")
    }
    return DataCell(value: value, text: text(value), title: "\(value)")
  }

  private static func count(_ count: Int) -> DataCell {
    DataCell(value: Double(count), text: NumberText.count(count))
  }
}
