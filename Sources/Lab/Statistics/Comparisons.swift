import Beckon

/// Every other variant of a study against one of them, in some metrics, with tests.
///
/// The unit is the user. Each user's value is averaged over the seeds that both variants have, and users are paired:
/// seeds repeat the same users, so users × seeds would count them several times over. What the tests say holds for
/// users like these and for these seeds; how much seeds differ is told by the tally over them. p-values are corrected
/// over all comparisons of one call: name the metrics that the question is about, not all there are.
///
/// See `Docs/Statistics.md`.
public struct Comparisons: Sendable, Equatable {
  /// What the others are compared with.
  public let baseline: String
  /// How comparisons were made.
  public let options: Options
  /// Comparisons: by variant in the order of the spec, then by metric in the order asked for.
  public let rows: [Comparison]
  /// What could not be compared, in the same order.
  public let omissions: [Omission]

  /// Compares.
  ///
  /// ```swift
  /// let comparisons = try Comparisons(
  ///   of: results, users: { try PerUserValues(of: $0, in: folder) }, metrics: ["ndcg@10"])
  /// ```
  ///
  /// - Parameters:
  ///   - results: the study.
  ///   - users: the values of a run, user by user.
  ///   - baseline: a variant's name; that of the spec's `compareWith` unless another is given.
  ///   - metrics: `metric@cutoff`, each of a run of the study.
  ///   - options: test, correction, interval, seed.
  ///   - omitsUnpaired: whether a variant is an omission in all metrics, instead of an error, if `users` throws a
  ///     `Problem` for one of its runs or gives another number of users than for the baseline.
  /// - Throws: `Problem` for an unknown variant or metric, for variants with different data, whose users cannot be
  ///   paired, and for options that are out of range; whatever `users` throws.
  public init(
    of results: StudyResults, users: (StudyResults.Run) throws -> PerUserValues, to baseline: String? = nil,
    metrics: [String], options: Options = Options(), omitsUnpaired: Bool = false
  ) throws {
    let baseline = baseline ?? results.spec.compareWith
    let names = results.spec.variants.map(\.name)
    guard names.contains(baseline) else {
      let sentence = Suggestion.sentence(for: baseline, among: names, label: "Variants")
      throw Problem("", "there is no variant '\(baseline)' to compare with.\(sentence)")
    }
    guard options.level > 0, options.level < 1, options.resamples > 0 else {
      throw Problem(
        "",
        "an interval of level \(options.level) by \(options.resamples) resamples cannot be made; expected a level "
          + "between 0 and 1, and resamples above 0.")
    }
    try Self.check(metrics, results)
    let others = names.filter { $0 != baseline }
    for name in others { try Self.checkData(results, name, baseline) }

    let theirs = others.isEmpty ? [] : try Self.load(results.runs(of: baseline), users)
    var drafts: [Draft] = []
    var omissions: [Omission] = []
    for name in others {
      let own: [Loaded]
      do {
        own = try Self.load(results.runs(of: name), users)
        try Self.checkCounts(own, theirs)
      } catch let problem as Problem where omitsUnpaired {
        omissions += metrics.map { Omission(variant: name, metric: $0, reason: problem.fact) }
        continue
      }
      for metric in metrics {
        do {
          drafts.append(try Draft(own, theirs, metric, options))
        } catch let problem as Problem {
          omissions.append(Omission(variant: name, metric: metric, reason: problem.fact))
        }
      }
    }
    let corrected = options.correction.corrected(drafts.map(\.p))
    self.baseline = baseline
    self.options = options
    self.omissions = omissions
    rows = zip(drafts, corrected).map { $0.row(correctedP: $1) }
  }

  /// The comparison of a variant in a metric; nil if there is none.
  public func row(_ variant: String, _ metric: String) -> Comparison? {
    rows.first { $0.variant == variant && $0.metric == metric }
  }

  private static func load(
    _ runs: [StudyResults.Run], _ users: (StudyResults.Run) throws -> PerUserValues
  ) throws -> [Loaded] {
    try runs.map { Loaded(run: $0, users: try users($0)) }
  }

  private static func check(_ metrics: [String], _ results: StudyResults) throws {
    let known = Set(results.runs.flatMap { $0.record.metrics.map(\.name) })
    for metric in metrics where !known.contains(metric) {
      let sentence = Suggestion.sentence(for: metric, among: Array(known), label: "Metrics")
      throw Problem("", "no run has the metric '\(metric)'.\(sentence)")
    }
  }

