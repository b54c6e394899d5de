import Beckon

// The simulated users.
extension PluginTemplate {
  static let world = [
    PluginTemplate(
      kind: "embeddings", registered: .embeddings, role: "Embeddings",
      component: #"""
        import Beckon

        /// Say here in a sentence what the simulated world is made of.
        struct DraftEmbeddings: EmbeddingSource {
          static let about = About(
            "draft-id", "Items point anywhere; a user points to the middle of what they met.",
            source: "Name the publication, its equation, and every deviation with the reason.")

          struct Configuration: Codable, Equatable, Sendable {
            /// Width of a vector.
            var dimension = 16
          }

          static let defaults = Configuration()
          let configuration: Configuration

          static func check(_ configuration: Configuration, _ checks: inout Checks) {
            checks.positive("dimension", configuration.dimension)
          }

          func tables(_ context: TrainingContext) throws -> EmbeddingTables {
            let (split, width) = (context.split, configuration.dimension)
            var stream = RandomStream(seed: context.seed, purpose: Purpose("draft-id"))
            let values = (0..<split.dataset.itemCount * width).map { _ in Float(stream.normal()) }
            let items = Matrix(rows: split.dataset.itemCount, columns: width, values: values)
            let users = split.training.map { met in
              (0..<width).map { column in met.reduce(Float(0)) { $0 + items[Int($1), column] } }
            }
            // Rows are scaled to length 1 here.
            return EmbeddingTables(users: Matrix(users), items: items)
          }
        }
        """#,
      spec: """
        "environment": {
          "embeddings": "draft-id", "clickModel": { "type": "sigmoid", "slope": 10, "offset": 0.7 }
        },
        "variants": { "guided": {}, "preference": { "scorer": "preference" } }
        """),
    PluginTemplate(
      kind: "clickModel", registered: .clickModel, role: "ClickModel",
      component: #"""
        import Beckon

        /// Say here in a sentence how a user answers, and what was measured to know it.
        struct DraftClickModel: ClickModel {
          static let about = About(
            "draft-id", "Looks at one item of the slate, and clicks it the likelier the closer it is.",
            source: "Name the publication, its equation, and every deviation with the reason.",
            examples: [
              Example("an item at the user's own place, and one at the opposite", expected: [0.9, 0]) {
                let model = DraftClickModel(configuration: Configuration(most: 0.9))
                return try [1, -1].flatMap { try model.choiceProbabilities(Slate(items: [0], affinities: [$0])) }
              }
            ])

          struct Configuration: Codable, Equatable, Sendable {
            /// Probability of a click at affinity 1, in [0, 1].
            var most = 0.8
          }

          static let defaults = Configuration()
          let configuration: Configuration

          static func check(_ configuration: Configuration, _ checks: inout Checks) {
            checks.range("most", configuration.most, 0...1)
          }

          func choiceProbabilities(_ slate: Slate) throws -> [Double] {
            slate.affinities.map { affinity in
              let liking = min(1, max(0, (affinity + 1) / 2))
              return configuration.most * liking / Double(slate.affinities.count)
            }
          }
        }
        """#,
      spec: """
        "environment": { "embeddings": "world", "clickModel": "draft-id" },
        "variants": { "guided": {}, "preference": { "scorer": "preference" } }
        """),
    PluginTemplate(
      kind: "dynamics", registered: .dynamics, role: "Dynamics",
      component: #"""
        import Beckon

        /// Say here in a sentence how a click changes a user, and what was measured to know it.
        struct DraftDynamics: Dynamics {
          static let about = About(
            "draft-id", "Each click moves the user less than the one before it.",
            source: "Name the publication, its equation, and every deviation with the reason.",
            examples: [
              Example("half of the way at the first click", expected: [0.5, 0.5]) {
                let dynamics = DraftDynamics(configuration: Configuration(share: 0.5))
                let move = InterestMove(interest: [1, 0], item: 0, itemVector: [0, 1], policyKeep: 0)
                return dynamics.moved(move).map(Double.init)
              }
            ])

          struct Configuration: Codable, Equatable, Sendable {
            /// Share of the way to the item at the first click, in [0, 1].
            var share = 0.2
          }

          static let defaults = Configuration()
          let configuration: Configuration
          /// The environment's own: what the recommender believes does not move a user.
          var owner: DynamicsOwner { .environment }

          static func check(_ configuration: Configuration, _ checks: inout Checks) {
            checks.range("share", configuration.share, 0...1)
          }

          func moved(_ move: InterestMove) -> [Float] {
            let clicks = max(1, move.events.count { $0.clicked != nil })
            return move.blended(keep: Float(1 - configuration.share / Double(clicks)))
          }
        }
        """#,
      spec: """
        "environment": {
          "embeddings": "world", "dynamics": "draft-id",
          "clickModel": { "type": "sigmoid", "slope": 10, "offset": 0.7 }
        },
        "variants": { "guided": {}, "preference": { "scorer": "preference" } }
        """),
  ]
}
