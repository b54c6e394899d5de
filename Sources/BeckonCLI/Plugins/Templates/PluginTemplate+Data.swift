import Beckon

// Where events come from, which of them count, and what is held out.
extension PluginTemplate {
  static let data = [
    PluginTemplate(
      kind: "dataset", registered: .dataset, role: "Source",
      component: #"""
        import Beckon

        /// Say here in a sentence which data these are, and where they come from.
        struct DraftSource: DatasetSource {
          static let about = About(
            "draft-id", "Users who each draw items at random.",
            source: "Name the publication of the data, and what this reader leaves out.",
            examples: [
              Example("three users with four events each", expected: [12, 3]) {
                let source = DraftSource(configuration: Configuration(users: 3, items: 9, events: 4))
                let events = try source.load(DataLocations(folders: []))
                return [Double(events.count), Double(events.userIdentifiers.count)]
              }
            ])

          struct Configuration: Codable, Equatable, Sendable {
            /// Number of users.
            var users = 60
            /// Number of items.
            var items = 40
            /// Events of each user; at most as many as there are items.
            var events = 8
          }

          static let defaults = Configuration()
          let configuration: Configuration

          static func check(_ configuration: Configuration, _ checks: inout Checks) {
            checks.positive("users", configuration.users)
            checks.positive("items", configuration.items)
            checks.range("events", configuration.events, 1...max(1, configuration.items))
          }

          func load(_ locations: DataLocations) throws -> Interactions {
            // To read a file, give the configuration a `path` and open `locations.find(configuration.path)`.
            var events = Interactions()
            for item in 0..<configuration.items { events.catalogue.append("item \(item)") }
            for user in 0..<configuration.users {
              events.userIdentifiers.append("user \(user)")
              var stream = RandomStream(seed: 1, purpose: Purpose("draft-id"), UInt32(user))
              for item in stream.sample(configuration.events, of: configuration.items) {
                events.users.append(Int32(user))
                events.items.append(Int32(item))
                events.times.append(Double(events.times.count))
              }
            }
            return events
          }
        }
        """#,
      isNextItem: true,
      spec: """
                "dataset": { "type": "draft-id" }, "filters": [],
        "variants": { "popularity": {}, "random": { "scorer": "random" } }
        """),
    PluginTemplate(
      kind: "filter", registered: .filter, role: "Filter",
      component: #"""
        import Beckon

        /// Say here in a sentence what is dropped, and why.
        struct DraftFilter: Filter {
          static let about = About(
            "draft-id", "Keeps the first events of each user.",
            source: "Name the publication that prepares its data so.",
            examples: [
              Example("of three events of one user two stay", expected: [2]) {
                var events = Interactions()
                (events.users, events.items) = ([0, 0, 0], [4, 5, 6])
                let filter = DraftFilter(configuration: Configuration(most: 2))
                return try [Double(filter.apply(events).count)]
              }
            ])

          struct Configuration: Codable, Equatable, Sendable {
            /// Most events of a user that stay.
            var most = 100
          }

          static let defaults = Configuration()
          let configuration: Configuration

          static func check(_ configuration: Configuration, _ checks: inout Checks) {
            checks.positive("most", configuration.most)
          }

          func apply(_ interactions: Interactions) throws -> Interactions {
            var counts: [Int32: Int] = [:]
            return interactions.keeping { row in
              counts[interactions.users[row], default: 0] += 1
              return counts[interactions.users[row], default: 0] <= configuration.most
            }
          }
        }
        """#,
      isNextItem: true,
      spec: """
                "filters": [{ "type": "draft-id", "most": 8 }, { "type": "k-core", "users": 3, "items": 1 }],
        "variants": { "draft-id": {}, "without": { "filters": [{ "type": "k-core", "users": 3, "items": 1 }] } }
        """),
    PluginTemplate(
      kind: "split", registered: .split, role: "Splitter",
      component: #"""
        import Beckon

        /// Say here in a sentence what is asked for, and what is learned from.
        struct DraftSplitter: Splitter {
          static let about = About(
            "draft-id", "Asks for each user's last item, and stops training by the one before it.",
            source: "Name the publication that divides its data so.",
            examples: [
              Example("of four items two are learned from, and the last is asked for", expected: [2, 3]) {
                var events = Interactions()
                (events.users, events.items, events.userIdentifiers) = ([0, 0, 0, 0], [0, 1, 2, 3], ["a"])
                for item in 0..<4 { events.catalogue.append("\(item)") }
                let split = try DraftSplitter(configuration: defaults).split(Dataset(events))
                return [Double(split.training[0].count), Double(split.test[0].answer)]
              }
            ])
          let configuration: NoConfiguration

          func split(_ dataset: Dataset) throws -> Split {
            var validation: [NextItemQuery] = []
            var test: [NextItemQuery] = []
            for (user, items) in dataset.sequences.enumerated() {
              guard let last = items.last, items.count >= 3 else {
                throw Problem("split", "user '\(dataset.users[user])' has \(items.count) items; expected 3 or more.")
              }
              test.append(NextItemQuery(user: Int32(user), history: items.dropLast(), answer: last))
              let before = items[items.count - 2]
              validation.append(NextItemQuery(user: Int32(user), history: items.dropLast(2), answer: before))
            }
            let training = dataset.sequences.map { $0.dropLast(2) }
            return Split(dataset: dataset, training: training, validation: validation, test: test)
          }
        }
        """#,
      isNextItem: true,
      spec: """
                "split": "draft-id",
        "variants": { "draft-id": {}, "leave-one-out": { "split": "leave-one-out" } }
        """),
  ]
}
