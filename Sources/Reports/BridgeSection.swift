import Beckon
import Lab

/// A study whose variants add up: what each step changes in the configuration, and what that changes in the numbers.
struct BridgeSection {
  private let results: StudyResults
  private let table: SummaryTable
  private let gains: [MetricName]
  private let costs: [MetricName]

  /// A section of metrics, each at its largest cutoff.
  init(_ results: StudyResults, gains: [String], costs: [String]) {
    self.results = results
    table = SummaryTable(results)
    self.gains = MetricName.atLargestCutoff(gains)
    self.costs = MetricName.atLargestCutoff(costs)
  }

  /// The section; nothing unless the spec is cumulative.
  var html: HTML {
    let variants = results.spec.variants
    guard results.spec.isCumulative, variants.count > 1, !gains.isEmpty,
      let first = variants.first, let last = variants.last
    else { return .empty }
    let changes = zip(variants, variants.dropFirst()).map { before, variant -> HTML in
      "<li><strong>\(variant.name)</strong>\(SpecChange.list(from: before, to: variant))</li>\n"
    }
    return """
      <section id="bridge"><h2>From \(first.name) to \(last.name), step by step</h2>
      <p>Each variant keeps the changes of those before it, so the steps add up. What a step contributes may depend on \
      the order in which the steps are taken.</p>
      <ol class="steps">
      <li><strong>\(first.name)</strong><div>where the bridge begins</div></li>
      \(changes)</ol>
      <p>A bar leads from the mean of the variant before to the mean of this one: a rise to the right \
      <span class="swatch up"></span>, a fall to the left <span class="swatch down"></span>. The change by a step is \
      paired by seed: mean ± standard deviation of the differences, drawn as a whisker, and the sign of each seed's in \
      the order of the seeds (\(results.spec.seeds.map(String.init).joined(separator: ", "))). Each metric at its \
      largest cutoff; the axes need not begin at 0.</p>
      \(figures(gains))\(HTML.costs(figures(costs)))</section>

      """
  }

  /// Charts of some metrics, and their table; nothing if there are none.
  private func figures(_ columns: [MetricName]) -> HTML {
    guard !columns.isEmpty else { return .empty }
    let metrics = columns.map { column in (column: column, steps: steps(column)) }
    let charts = metrics.map { column, steps -> HTML in
      let chart = Waterfall(title: column.full, steps: steps, identifier: "bridge-\(column.full)")
      return "<figure><figcaption>\(column.full)</figcaption>\n\(chart.svg)</figure>\n"
    }
    return """
      <div class="figures">
      \(charts)</div>
      \(table(metrics))
      """
  }

  /// The first variant, then one step a variant, then all of them together.
  private func steps(_ column: MetricName) -> [BridgeStep] {
    let variants = results.spec.variants.map(\.name)
    func step(_ name: String, from before: String?, to variant: String, isTotal: Bool = false) -> BridgeStep {
      BridgeStep(
        name: name, level: table.row(variant)?.value(column.full),
        start: before.flatMap { name in table.row(name)?.value(column.full)?.mean },
        changes: before.map { results.differences(of: variant, to: $0, in: column.full) } ?? [],
        isTotal: isTotal)
    }
    let single = variants.enumerated().map { index, name in
      step(name, from: index > 0 ? variants[index - 1] : nil, to: name)
    }
    guard variants.count > 2, let first = variants.first, let last = variants.last else { return single }
    return single + [step("all steps together", from: first, to: last, isTotal: true)]
  }

  private func table(_ metrics: [(column: MetricName, steps: [BridgeStep])]) -> HTML {
    let top = metrics.map { metric -> HTML in
      "<th scope=\"colgroup\" colspan=\"2\" class=\"first\">\(metric.column.full)</th>"
    }
    let bottom = metrics.map { _ -> HTML in
      "<th scope=\"col\" class=\"first\">value</th><th scope=\"col\">change by this step</th>"
    }
    let rows = (metrics.first?.steps ?? []).indices.map { index -> HTML in
      let cells = metrics.map { Self.cells($0.steps[index], of: $0.steps) }
      let step = metrics[0].steps[index]
      return "<tr\(step.isTotal ? Self.total : .empty)>\(HTML.rowHead(step.name))\(cells)</tr>\n"
    }
    return """
      <div class="wide"><table class="data sortable\(HTML.stacked(2 * metrics.count))">
      <thead><tr><th scope="col" rowspan="2">step</th>\(top)</tr><tr>\(bottom)</tr></thead>
      <tbody>
      \(rows)</tbody></table></div>

      """
  }

  private static let total: HTML = " class=\"total\""

  private static func cells(_ step: BridgeStep, of steps: [BridgeStep]) -> HTML {
    let decimals = NumberText.decimals(for: steps.compactMap { $0.level?.mean })
    let level: HTML =
      step.isTotal
      ? "<td class=\"first\"></td>"
      : step.level.map { "<td class=\"first\">\(HTML.level($0, decimals: decimals))</td>" } ?? .missing
    guard !step.changes.isEmpty else { return "\(level)<td></td>" }
    let seeds = step.changes.map { "seed \($0.seed): \(NumberText.signed($0.value, decimals: decimals))" }
    return """
      \(level)<td title="\(seeds.joined(separator: ", "))">\(
        HTML.difference(Sample(step.changes.map(\.value)), decimals: decimals)) \
      <span class="signs">\(step.signs)</span></td>
      """
  }
}

/// One step of a bridge, in one metric.
struct BridgeStep {
  let name: String
  /// Mean and deviation after the step; nil if no run gave the metric.
  let level: Sample?
  /// Mean before the step; nil for the first variant.
  let start: Double?
  /// What the step changed, by seed.
  let changes: [(seed: UInt64, value: Double)]
  /// Whether it is all the steps together.
  let isTotal: Bool

  /// The sign of each seed's change; beyond a dozen seeds, how many have each.
  var signs: String {
    let signs = changes.map { $0.value > 0 ? "▲" : $0.value < 0 ? "▼" : "=" }
    guard signs.count > 12 else { return signs.joined() }
    return ["▲", "▼", "="].map { sign in (sign, signs.count { $0 == sign }) }.filter { $0.1 > 0 }
      .map { "\($0.1)\($0.0)" }.joined(separator: " ")
  }
}
