import Beckon

/// The items that targets may come from.
struct Candidates {
  /// A category, or empty for all items.
  let category: String
  /// Targets asked for.
  let count: Int

  /// The items, ascending.
  ///
  /// - Throws: `Problem` if no item has the category, or too few have it.
  func items(in dataset: Dataset) throws -> [Int32] {
    let items =
      category.isEmpty ? (0..<dataset.itemCount).map { Int32($0) } : try dataset.catalogue.items(in: category)
    guard items.count >= count else {
      let source = category.isEmpty ? "the dataset" : "the category '\(category)'"
      throw Problem("", "\(count) targets are asked for, and \(source) has \(items.count) items.")
    }
    return items
  }
}
