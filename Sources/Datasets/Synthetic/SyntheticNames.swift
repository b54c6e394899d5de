/// Invented titles, so that what is shown in the simulated world can be read and told apart.
enum SyntheticNames {
  /// The title of an item; no two items share one.
  static func name(_ item: Int) -> String {
    let pairs = adjectives.count * nouns.count
    // 389 shares no factor with 960, so that neighbours in the catalogue do not sound alike.
    let pair = item % pairs * 389 % pairs
    let title = "The \(adjectives[pair / nouns.count]) \(nouns[pair % nouns.count])"
    return item < pairs ? title : "\(title), part \(item / pairs + 1)"
  }

  private static let adjectives = [
    "Amber", "Borrowed", "Crooked", "Distant", "Electric", "Forgotten", "Gentle", "Hidden", "Iron", "Jagged",
    "Kindred", "Luminous", "Midnight", "Narrow", "Open", "Paper", "Quiet", "Restless", "Silver", "Tidal",
    "Unlikely", "Velvet", "Wandering", "Yellow", "Broken", "Copper", "Endless", "Frozen", "Hollow", "Last",
  ]

  private static let nouns = [
    "Archive", "Bridge", "Cartographer", "Detour", "Ember", "Ferry", "Garden", "Harbour", "Island", "Journey",
    "Kingdom", "Lantern", "Meridian", "Nightfall", "Orchard", "Parade", "Quarry", "River", "Summit",
    "Theatre",
    "Umbrella", "Voyage", "Winter", "Xylophone", "Year", "Zenith", "Balcony", "Clockmaker", "Dialogue",
    "Echo",
    "Fugue", "Glacier",
  ]
}
