import Foundation

/// The horizontal axis of a chart: what it counts, and where its values lie.
struct ChartAxis {
  let title: String
  /// Labelled values, from left to right.
  let ticks: [(value: Double, label: String)]
  /// What a value is called at the head of its read-out: `Round 5`.
  let words: (Double) -> String
  /// Where a value lies: 0 at the left end, 1 at the right.
  let place: (Double) -> Double

  /// Rounds, in even steps.
  static func rounds(_ rounds: [Double]) -> ChartAxis {
    let low = rounds.min() ?? 0
    let high = max(rounds.max() ?? 1, 1)
    let every = ValueRange.wholeStep((high - low) / 10)
    let (first, last) = (Int(low), Int(high))
    let shown = (first...last).filter { $0 % every == 0 || $0 == first && $0 + every / 2 < every }
    let span = max(1, high - low)
    return ChartAxis(
      title: "round", ticks: shown.map { (Double($0), String($0)) }, words: { "Round \(Int($0))" },
      place: { ($0 - low) / span })
  }

  /// Values of a setting: logarithmic where they span more than a factor of 20, otherwise linear, unless some would
  /// then lie too close to be told apart: those stand in even steps, which the title says.
  static func settings(_ settings: [Double], of path: String) -> ChartAxis {
    let values = Set(settings).sorted()
    let low = values.first ?? 0
    let high = values.last ?? 0
    let name = path.split(separator: ".").last.map(String.init) ?? path
    let closest = zip(values, values.dropFirst()).map { $1 - $0 }.min() ?? 1
    let place: (Double) -> Double
    let note: String
    if values.count < 2 {
      (place, note) = ({ _ in 0.5 }, "")
    } else if low > 0, high / low > 20 {
      (place, note) = ({ log($0 / low) / log(high / low) }, ", logarithmic")
    } else if closest >= (high - low) / 15 {
      (place, note) = ({ ($0 - low) / (high - low) }, "")
    } else {
      let steps = Double(values.count - 1)
      (place, note) = ({ Double(values.firstIndex(of: $0) ?? 0) / steps }, ", in even steps")
    }
    return ChartAxis(
      title: path + note, ticks: values.map { ($0, NumberText.alone($0)) },
      words: { "\(name) \(NumberText.alone($0))" },
      // Points and whiskers keep clear of the vertical axis.
      place: { 0.04 + 0.92 * place($0) })
  }
}
