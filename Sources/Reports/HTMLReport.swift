import Beckon
import Foundation
import Lab

/// `report.html`: one file that needs no network and no other file, and reads without its script.
public struct HTMLReport {
  private let results: StudyResults
  private let lookup: MetricLookup
  private let significance: Significance

  /// A report of a study.
  ///
  /// - Parameters:
  ///   - results: the study.
  ///   - significance: tests of the differences.
  ///   - metrics: what is known of a metric, by its name without the cutoff; where it says nothing, larger is taken to
  ///     be better, unless the name says otherwise.
  public init(
    _ results: StudyResults, significance: Significance = .none,
    metrics: @escaping MetricLookup = { _ in nil }
  ) {
    self.results = results
    self.significance = significance
    lookup = metrics
  }

  /// Facts of the metrics that a registry holds.
  public static func lookup(in registry: Registry) -> MetricLookup {
    { name in
      guard let entry = registry.entry(.metric, name), let type = entry.type as? any Metric.Type else {
        return nil
      }
      let nudge = type as? any TrajectoryMetric.Type
      return MetricFacts(
        direction: type.direction, unit: type.unit, summary: entry.about.summary,
        isCost: nudge?.isCost ?? false, redefines: nudge?.redefines)
    }
  }

  /// Writes the report whole, or leaves what was there.
  ///
  /// - Throws: `WriteError`.
  public func write(to url: URL) throws { try AtomicFile.write(html, to: url) }

  /// The document. It is well-formed XML too.
  public var html: String { document.markup }

  private var document: HTML {
    let spec = results.spec
    let paragraphs = spec.description.split(separator: "\n\n").map { text -> HTML in
      "<p>\(String(text))</p>\n"
    }
    let seeds = spec.seeds.count == 1 ? "1 seed" : "\(spec.seeds.count) seeds"
    let sections = ResultSections(results, lookup: lookup, significance: significance)
    let planned = spec.variants.count * spec.seeds.count
    let runs =
      results.runs.count == planned
      ? "one run each" : "\(results.runs.count) of \(planned) runs: not every variant has every seed"
    let variants =
      spec.variants.count == 1 ? "1 variant" : "\(NumberText.count(spec.variants.count)) variants"
    return """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8"/>
      <meta name="viewport" content="width=device-width, initial-scale=1"/>
      <meta name="color-scheme" content="light dark"/>
      <meta http-equiv="Content-Security-Policy" \
      content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"/>
      <title>\(spec.name)</title>
      <style>\(ReportStyle.css)</style>
      </head>
      <body>
      <main>
      <header><h1>\(spec.name)</h1>
      <p class="lead">\(variants), \(seeds), \(runs).</p>
      \(paragraphs)</header>
      \(sections.results)
      \(BridgeSection(results, gains: sections.gains, costs: sections.costs, lookup: lookup).html)
      \(SensitivitySection(results, gains: sections.gains, costs: sections.costs).html)
      \(GridSection(results, metrics: sections.gains, lookup: lookup).html)
      \(PairedTable(
        results, sections.gains, significance: significance, lookup: lookup, identifier: "paired").html)
      \(CurveSection(results, metrics: sections.gains, lookup: lookup).html)
      \(TwinTable(results).html)
      \(sections.costsOfGuidance)
      \(CaseStudySection(results).html)
      \(ProtocolCard(results).html)
      \(SpecSection(results).html)
      <footer><p>Written by Beckon. The same numbers for programs: results.json, summary.csv, rounds.csv.</p></footer>
      </main>
      <script>\(ReportScript.code)</script>
      </body>
      </html>

      """
  }
}
