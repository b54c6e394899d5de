import Beckon
import Lab

/// Rounds in which the click model gave no valid answer: an unreadable reply of a language model, for one. The user
/// does nothing in them, so a high rate makes every other number doubtful.
struct UnansweredRounds {
  private let results: StudyResults
  /// Whether any round of any variant was without an answer.
  private let isNeeded: Bool

  init(_ results: StudyResults) {
    self.results = results
    isNeeded = results.runs.contains { ($0.record.facts["roundsWithoutAnswer"]?.number ?? 0) > 0 }
  }

  /// What stands above the results; nothing if every round was answered.
  var warning: HTML {
    guard isNeeded else { return .empty }
    let cases = results.spec.variants.compactMap { variant -> HTML? in
      guard let rate = rate(of: variant), rate.count > 0 else { return nil }
      return "<strong>\(variant.name)</strong>: \(rate.text)"
    }
    guard !cases.isEmpty else { return .empty }
    let more = cases.count > 12 ? "; and \(cases.count - 12) more variants" : ""
    return """
      <p class="warning">The click model gave no valid answer in some rounds, and the user did nothing in them. \
      \(HTML.joined(Array(cases.prefix(12)), by: "; "))\(more).</p>

      """
  }

  /// How many rounds of a variant, over all seeds; nil if every round of every variant was answered.
  func html(_ variant: ResolvedVariant) -> HTML? {
    guard isNeeded, let rate = rate(of: variant) else { return nil }
    return "\(rate.count > 0 ? rate.text : "none")"
  }

  private func rate(of variant: ResolvedVariant) -> (count: Double, text: String)? {
    func facts(_ key: String) -> [Double] {
      results.runs(of: variant.name).compactMap { $0.record.facts[key]?.number }
    }
    let rates = facts("rateWithoutAnswer")
    guard !rates.isEmpty else { return nil }
    let count = facts("roundsWithoutAnswer").reduce(0, +)
    return (count, "\(NumberText.percent(Sample(rates).mean)) of the rounds (\(NumberText.count(count)))")
  }
}
