import Beckon

/// Where a recorded dataset lies, and tables that say more of its items.
struct RecordedFiles: Codable, Equatable, Sendable {
  /// The file or folder that the reader names.
  var path: String
  /// A table of item names and categories, laid over those of the format itself.
  var items = ItemTable()
  /// A second such table, laid over the first: names may come from one file and categories from another.
  var itemCategories = ItemTable()

  func check(_ checks: inout Checks) { ItemTable.check(items, itemCategories, &checks) }

  /// Lays the tables over a catalogue.
  func addTables(to catalogue: inout ItemCatalogue, _ locations: DataLocations) throws {
    try ItemTable.apply(items, itemCategories, to: &catalogue, locations)
  }
}