  /// Users are paired by their index, which means the same user only in the same data.
  private static func checkData(_ results: StudyResults, _ name: String, _ baseline: String) throws {
    guard !results.sharesData(name, baseline) else { return }
    throw Problem(
      "",
      "'\(name)' and '\(baseline)' were run on different data, so their users cannot be paired. "
        + "Compare variants of one dataset with the same filters.")
  }

  private static func checkCounts(_ own: [Loaded], _ theirs: [Loaded]) throws {
    guard let first = theirs.first ?? own.first else { return }
    for one in own + theirs where one.users.count != first.users.count {
      throw Problem(
        "",
        "'\(one.run.variant)' (seed \(one.run.seed)) has values of \(one.users.count) users and "
          + "'\(first.run.variant)' (seed \(first.run.seed)) of \(first.users.count): they were run on different "
          + "data or asked different queries, so their users cannot be paired.")
    }
  }
}

/// A run with the values of its users.
private struct Loaded {
  let run: StudyResults.Run
  let users: PerUserValues
}

/// A comparison before its p-value is corrected.
private struct Draft {
  let p: Double
  private let variant: String
  private let baseline: String
  private let metric: String
  private let means: (own: Double, theirs: Double)
  private let differences: PairedDifferences
  private let interval: ConfidenceInterval?
  private let seeds: Tally
  private let dropped: Int

  /// - Throws: `Problem` with the reason if the two cannot be compared.
  init(_ own: [Loaded], _ theirs: [Loaded], _ metric: String, _ options: Comparisons.Options) throws {
    let pairs = own.compactMap { one in
      theirs.first { $0.run.seed == one.run.seed }.flatMap { Pair(one, $0, metric) }
    }
    guard let first = pairs.first else {
      throw Problem("", "no seed has values per user of this metric under both variants.")
    }
    let ownMeans = Self.averages(pairs.map(\.own))
    let theirMeans = Self.averages(pairs.map(\.theirs))
    let kept = ownMeans.indices.filter { !ownMeans[$0].isNaN && !theirMeans[$0].isNaN }
    guard !kept.isEmpty else { throw Problem("", "no user has a value of this metric under both variants.") }
    let own = kept.map { ownMeans[$0] }
    let theirs = kept.map { theirMeans[$0] }
    differences = try PairedDifferences(zip(own, theirs).map(Self.difference))
    p = try options.test.p(differences, options)
    interval = differences.interval(
      options.interval, level: options.level, resamples: options.resamples, seed: options.seed)
    seeds = Tally(pairs.map(\.difference))
    means = (own.reduce(0, +) / Double(own.count), theirs.reduce(0, +) / Double(theirs.count))
    dropped = ownMeans.count - kept.count
    variant = first.variant
    baseline = first.baseline
    self.metric = metric
  }

  func row(correctedP: Double) -> Comparison {
    Comparison(
      variant: variant, baseline: baseline, metric: metric, mean: means.own, baselineMean: means.theirs,
      difference: differences.mean, interval: interval, p: p, correctedP: correctedP,
      effect: differences.effect, users: differences.tally, seeds: seeds, dropped: dropped)
  }

  /// Averages of the same values in another order differ in their last bits: that is no difference.
  private static func difference(_ own: Double, _ theirs: Double) -> Double {
    abs(own - theirs) <= 1e-12 * max(abs(own), abs(theirs)) ? 0 : own - theirs
  }

  /// Each user's mean over the seeds; NaN where a seed has no value.
  private static func averages(_ seeds: [[Double]]) -> [Double] {
    seeds[0].indices.map { user in seeds.reduce(0) { $0 + $1[user] } / Double(seeds.count) }
  }

  /// Two runs of one seed that both have a metric.
  private struct Pair {
    let variant: String
    let baseline: String
    let own: [Double]
    let theirs: [Double]
    /// Difference of the two runs' means, over the users that have a value in both.
    let difference: Double

    init?(_ one: Loaded, _ other: Loaded, _ metric: String) {
      guard let own = one.users[metric], let theirs = other.users[metric] else { return nil }
      (variant, baseline) = (one.run.variant, other.run.variant)
      (self.own, self.theirs) = (own, theirs)
      let differences = zip(own, theirs).map { $0 - $1 }.filter { !$0.isNaN }
      difference = differences.reduce(0, +) / Double(max(1, differences.count))
    }
  }
}
