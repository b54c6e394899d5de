import Beckon

// What learns, what is shown, and what may not be.
extension PluginTemplate {
  static let recommender = [
    PluginTemplate(
      kind: "encoder", registered: .encoder, role: "Encoder",
      component: #"""
        import Beckon

        /// Say here in a sentence what a state is, and of which publication's equations.
        ///
        /// As it stands: the state is a vector of the last item, which is trained to point at what comes next.
        struct DraftEncoder: TrainableEncoder {
          static let about = About(
            "draft-id", "The last item's own vector; what comes next is close to it.",
            source: "Name the publication, its equations, and every deviation with the reason.",
            examples: [
              Example("the state is the row of the last item", expected: [5, 6]) {
                var encoder = try DraftEncoder(configuration: defaults)
                encoder.parameters = ParameterSet([("from", Matrix([[0, 0], [3, 4], [5, 6]]))])
                return try encoder.encode([UserHistory(user: 0, past: [0, 1])]).values.map(Double.init)
              }
            ])

          struct Configuration: Codable, Equatable, Sendable {
            /// Width of a vector.
            var hiddenSize = 32
            /// Newest items of a history that are learned from.
            var maximumLength = 50
            /// How it is trained.
            var training = TrainingSettings()
          }

          static let defaults = Configuration()
          let configuration: Configuration
          /// `from` is what an item makes of a user, `to` what it is as the next. `[item + 1, d]`, row 0 for none
          var parameters = ParameterSet<Float>()
          var training: TrainingSettings { configuration.training }
          var weightsPath: String { "" }
          var window: Int? { 1 }

          init(configuration: Configuration) throws { self.configuration = configuration }

          static func check(_ configuration: Configuration, _ checks: inout Checks) {
            checks.positive("hiddenSize", configuration.hiddenSize)
            checks.positive("maximumLength", configuration.maximumLength)
            configuration.training.check(&checks)
          }

          func initialParameters(_ context: TrainingContext) throws -> ParameterSet<Float> {
            let rows = context.split.dataset.itemCount + 1
            let stream = RandomStream(seed: context.seed, purpose: .initialization)
            var initial = InitialParameters<Float>(stream: stream)
            for name in ["from", "to"] { initial.draw(name, rows, configuration.hiddenSize) { 0.1 * $0.normal() } }
            return initial.parameters
          }

          func loss<S: Scalar>(_ tape: Tape<S>, _ batch: TrainingBatch) throws -> Var<S> {
            let length = configuration.maximumLength
            let (tokens, next) = batch.nextItems(length: length)
            let states = tape.gather("from", tokens.items, frozenRow: 0)
            let others = batch.negatives(length: length, .outsideTraining)
            // Rows of the tables are item + 1: row 0 is the pad.
            return tape.binaryCrossEntropy(
              hidden: states, table: "to", positives: next.map { $0 + 1 }, negatives: others.map { $0 + 1 })
          }

          /// `[item, d]`
          var itemVectors: Matrix<Float> {
            let table = parameters["to"]
            return table.selectingRows(1..<table.rows)
          }

          func encode(_ histories: [UserHistory]) throws -> Matrix<Float> {
            parameters["from"].selectingRows(histories.map { Int($0.latest(1).first ?? -1) + 1 })
          }
        }
        """#,
      spec: """
        "encoder": {
          "type": "draft-id", "hiddenSize": 16,
          "training": { "epochs": 10, "batchSize": 64, "learningRate": 0.01, "earlyStopping": { "metric": "" } }
        },
        "variants": { "draft-id guided": {}, "draft-id": { "scorer": "preference" } }
        """),
    PluginTemplate(
      kind: "intents", registered: .intents, role: "Intents",
      component: #"""
        import Beckon

        /// Say here in a sentence what an intent is.
        struct DraftIntents: IntentModel {
          static let about = About(
            "draft-id", "The vectors of the items met most often.",
            source: "Name the publication, its equation, and every deviation with the reason.")

          struct Configuration: Codable, Equatable, Sendable {
            /// Number of intents; at most the number of items.
            var count = 8
          }

          static let defaults = Configuration()
          let configuration: Configuration

          static func check(_ configuration: Configuration, _ checks: inout Checks) {
            checks.positive("count", configuration.count)
          }

          func verify(_ split: Split) throws {
            let items = split.dataset.itemCount
            guard items >= configuration.count else {
              throw Problem("intents.count", "\(configuration.count) intents, but only \(items) items.")
            }
          }

          func centroids(encoder: any Encoder, split: Split, seed: UInt64) throws -> Matrix<Float> {
            try verify(split)
            let counts = split.itemCounts
            let order = counts.indices.sorted { (-counts[$0], $0) < (-counts[$1], $1) }
            return encoder.itemVectors.selectingRows(order.prefix(configuration.count))
          }
        }
        """#,
      spec: """
        "intents": { "type": "draft-id", "count": 4 }, "scorer": "itmprec",
        "variants": { "draft-id": {}, "learned": { "intents": { "type": "learned", "count": 4 } } }
        """),
    PluginTemplate(
      kind: "targetSelector", registered: .targetSelector, role: "Selector",
      component: #"""
        import Beckon

        /// Say here in a sentence which items users are guided to, and who gains by it.
        struct DraftSelector: TargetSelector {
          static let about = About(
            "draft-id", "The items that fewest have met; the smaller index on a tie.",
            source: "Name the publication, its equation, and every deviation with the reason.",
            examples: [
              Example("items met 3, 1 and 2 times", expected: [1, 2]) {
                DraftSelector.rarest(2, of: [3, 1, 2]).map(Double.init)
              }
            ])

          struct Configuration: Codable, Equatable, Sendable {
            /// Number of targets.
            var count = 10
          }

          static let defaults = Configuration()
          let configuration: Configuration

          static func check(_ configuration: Configuration, _ checks: inout Checks) {
            checks.positive("count", configuration.count)
          }

          func verify(_ dataset: Dataset, _ locations: DataLocations) throws {
            guard dataset.itemCount >= configuration.count else {
              throw Problem("targetSelector.count", "\(configuration.count) targets, but \(dataset.itemCount) items.")
            }
          }

          func targets(_ context: SelectionContext) throws -> [Int32] {
            try verify(context.model.split.dataset, context.locations)
            return Self.rarest(configuration.count, of: context.model.split.itemCounts)
          }

          private static func rarest(_ count: Int, of counts: [Int]) -> [Int32] {
            counts.indices.sorted { (counts[$0], $0) < (counts[$1], $1) }.prefix(count).map { Int32($0) }
          }
        }
        """#,
      spec: """
        "targetSelector": { "type": "draft-id", "count": 5 },
        "variants": { "draft-id": {}, "random": { "targetSelector": { "type": "random", "count": 5 } } }
        """),
    PluginTemplate(
      kind: "scorer", registered: .scorer, role: "Scorer",
      component: #"""
        import Beckon

        /// Say here in a sentence what is shown, and by which equation.
        struct DraftScorer: Scorer {
          static let about = About(
            "draft-id", "Scores an item higher the fewer have met it.",
            source: "Name the publication, its equation, and every deviation with the reason.",
            examples: [
              Example("items met by 0, 3 and 10 users, weight 2", expected: [0, -6, -20]) {
                let scorer = DraftScorer(configuration: Configuration(weight: 2))
                return [0, 3, 10].map { Double(scorer.score(count: $0)) }
              }
            ])

          struct Configuration: Codable, Equatable, Sendable {
            /// Weight of an item's training events.
            var weight = 1.0
          }

          static let defaults = Configuration()
          let configuration: Configuration
          // `var needs: Needs { [.encoder, .target] }` asks for more; `fit` learns from the training part;
          // `var dependsOnHistoryAlone: Bool { true }` lets a roll-out keep the scores of users who did not click.

          static func check(_ configuration: Configuration, _ checks: inout Checks) {
            checks.atLeast("weight", configuration.weight, 0)
          }

          func scores(_ batch: UserBatch) throws -> Matrix<Float> {
            let scores = batch.model.split.itemCounts.map(score(count:))
            return Matrix(rows: batch.count, columns: scores.count, values: batch.histories.flatMap { _ in scores })
          }

          private func score(count: Int) -> Float { -Float(configuration.weight) * Float(count) }
        }
        """#,
      spec: """
        "scorer": "draft-id",
        "compareWith": "preference",
        "variants": { "draft-id": {}, "preference": { "scorer": "preference" }, "random": { "scorer": "random" } }
        """),
    PluginTemplate(
      kind: "guard", registered: .guard, role: "Guard",
      component: #"""
        import Beckon

        /// Say here in a sentence what may not be shown, and whom that protects.
        struct DraftGuard: Guard {
          static let about = About(
            "draft-id", "Forbids items that too few have met.",
            source: "Name the publication or the rule that asks for it.",
            examples: [
              Example("items met by 0, 1 and 2 users: the first is forbidden", expected: [1, 0, 0]) {
                let rule = DraftGuard(configuration: Configuration(atLeast: 1))
                return [0, 1, 2].map { rule.forbids(count: $0) ? 1 : 0 }
              }
            ])

          struct Configuration: Codable, Equatable, Sendable {
            /// Training events that an item needs to be shown.
            var atLeast = 2
          }

          static let defaults = Configuration()
          let configuration: Configuration

          static func check(_ configuration: Configuration, _ checks: inout Checks) {
            checks.atLeast("atLeast", configuration.atLeast, 0)
          }

          func restrict(_ scores: inout Matrix<Float>, for batch: UserBatch) throws {
            for (item, count) in batch.model.split.itemCounts.enumerated() where forbids(count: count) {
              for user in 0..<batch.count { scores[user, item] = -.infinity }
            }
          }

          private func forbids(count: Int) -> Bool { count < configuration.atLeast }
        }
        """#,
      spec: """
        "guards": ["draft-id"],
        "variants": { "draft-id": {}, "unguarded": { "guards": [] } }
        """),
    PluginTemplate(
      kind: "arousal", registered: .arousal, role: "Arousal",
      component: #"""
        import Beckon

        /// Say here in a sentence by what the recommender tells how receptive a user is.
        struct DraftArousal: ArousalPolicy {
          static let about = About(
            "draft-id", "Users who have clicked are moved less by the next click.",
            source: "Name the publication, its equation, and every deviation with the reason.",
            examples: [
              Example("after 0, 1 and 9 clicks", expected: [0.5, 0.6, 1]) {
                let policy = DraftArousal(configuration: Configuration(start: 0.5, step: 0.1))
                return [0, 1, 9].map { Double(policy.keep(clicks: $0)) }
              }
            ])

          struct Configuration: Codable, Equatable, Sendable {
            /// Weight of the old vector before the first click, in [0, 1].
            var start = 0.7
            /// What each click adds to it.
            var step = 0.05
          }

          static let defaults = Configuration()
          let configuration: Configuration

          static func check(_ configuration: Configuration, _ checks: inout Checks) {
            checks.range("start", configuration.start, 0...1)
            checks.range("step", configuration.step, 0...1)
          }

          func keep(_ batch: UserBatch) throws -> [Float] { batch.histories.map { keep(clicks: $0.clicked.count) } }

          private func keep(clicks: Int) -> Float {
            Float(min(1, configuration.start + configuration.step * Double(clicks)))
          }
        }
        """#,
      spec: """
        "arousal": "draft-id",
        "variants": { "draft-id": {}, "fixed": { "arousal": "fixed" } }
        """),
  ]
}
