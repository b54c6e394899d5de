import Beckon

/// Keeps users and items that meet often enough, until nothing changes any more.
struct KCoreFilter: Filter {
  struct Configuration: Codable, Equatable, Sendable {
    /// Fewest events of a user.
    var users = 5
    /// Fewest events of an item.
    var items = 5
  }

  static let about = About(
    "k-core", "Drops users and items with too few events, again and again until all that stay have enough.",
    source: "Seidman 1983, doi:10.1016/0378-8733(83)90028-X, on the bipartite graph of users and items. "
      + "Events are counted, so a repeated item counts each time.",
    examples: [
      Example("A lone event of one user takes along the item that it alone kept alive.", expected: [4]) {
        var events = Interactions()
        events.users = [0, 0, 1, 1, 2]
        events.items = [0, 1, 0, 1, 1]
        events.userIdentifiers = ["a", "b", "c"]
        for item in ["x", "y"] { events.catalogue.append(item) }
        let filter = KCoreFilter(configuration: Configuration(users: 2, items: 2))
        return [Double(try filter.apply(events).count)]
      }
    ])
  static let defaults = Configuration()
  static func check(_ configuration: Configuration, _ checks: inout Checks) {
    checks.atLeast("users", configuration.users, 1)
    checks.atLeast("items", configuration.items, 1)
  }

  let configuration: Configuration

  func apply(_ interactions: Interactions) throws -> Interactions {
    var stays = [Bool](repeating: true, count: interactions.count)
    var changed = true
    while changed {
      changed = false
      var users = [Int](repeating: 0, count: interactions.userIdentifiers.count)
      var items = [Int](repeating: 0, count: interactions.catalogue.count)
      for row in stays.indices where stays[row] {
        users[Int(interactions.users[row])] += 1
        items[Int(interactions.items[row])] += 1
      }
      for row in stays.indices where stays[row] {
        let user = users[Int(interactions.users[row])]
        let item = items[Int(interactions.items[row])]
        if user < configuration.users || item < configuration.items {
          stays[row] = false
          changed = true
        }
      }
    }
    return interactions.keeping { stays[$0] }
  }
}
