import Beckon
import Lab

/// The numbers of a study: what was attained, and in a section of its own what guidance costs.
struct ResultSections {
  private let study: StudyResults
  private let lookup: MetricLookup
  /// Metrics of what was attained; all of them where there is nothing else.
  let gains: [String]
  /// Metrics of what it cost users, items or makers.
  let costs: [String]

  init(_ results: StudyResults, lookup: @escaping MetricLookup) {
    study = results
    self.lookup = lookup
    let metrics = SummaryTable(results).metrics
    let costs = metrics.filter { lookup(MetricName($0).base)?.isCost ?? false }
    let areAll = costs.count == metrics.count
    self.costs = areAll ? [] : costs
    gains = areAll ? metrics : metrics.filter { !costs.contains($0) }
  }

  /// What was attained.
  var results: HTML {
    guard !gains.isEmpty else {
      return "<section id=\"results\"><h2>Results</h2>\n<p>No run gave a number.</p></section>\n"
    }
    let table = MetricTable(study, gains, lookup: lookup)
    let meanings: HTML =
      table.meanings == .empty
      ? .empty
      : """
      <details class="more"><summary>What the metrics mean</summary>
      \(table.meanings)</details>

      """
    return """
      <section id="results"><h2>Results</h2>
      \(UnansweredRounds(study).warning)\(table.html)\(meanings)</section>

      """
  }

  /// What it cost; nothing where no metric tells.
  var costsOfGuidance: HTML {
    guard !costs.isEmpty else { return .empty }
    let table = MetricTable(study, costs, lookup: lookup)
    let paired = PairedTable(study, costs)
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
      \(table.meanings)\(table.html)\(differences)</section>

      """
  }
}
