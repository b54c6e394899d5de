import Beckon

/// The items that targets may come from, and how many are wanted.
struct Candidates: Codable, Equatable, Sendable {
  /// Category the targets come from; empty takes all items.
  var category = ""
  /// Number of targets.
  var count = 50

  func check(_ checks: inout Checks) { checks.positive("count", count) }

  /// The items, ascending.
  ///
  /// - Throws: `Problem` if no item has the category, or too few have it.
  func items(in dataset: Dataset) throws -> [Int32] {
    let items =
      category.isEmpty
      ? (0..<dataset.itemCount).map { Int32($0) } : try dataset.catalogue.items(in: category)
    guard items.count >= count else {
      let source = category.isEmpty ? "the dataset" : "the category '\(category)'"
      throw Problem("", "\(count) targets are asked for, and \(source) has \(items.count) items.")
    }
    return items
  }
}
