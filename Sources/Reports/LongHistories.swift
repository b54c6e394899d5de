import Beckon
import Lab

/// Users with longer histories than an encoder's window, of whose items only the newest count.
struct LongHistories {
  private let results: StudyResults

  init(_ results: StudyResults) { self.results = results }

  /// What is said of a variant; nil where the window holds every history, or there is none.
  func text(_ variant: ResolvedVariant) -> String? {
    guard let share = results.runs(of: variant.name).first?.record.facts["usersBeyondWindow"]?.number,
      share > 0
    else { return nil }
    return "\(NumberText.percent(share)) of the users: only the newest items of these count"
  }

  /// A line for a terminal; nil if it concerns no variant.
  var line: String? {
    let found = results.spec.variants.compactMap { variant in text(variant).map { (variant.name, $0) } }
    guard let first = found.first else { return nil }
    let isSame = found.allSatisfy { $0.1 == first.1 }
    let who =
      isSame && found.count == results.spec.variants.count
      ? "" : " (\(first.0)\(found.count > 1 ? ", …" : ""))"
    return "Histories longer than the encoder's window\(who): \(first.1)."
  }
}
