import Beckon
import Lab

/// A study whose variants add up: what each step changes in the configuration, and what that changes in the numbers.
struct BridgeSection {
  private let results: StudyResults
  private let table: SummaryTable
  private let gains: [BridgeMetric]
  private let costs: [BridgeMetric]

  /// A section of metrics, each at its largest cutoff; one that redefines another is that one's last step.
  init(_ results: StudyResults, gains: [String], costs: [String], lookup: MetricLookup) {
    self.results = results
    table = SummaryTable(results)
    self.gains = BridgeMetric.all(gains, lookup)
    self.costs = BridgeMetric.all(costs, lookup)
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
      \(changes)\(redefinitions)</ol>
      <p>A bar leads from the mean of the variant before to the mean of this one: a rise to the right \
      <span class="swatch up"></span>, a fall to the left <span class="swatch down"></span>. The change by a step is \
      paired by seed: mean ± standard deviation of the differences, drawn as a whisker, and the sign of each seed's in \
      the order of the seeds (\(results.spec.seeds.map(String.init).joined(separator: ", "))). Each metric at its \
      largest cutoff; the axes need not begin at 0.</p>
      \(figures(gains))\(HTML.costs(figures(costs)))</section>

      """
  }

  /// The step that changes no run, only what its numbers are called.
  private var redefinitions: HTML {
    let all = (gains + costs).filter { $0.redefined != nil }
    guard !all.isEmpty else { return .empty }
    let pairs = all.map { "\($0.name.base) → \($0.redefined?.base ?? "")" }.joined(separator: ", ")
    return """
      <li><strong>\(BridgeStep.definition)</strong><div>of the same runs: \(pairs)</div></li>

      """
  }

  /// Charts of some metrics, and their table; nothing if there are none.
  private func figures(_ metrics: [BridgeMetric]) -> HTML {
    guard !metrics.isEmpty else { return .empty }
    let charts = metrics.map { metric -> HTML in
      let name = metric.name.full
      let chart = Waterfall(
        title: name, steps: steps(metric, redefining: metric.redefined != nil), identifier: "bridge-\(name)")
      return "<figure><figcaption>\(name)</figcaption>\n\(chart.svg)</figure>\n"
    }
    let redefining = metrics.contains { $0.redefined != nil }
    return """
      <div class="figures">
      \(charts)</div>
      \(table(metrics.map { ($0, steps($0, redefining: redefining)) }))
      """
  }

  /// The first variant, then one step a variant, the change of definition if wanted, then all of them together.
  private func steps(_ metric: BridgeMetric, redefining: Bool) -> [BridgeStep] {
    let variants = results.spec.variants.map(\.name)
    let own = metric.name.full
    guard let first = variants.first, let last = variants.last else { return [] }
    func step(
      _ name: String, by definition: MetricName? = nil, from before: String?, to variant: String,
      isTotal: Bool = false
    ) -> BridgeStep {
      let measured = definition?.full ?? own
      return BridgeStep(
        name: name, level: table.row(variant)?.value(measured),
        start: before.flatMap { name in table.row(name)?.value(own)?.mean },
        changes: before.map { results.differences(of: variant, to: $0, in: measured, from: own) } ?? [],
        isTotal: isTotal)
    }
    var steps = variants.enumerated().map { index, name in
      step(name, from: index > 0 ? variants[index - 1] : nil, to: name)
    }
    if redefining {
      steps.append(
        metric.redefined.map { step(BridgeStep.definition, by: $0, from: last, to: last) }
          ?? BridgeStep(name: BridgeStep.definition, level: nil, start: nil, changes: [], isTotal: false))
    }
    guard steps.count > 2 else { return steps }
    return steps + [
      step("all steps together", by: metric.redefined, from: first, to: last, isTotal: true)
    ]
  }

  private func table(_ metrics: [(metric: BridgeMetric, steps: [BridgeStep])]) -> HTML {
    let top = metrics.map { metric, _ -> HTML in
      "<th scope=\"colgroup\" colspan=\"2\" class=\"first\">\(metric.name.full)</th>"
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

/// A metric that a bridge follows, and another definition of it that the same runs have.
struct BridgeMetric {
  let name: MetricName
  let redefined: MetricName?

  /// Each metric at its largest cutoff, in order; another's redefinition is with that one, not on its own.
  static func all(_ names: [String], _ lookup: MetricLookup) -> [BridgeMetric] {
    let columns = MetricName.atLargestCutoff(names)
    func original(of column: MetricName) -> MetricName? {
      guard let base = lookup(column.base)?.redefines else { return nil }
      return columns.first { $0.base == base && $0.cutoff == column.cutoff }
    }
    let originals = columns.map(original)
    return zip(columns, originals).filter { $1 == nil }.map { column, _ in
      BridgeMetric(name: column, redefined: originals.firstIndex(of: column).map { columns[$0] })
    }
  }
}

/// One step of a bridge, in one metric.
struct BridgeStep {
  /// Name of the step that leaves the runs as they are.
  static let definition = "metric defined otherwise"

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
