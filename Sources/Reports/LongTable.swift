import Beckon
import Lab

/// `report.csv`: a line a variant and metric: mean, spread, interval, and the test of the difference.
struct LongTable {
  let results: StudyResults
  let significance: Significance
  let lookup: MetricLookup

  var text: String {
    let table = SummaryTable(results)
    let axes = results.spec.gridAxes
    let head =
      ["variant"] + axes + [
        "metric", "mean", "standardDeviation", "low", "high", "seeds", "difference", "differenceLow",
        "differenceHigh", "p", "correctedP", "cohensDz", "rankBiserial", "superiority", "wins", "ties",
        "losses", "dropped",
      ]
    var lines = [head.map(ResultFiles.csv).joined(separator: ",")]
    for variant in results.spec.variants {
      let places = variant.labels
      let labels = axes.map { places[$0] ?? "" }
      for (metric, sample) in table.row(variant.name)?.values ?? [] {
        let half = sample.halfWidth
        let own: [String] = [
          metric, "\(sample.mean)", Self.text(sample.deviation), Self.text(half.map { sample.mean - $0 }),
          Self.text(half.map { sample.mean + $0 }), "\(sample.count)",
        ]
        let fields = [variant.name] + labels + own + test(variant.name, metric)
        lines.append(fields.map(ResultFiles.csv).joined(separator: ","))
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private func test(_ variant: String, _ metric: String) -> [String] {
    guard let row = significance.row(variant, metric) else { return [String](repeating: "", count: 12) }
    let counts = row.users.wins(ResultTable.direction(MetricName(metric).base, lookup))
    return [
      "\(row.difference)", Self.text(row.interval?.low), Self.text(row.interval?.high), "\(row.p)",
      "\(row.correctedP)", Self.text(row.effect.cohensDz), "\(row.effect.rankBiserial)",
      "\(row.effect.superiority)", "\(counts.wins)", "\(counts.ties)", "\(counts.losses)", "\(row.dropped)",
    ]
  }

  private static func text(_ value: Double?) -> String { value.map { "\($0)" } ?? "" }
}
