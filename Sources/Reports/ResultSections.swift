import Beckon
import Lab

/// The numbers of a study: what was attained, and in a section of its own what guidance costs.
struct ResultSections {
  private let study: StudyResults
  private let lookup: MetricLookup
  private let significance: Significance
  /// Metrics of what was attained; all of them where there is nothing else.
  let gains: [String]
  /// Metrics of what it cost users, items or makers.
  let costs: [String]

  init(_ results: StudyResults, lookup: @escaping MetricLookup, significance: Significance) {
    study = results
    self.lookup = lookup
    self.significance = significance
    (gains, costs) = Self.metrics(results, lookup)
  }

  /// Metrics of what was attained, all of them where there is nothing else; and of what it cost.
  static func metrics(_ results: StudyResults, _ lookup: MetricLookup) -> (gains: [String], costs: [String]) {
    let metrics = SummaryTable(results).metrics
    let costs = metrics.filter { lookup(MetricName($0).base)?.isCost ?? false }
    guard costs.count < metrics.count else { return (metrics, []) }
    return (metrics.filter { !costs.contains($0) }, costs)
  }

  /// What was attained.
  var results: HTML {
    guard !gains.isEmpty else {
      return "<section id=\"results\"><h2>Results</h2>\n<p>No run gave a number.</p></section>\n"
    }
    let table = MetricTable(
      study, gains, lookup: lookup, significance: significance, identifier: "results")
    let meanings: HTML =
      table.meanings == .empty
      ? .empty
      : """
      <details class="more"><summary>What the metrics mean</summary>
      \(table.meanings)</details>

      """
    return """
      <section id="results"><h2>Results</h2>
      \(failures)\(UnansweredRounds(study).warning)\(dataWarning)\(table.html)\(legend(gains))\(meanings)</section>

      """
  }

  private func legend(_ metrics: [String]) -> HTML {
    let text = significance.legend(metrics)
    return text.isEmpty ? .empty : "<p>\(text)</p>\n"
  }

  /// Cells that failed are missing from every number below.
  private var failures: HTML {
    guard !study.failures.isEmpty else { return .empty }
    let told = study.failures.prefix(12).map { failure -> HTML in
      "<li><strong>\(failure.variant)</strong>, seed \(String(failure.seed)): \(failure.reason)</li>\n"
    }
    let rest = study.failures.count - told.count
    let more: HTML = rest > 0 ? "<li>and \(rest) more; results.json has all</li>\n" : .empty
    return """
      <div class="warning"><p>\(study.failures.count == 1 ? "A cell" : "\(study.failures.count) cells") failed, and \
      what it would have given is missing below:</p>
      <ul>
      \(told)\(more)</ul></div>

      """
  }

  /// Numbers of different data stand side by side only with a warning.
  private var dataWarning: HTML {
    let other = study.spec.compareWith
    guard study.spec.variants.contains(where: { !study.sharesData($0.name, other) }) else { return .empty }
    return """
      <p class="warning">The variants were not all run on the same data (see Protocol): their numbers stand side by \
      side, but which of them is better cannot be read from this table.</p>

      """
  }

  /// What it cost; nothing where no metric tells.
  var costsOfGuidance: HTML {
    guard !costs.isEmpty else { return .empty }
    let table = MetricTable(
      study, costs, lookup: lookup, significance: significance, identifier: "costs")
    let paired = PairedTable(
      study, costs, significance: significance, lookup: lookup, identifier: "costs-paired")
    let differences: HTML =
      paired.table == .empty
      ? .empty
      : """
      <h3>\(paired.title)</h3>
      \(paired.table)
      """
    return """
      <section id="costs"><h2>What guidance costs</h2>
      <p>The results above are those of whoever guides. These tell what it does to the users on the way, and to what \
      they see. A value has a better side only where an arrow says so; the part over the twin is what guidance itself \
      adds.</p>
      \(table.meanings)\(table.html)\(legend(costs))\(differences)</section>

      """
  }
}
