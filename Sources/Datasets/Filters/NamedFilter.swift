import Beckon

/// Keeps the events of items that have a name.
struct NamedFilter: Filter {
  static let about = About(
    "named", "Drops the items that have no name beside their identifier.",
    source:
      "The preparation of ITMPRec's LastFM, which drops ten artists after its 5-core: they were tagged, "
      + "but HetRec's artists.dat does not list them.",
    examples: [
      Example("Of three items the one that is called as it is numbered goes.", expected: [0, 2]) {
        var events = Interactions()
        events.users = [0, 0, 0]
        events.items = [0, 1, 2]
        events.userIdentifiers = ["a"]
        for item in ["7", "8", "9"] { events.catalogue.append(item) }
        events.catalogue.names = ["The Used", "8", "Creed"]
        return try NamedFilter(configuration: NoConfiguration()).apply(events).items.map { Double($0) }
      }
    ])

  let configuration: NoConfiguration

  func apply(_ interactions: Interactions) throws -> Interactions {
    interactions.keeping { interactions.catalogue.isNamed(Int(interactions.items[$0])) }
  }
}
