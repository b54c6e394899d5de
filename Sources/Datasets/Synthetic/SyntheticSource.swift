import Beckon
import Synchronization

/// Makes the events of a simulated world, for a quick start without any file.
struct SyntheticSource: DatasetSource {
  struct Configuration: Codable, Equatable, Sendable {
    /// Number of users.
    var users = 300
    /// Number of items.
    var items = 400
    /// Number of topics; a topic is two dimensions of a vector.
    var topics = 10
    /// Items shown to each user.
    var steps = 100
    /// Interest at which a click is as likely as none.
    var offset = 0.7
    /// Steepness of the click probability.
    var slope = 10.0
    /// Share of the steps that show the best item instead of a random one, in [0, 1].
    var oracleShare = 0.3
    /// Seed of the world; independent of the experiment's seeds, so that all of them study one world.
    var seed: UInt64 = 1
  }

  static let about = About(
    "synthetic", "A simulated world of topics whose users tire of what they see too often; needs no file.",
    source:
      "The environment of Bi et al., WWW 2024, arXiv:2403.07571, as its release generates it. The release "
      + "draws items from an unseeded generator; here every draw is keyed by seed and user or item. Its offset "
      + "of 0.8 on the command line does not give the published 26.9 clicks a user; 0.7 does.",
    examples: [
      Example("Where interest meets the offset, a click is as likely as none.", expected: [0.5]) {
        [SyntheticWorld(Configuration()).clickProbability(0.7)]
      }
    ])
  static let defaults = Configuration()
  static let presets = [
    // The size of the publication's log.
    "paper": Configuration(users: 6034, items: 3533)
  ]
  static func check(_ configuration: Configuration, _ checks: inout Checks) {
    checks.range("users", configuration.users, 1...10_000_000)
    checks.range("items", configuration.items, 1...10_000_000)
    checks.range("topics", configuration.topics, 1...1000)
    checks.range("steps", configuration.steps, 1...1_000_000)
    checks.positive("slope", configuration.slope)
    checks.range("oracleShare", configuration.oracleShare, 0...1)
  }

  let configuration: Configuration

  /// The clicks, time = step; users without a click are left out. `truth` has the users' vectors after
  /// their last step: a study begins where the log ends.
  func load(_ locations: DataLocations) throws -> Interactions {
    let world = SyntheticWorld(configuration)
    let logs = Mutex(
      [(clicks: [SyntheticWorld.Click], interest: [Float])](repeating: ([], []), count: configuration.users))
    Parallel.forEach(configuration.users, grain: 16) { range in
      let made = range.map { world.log(of: $0) }
      logs.withLock { logs in
        for (user, log) in zip(range, made) { logs[user] = log }
      }
    }
    var events = Interactions()
    events.keepsNumbers = true
    var vectors: [Float] = []
    for (user, log) in logs.withLock({ $0 }).enumerated() where !log.clicks.isEmpty {
      let number = Int32(events.userIdentifiers.count)
      events.userIdentifiers.append(String(user + 1))
      vectors += log.interest
      for click in log.clicks {
        events.users.append(number)
        events.items.append(click.item)
        events.times.append(Double(click.step))
      }
    }
    for item in 0..<configuration.items {
      events.catalogue.append(String(item + 1))
      events.catalogue.names[item] = SyntheticNames.name(item)
      events.catalogue.categories[item] = ["topic \(world.topics[item] + 1)"]
    }
    let width = world.width
    events.truth = EmbeddingTables(
      users: Matrix(rows: events.userIdentifiers.count, columns: width, values: vectors),
      items: Matrix(rows: configuration.items, columns: width, values: world.itemRows))
    return events
  }
}
