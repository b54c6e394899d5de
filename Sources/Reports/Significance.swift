import Beckon
import Lab

/// Tests of the differences to the variant that the others are compared with, and the signs that stand for them.
public struct Significance: Sendable {
  /// What was compared: metrics of what was attained, then those of what it cost. Each is corrected by itself.
  let families: [Comparisons]
  /// Why nothing, or not everything, was compared; empty if all was.
  let note: String
  private let rows: [String: [String: Comparison]]

  /// Variants beyond which nothing is tested: a correction over so many leaves nothing to see.
  static let mostVariants = 60
  /// Corrected p-values below which a difference has a sign.
  static let levels = [(p: 0.01, sign: "‡"), (p: 0.05, sign: "†")]

  /// No tests.
  public static let none = Significance(families: [], note: "")

  private init(families: [Comparisons], note: String) {
    self.families = families
    self.note = note
    var rows: [String: [String: Comparison]] = [:]
    for row in families.flatMap(\.rows) { rows[row.variant, default: [:]][row.metric] = row }
    self.rows = rows
  }

  /// Compares every variant that has the same data and the values of its users, each metric at its largest cutoff.
  ///
  /// - Throws: `LineProblem` for a damaged file of values.
  public init(of results: StudyResults, metrics lookup: MetricLookup) throws {
    let names = results.spec.variants.map(\.name)
    let baseline = results.spec.compareWith
    guard names.count > 1, names.contains(baseline) else {
      self = .none
      return
    }
    guard names.count <= Self.mostVariants else {
      self = Significance(
        families: [],
        note:
          "Nothing is tested in a study of more than \(Self.mostVariants) variants: take those that the question "
          + "is about into a study of their own, with fresh seeds.")
      return
    }
    let paired = names.filter { results.sharesData($0, baseline) }
    let known = Set(paired.filter { name in results.runs(of: name).contains { UserFile.url(of: $0) != nil } })
    guard known.contains(baseline), known.count > 1 else {
      let reason =
        paired.count > 1
        ? "Without the values of each user (cells/…/users.csv) nothing can be tested."
        : "No other variant was run on the data of \(baseline), so nothing can be tested."
      self = Significance(families: [], note: reason)
      return
    }
    let kept = results.keeping(variants: known)
    let (gains, costs) = ResultSections.metrics(kept, lookup)
    var families: [Comparisons] = []
    var reasons: [String] = []
    for metrics in [gains, costs] {
      let columns = MetricName.atLargestCutoff(metrics).map(\.full)
      guard !columns.isEmpty else { continue }
      do {
        let made = try Comparisons(of: kept, users: Self.users, metrics: columns, omitsUnpaired: true)
        if !made.rows.isEmpty { families.append(made) }
        reasons += Self.words(made.omissions, variants: known.count - 1, metrics: columns.count)
      } catch let problem as Problem {
        reasons.append(problem.fact)
      }
    }
    let left = names.filter { !known.contains($0) }
    if !left.isEmpty {
      reasons.append(
        "Not tested, for other data or without values of users: \(left.joined(separator: ", ")).")
    }
    self = Significance(families: families, note: reasons.uniqued().joined(separator: " "))
  }

  /// What was not compared, a sentence a reason: a metric alone where no variant was compared in it, a variant alone
  /// where it was compared in no metric.
  ///
  /// - Parameters:
  ///   - variants: how many there are beside the baseline.
  ///   - metrics: how many there are.
  private static func words(
    _ omissions: [Comparisons.Omission], variants: Int, metrics: Int
  ) -> [String] {
    omissions.map(\.reason).uniqued().map { reason in
      let alike = omissions.filter { $0.reason == reason }
      let names = alike.map { one -> String in
        let isOfAll = alike.count(where: { $0.metric == one.metric }) == variants
        if !isOfAll, alike.count(where: { $0.variant == one.variant }) == metrics { return one.variant }
        let isOfNone = omissions.count(where: { $0.metric == one.metric }) == variants
        return isOfNone ? one.metric : "\(one.metric) of \(one.variant)"
      }
      return "Not tested: \(names.uniqued().joined(separator: ", ")): \(reason)"
    }
  }

  private static func users(_ run: StudyResults.Run) throws -> PerUserValues {
    guard let values = try UserFile.values(of: run) else {
      throw Problem("", "the values of the users of '\(run.variant)', seed \(run.seed), are not there.")
    }
    return values
  }

  /// The comparison of a variant in a metric; nil if there is none.
  func row(_ variant: String, _ metric: String) -> Comparison? { rows[variant]?[metric] }

  /// The sign of a difference; empty if it is not significant, or was not tested.
  func sign(_ variant: String, _ metric: String) -> String {
    guard let row = row(variant, metric) else { return "" }
    return Self.levels.first { row.correctedP < $0.p }?.sign ?? ""
  }

  /// What the signs mean in a table of some metrics; empty where nothing was tested.
  func legend(_ metrics: [String]) -> String {
    let shown = families.filter { $0.rows.contains { metrics.contains($0.metric) } }
    guard let first = shown.first else { return "" }
    let signs = Self.levels.reversed().map { "\($0.sign) p < \($0.p)" }.joined(separator: ", ")
    let counts = shown.map { "\($0.rows.count)" }.joined(separator: " and over ")
    return "Differs from \(first.baseline): \(signs) (\(Self.words(first.options)), corrected "
      + "\(Self.words(first.options.correction)) over \(counts) comparisons)."
  }

  /// The test in words.
  static func words(_ options: Comparisons.Options) -> String {
    let test =
      switch options.test {
      case .wilcoxon: "Wilcoxon's signed-rank test over users"
      case .t: "paired t-test over users"
      case .signFlip: "sign-flip test over users"
      }
    return options.alternative == .twoSided ? "two-sided \(test)" : "one-sided \(test)"
  }

  private static func words(_ correction: Correction) -> String {
    switch correction {
    case .holm: "after Holm"
    default: "by \(correction.rawValue)"
    }
  }
}
