import Foundation
import Lab

/// What guidance adds: each variant beside its twin, the same users and draws without guidance.
struct TwinTable {
  private let results: StudyResults

  init(_ results: StudyResults) { self.results = results }

  /// The section; nothing for a study without rounds.
  var html: HTML {
    let rows = results.spec.variants.compactMap { variant -> (name: String, cells: [DataCell])? in
      let samples = RoundCurves.measures.map { pairs(variant.name, $0) }
      guard samples.contains(where: { !$0.isEmpty }) else { return nil }
      return (variant.name, samples.flatMap(Self.cells))
    }
    guard !rows.isEmpty else { return .empty }
    let columns = RoundCurves.measures.flatMap { measure in
      ["guided", "twin", "difference"].map { title in
        DataTable.Column(
          group: Self.title(measure), title: title, name: "\(measure.column)-\(title)",
          startsGroup: title == "guided")
      }
    }
    let table = DataTable(
      identifier: "twins-table", columns: columns, rowCount: rows.count, name: { rows[$0].name },
      cell: { rows[$0].cells[$1] })
    return """
      <section id="twins"><h2>What guidance adds</h2>
      <p>After the last round, means over the seeds; the difference with its standard deviation over the seeds.</p>
      \(table.html)</section>

      """
  }

  private static func title(_ measure: RoundCurves.Measure) -> String {
    measure.startsAtZero ? measure.column : measure.column + ", mean of rounds"
  }

  /// Guided and twin of each seed: after the last round, or for a rate the mean of the rounds.
  private func pairs(_ variant: String, _ measure: RoundCurves.Measure) -> [(guided: Double, twin: Double)] {
    results.runs(of: variant).compactMap { run in
      let (columns, rows) = run.record.rounds
      func value(_ name: String) -> Double? {
        guard let index = columns.firstIndex(of: name) else { return nil }
        let values = rows.compactMap { index < $0.count ? $0[index] : nil }
        guard let last = values.last else { return nil }
        return measure.startsAtZero ? last : values.reduce(0, +) / Double(values.count)
      }
      guard let guided = value(measure.column), let twin = value("twin-" + measure.column) else { return nil }
      return (guided, twin)
    }
  }

  private static func cells(_ pairs: [(guided: Double, twin: Double)]) -> [DataCell] {
    guard !pairs.isEmpty else { return [.missing, .missing, .missing] }
    let (guided, twin) = (Sample(pairs.map(\.guided)), Sample(pairs.map(\.twin)))
    let difference = Sample(pairs.map { $0.guided - $0.twin })
    let decimals = NumberText.decimals(for: [guided.mean, twin.mean, difference.mean])
    return [
      DataCell(value: guided.mean, text: NumberText.fixed(guided.mean, decimals: decimals)),
      DataCell(value: twin.mean, text: NumberText.fixed(twin.mean, decimals: decimals)),
      DataCell(
        value: difference.mean, text: NumberText.signed(difference.mean, decimals: decimals),
        spread: difference.deviation.map { NumberText.spread($0, decimals: decimals) } ?? ""),
    ]
  }
}
