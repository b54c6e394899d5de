import Beckon

// What is measured, and by which protocol.
extension PluginTemplate {
  static let evaluation = [
    PluginTemplate(
      kind: "metric", registered: .metric, role: "Metric",
      component: #"""
        import Beckon

        /// Say here in a sentence what it tells, and for whom a larger value is better.
        struct DraftMetric: TrajectoryMetric {
          static let about = About(
            "draft-id", "Rounds before a user's first click; the cutoff where there is none.",
            source: "Name the publication and the equation.",
            examples: [
              Example("one user clicks in the second of three rounds, one never", expected: [1, 3]) {
                var run = Trajectories(targets: [0], rounds: 3, users: 2)
                run.choice[run.cell(0, 1, 0)] = 0
                let world = SimulatedWorld(
                  catalogue: ItemCatalogue(), items: Matrix(rows: 0, columns: 0), itemCounts: [], seed: 1,
                  locations: DataLocations(folders: []))
                let outcome = NudgeOutcome(run, twin: run, world: world)
                return DraftMetric(configuration: defaults).perUser(outcome, cutoff: 3) ?? []
              }
            ])
          static let unit = "rounds"
          static let direction = Direction.lower
          let configuration: NoConfiguration

          func perUser(_ outcome: NudgeOutcome, cutoff: Int) -> [Double]? {
            let run = outcome.trajectories
            return run.meanOverTargets { target, user in
              let first = (0..<cutoff).first { run.hasClicked(run.cell(target, $0, user)) }
              return Double(first ?? cutoff)
            }
          }
        }
        """#,
      spec: """
        "metrics": ["draft-id", "hr", "ioi"],
        "variants": { "guided": {}, "preference": { "scorer": "preference" } }
        """),
    PluginTemplate(
      kind: "ranking-metric", registered: .metric, role: "Metric",
      component: #"""
        import Beckon

        /// Say here in a sentence what it tells of a list.
        struct DraftMetric: RankingMetric {
          static let about = About(
            "draft-id", "Share of the list that stands behind the answer, 0 if the answer is not in it.",
            source: "Name the publication and the equation.",
            examples: [
              Example("ranks 0, 4 and 5 at cutoff 5", expected: [1, 0.2, 0]) {
                [0, 4, 5].map { DraftMetric(configuration: defaults).value(rank: $0, cutoff: 5) }
              }
            ])
          static let unit = "share of the list"
          let configuration: NoConfiguration

          func value(rank: Int, cutoff: Int) -> Double { max(0, Double(cutoff - rank) / Double(cutoff)) }
        }
        """#,
      isNextItem: true,
      spec: """
                "metrics": ["draft-id", "hit"],
        "variants": { "popularity": {}, "random": { "scorer": "random" } }
        """),
    PluginTemplate(
      kind: "task", registered: .task, role: "Task",
      component: #"""
        import Beckon

        /// Say here in a sentence what is asked of a system, and what counts as a good answer.
        struct DraftTask: EvaluationTask {
          static let about = About(
            "draft-id", "Ranks all items for the last item of each user whose history is long enough.",
            source: "Name the publication whose protocol this is.")

          struct Configuration: Codable, Equatable, Sendable {
            /// Lengths of the list shown.
            var cutoffs = [10]
            /// Items that a user must have met before the question.
            var minimumHistory = 2
          }

          static let defaults = Configuration()
          /// Parts of a spec beside those that every task has.
          static let slots: Set<Slot> = []
          static let defaultMetrics = ["hit"]
          static let hasTarget = false
          let configuration: Configuration

          static func accepts(_ metric: any Metric.Type) -> Bool { metric is any RankingMetric.Type }

          static func check(_ configuration: Configuration, _ checks: inout Checks) {
            checks.require(
              !configuration.cutoffs.isEmpty && configuration.cutoffs.allSatisfy { $0 > 0 }, "cutoffs",
              "expected one or more numbers above 0.")
          }

          func run(_ system: System) throws -> TaskResult {
            let model = system.model
            let queries = model.split.test.filter { $0.history.count >= configuration.minimumHistory }
            let ranks = try NextItemRanking.ranks(
              of: queries, itemCount: model.split.dataset.itemCount, masking: system.masking
            ) { part in
              let histories = part.map { UserHistory(user: $0.user, past: $0.history) }
              let states = try model.encoder?.encode(histories) ?? Matrix(rows: 0, columns: 0)
              let preferences = model.encoder?.preferences(of: states) ?? Matrix(rows: 0, columns: 0)
              return try system.scorer.scores(
                UserBatch(
                  model: model, histories: histories, states: states, preferences: preferences,
                  unavailable: part.map { Array($0.history) }, target: nil, round: 0))
            }
            let metrics = system.metrics.compactMap { $0 as? any RankingMetric }
            let values = metrics.flatMap { metric in
              configuration.cutoffs.map { cutoff in
                TaskResult.Value(
                  name: "\(type(of: metric).about.identifier)@\(cutoff)",
                  perUser: ranks.map { metric.value(rank: $0, cutoff: cutoff) })
              }
            }
            return TaskResult(values: values, facts: .members([("queries", .number(Double(queries.count)))]))
          }
        }
        """#,
      isNextItem: true,
      spec: """
                "task": { "type": "draft-id", "cutoffs": [5, 10] },
        "variants": { "popularity": {}, "random": { "scorer": "random" } }
        """),
  ]
}
