import Foundation
import Lab

/// The curves of a study over the rounds: means over the seeds, with the runs without guidance beside them.
struct RoundCurves {
  /// A column of the rounds that is drawn.
  struct Measure {
    let column: String
    let title: String
    let unit: String
    /// Whether it is a change since before the first round, and so begins at 0.
    let startsAtZero: Bool
  }

  static let measures = [
    Measure(
      column: "ioi", title: "Increase of interest in the target (IoI)", unit: "IoI, cosine",
      startsAtZero: true),
    Measure(
      column: "ior", title: "Increase of the target's rank (IoR)", unit: "IoR, places", startsAtZero: true),
    Measure(column: "click-rate", title: "Click rate", unit: "share of users", startsAtZero: false),
    Measure(
      column: "drift", title: "Drift of the user from the start", unit: "1 − cosine", startsAtZero: true),
    Measure(
      column: "utility", title: "Change of affinity to what the user really met later", unit: "cosine",
      startsAtZero: true),
  ]

  /// Variants that one chart can show; beyond that each has a small one of its own.
  static let overlaid = 8

  private let results: StudyResults

  /// Variants whose curves are drawn.
  private let names: [String]

  /// Curves of some variants.
  init(_ results: StudyResults, names: [String]) {
    self.results = results
    self.names = names
  }

  /// The lines of a measure: variants, then their twins, a twin that several share only once.
  func lines(_ measure: Measure) -> [ChartLine] {
    var guided: [ChartLine] = []
    var twins: [(names: [String], colours: [Int], points: [ChartLine.Point])] = []
    for (index, name) in names.enumerated() {
      let colour = index % Self.overlaid
      let points = points(of: name, measure.column, measure.startsAtZero)
      guard !points.isEmpty else { continue }
      guided.append(ChartLine(name: name, points: points, colour: colour, isTwin: false, variants: [name]))
      let twin = self.points(of: name, "twin-" + measure.column, measure.startsAtZero)
      guard !twin.isEmpty else { continue }
      if let known = twins.firstIndex(where: { $0.points.map(\.mean) == twin.map(\.mean) }) {
        twins[known].names.append(name)
        twins[known].colours.append(colour)
      } else {
        twins.append(([name], [colour], twin))
      }
    }
    return guided
      + twins.map { twin in
        let isShared = twin.names.count > 1 || guided.count == 1
        let others = twin.names.count > 1 ? " +\(twin.names.count - 1)" : ""
        let owner = Chart.shortened(twin.names[0], to: 15) + others
        return ChartLine(
          name: twins.count == 1 ? "twin" : "twin of \(owner)", points: twin.points,
          colour: isShared ? nil : twin.colours[0], isTwin: true, variants: twin.names)
      }
  }

  /// Mean and interval over the seeds, round by round.
  private func points(of variant: String, _ column: String, _ startsAtZero: Bool) -> [ChartLine.Point] {
    let runs = results.runs(of: variant).compactMap { run -> [Int: Double]? in
      guard let index = run.record.rounds.columns.firstIndex(of: column),
        let rounds = run.record.rounds.columns.firstIndex(of: "round")
      else { return nil }
      let rows = run.record.rounds.rows.filter { $0.count > max(index, rounds) && $0[index].isFinite }
      return Dictionary(rows.map { (Int($0[rounds]), $0[index]) }) { first, _ in first }
    }
    let shared = Set(runs.flatMap(\.keys)).sorted()
    let start = startsAtZero && !shared.isEmpty ? [ChartLine.Point(x: 0, mean: 0, halfWidth: nil)] : []
    return start
      + shared.map { round in
        let sample = Sample(runs.compactMap { $0[round] })
        return ChartLine.Point(x: Double(round), mean: sample.mean, halfWidth: sample.halfWidth)
      }
  }
}
