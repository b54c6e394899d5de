import Beckon
import Synchronization

/// Next-item prediction: every item ranked for what a user met next.
struct NextItemTask: EvaluationTask {
  static let about = About(
    "next-item", "Ranks all items for what each user met next: one held-out item, or several with grades.",
    source: "Full ranking as in the S3Rec family; ties go to the smaller item index.")

  struct Configuration: Codable, Equatable, Sendable {
    /// Lengths of the list shown.
    var cutoffs = [5, 10, 20]
    /// Which held-out items are asked for.
    var queries = Part.test
    /// How many users are asked, the same for every seed and variant; 0 for all.
    var users = 0
  }

  enum Part: String, Choice { case test, validation }

  static let defaults = Configuration()
  static let slots: Set<Slot> = []
  static let defaultMetrics = ["hit", "ndcg", "mrr"]
  static let hasTarget = false
  let configuration: Configuration

  static func accepts(_ metric: any Metric.Type) -> Bool {
    metric is any RankingMetric.Type || metric is any ExposureMetric.Type
  }

  static func check(_ configuration: Configuration, _ checks: inout Checks) {
    checks.require(
      !configuration.cutoffs.isEmpty && configuration.cutoffs.allSatisfy { $0 > 0 }, "cutoffs",
      "expected one or more numbers above 0.")
    checks.range("users", configuration.users, 0...Int(Int32.max))
  }

  func run(_ system: System) throws -> TaskResult {
    let split = system.model.split
    let queries = asked(configuration.queries == .test ? split.test : split.validation, split)
    let model = system.model
    let showsLists = system.metrics.contains { $0 is any ExposureMetric }
    let start = Date()
    let progress = Mutex(0)
    let ranked = try NextItemRanking.rankings(
      of: queries, itemCount: split.dataset.itemCount, masking: system.masking,
      listLength: showsLists ? configuration.cutoffs.max() ?? 0 : 0,
      advanced: { count in
        let done = progress.withLock { done -> Int in
          done += count
          return done
        }
        system.progress.report(
          .advanced(done: done, of: queries.count, unit: "users", seconds: Date().timeIntervalSince(start)))
      }
    ) { part in
      let histories = part.map { UserHistory(user: $0.user, past: $0.history) }
      let states = try model.encoder?.encode(histories) ?? Matrix(rows: 0, columns: 0)
      let preferences = model.encoder?.preferences(of: states) ?? Matrix(rows: 0, columns: 0)
      let batch = UserBatch(
        model: model, histories: histories, states: states, preferences: preferences,
        unavailable: system.masking == .exclude ? part.map { Array($0.history) } : part.map { _ in [] },
        target: nil, round: 0)
      var scores = try system.scorer.scores(batch)
      // The ranking masks met items by itself; guards are promised scores without them.
      if !system.guards.isEmpty { batch.withhold(&scores) }
      for (index, constraint) in system.guards.enumerated() {
        try constraint.restrict(&scores, for: batch)
        try scores.refuseNaN(from: "\(Slot.guards.place)[\(index)]")
      }
      return scores
    }
    let values = try system.metrics.flatMap { metric in
      try configuration.cutoffs.compactMap {
        try value(of: metric, ranked, cutoff: $0, itemCount: split.dataset.itemCount)
      }
    }
    return TaskResult(
      values: values,
      facts: .members([
        ("queries", .number(Double(queries.count))), ("usersBeyondWindow", system.shareBeyondWindow),
      ]))
  }

  private func asked(_ queries: [NextItemQuery], _ split: Split) -> [NextItemQuery] {
    guard configuration.users > 0 else { return queries }
    let cohort = Set(Cohort.users(configuration.users, of: split.dataset.userCount))
    return queries.filter { cohort.contains(Int($0.user)) }
  }

  private func value(
    of metric: any Metric, _ ranked: [NextItemRanked], cutoff: Int, itemCount: Int
  ) throws -> TaskResult.Value? {
    let name = "\(metric.name)@\(cutoff)"
    if let metric = metric as? any RankingMetric {
      return .init(name: name, perUser: try metric.values(ranked.map(\.answers), cutoff: cutoff))
    }
    guard let metric = metric as? any ExposureMetric else { return nil }
    let exposure = Exposure(ranked.map(\.list), cutoff: cutoff, itemCount: itemCount)
    return .init(name: name, whole: metric.value(of: exposure))
  }
}
