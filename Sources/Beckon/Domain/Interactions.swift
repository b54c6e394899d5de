/// Who met what, when: the events of a dataset as columns, one row an event, in the order of the file.
public struct Interactions: Sendable {
  /// User index of each row.
  public var users: [Int32] = []
  /// Item index of each row.
  public var items: [Int32] = []
  /// Rating of each row; empty where the format has none.
  public var ratings: [Float] = []
  /// Time of each row, in the file's own unit; empty where rows are in order already.
  public var times: [Double] = []
  /// Identifiers in the file, by user index.
  public var userIdentifiers: [String] = []
  /// The items, by item index.
  public var catalogue = ItemCatalogue()
  /// Whether the item numbers are the file's own integers less one, so that embedding row r is integer r.
  public var keepsNumbers = false
  /// The vectors the events were drawn from, where a simulation made them: rows by user and item index.
  public var truth: EmbeddingTables?

  /// No events.
  public init() {}

  /// Rows.
  public var count: Int { users.count }

  /// The rows for which the condition holds, numbering unchanged.
  public func keeping(_ condition: (Int) -> Bool) -> Interactions {
    var kept = self
    let rows = (0..<count).filter(condition)
    kept.users = rows.map { users[$0] }
    kept.items = rows.map { items[$0] }
    if !ratings.isEmpty { kept.ratings = rows.map { ratings[$0] } }
    if !times.isEmpty { kept.times = rows.map { times[$0] } }
    kept.keepsNumbers = keepsNumbers && rows.count == count
    return kept
  }

  /// Users and items renumbered by first appearance in the rows; those that do not appear are dropped.
  public func renumbered() -> Interactions {
    var result = self
    let (newUsers, userOrder) = Self.renumber(users, count: userIdentifiers.count)
    let (newItems, itemOrder) = Self.renumber(items, count: catalogue.count)
    result.users = newUsers
    result.items = newItems
    result.userIdentifiers = userOrder.map { userIdentifiers[$0] }
    result.catalogue = catalogue.selecting(itemOrder)
    result.keepsNumbers = false
    result.truth = truth.map {
      EmbeddingTables(users: $0.users.selectingRows(userOrder), items: $0.items.selectingRows(itemOrder))
    }
    return result
  }

  private static func renumber(_ old: [Int32], count: Int) -> (new: [Int32], order: [Int]) {
    var map = [Int32](repeating: -1, count: count)
    var order: [Int] = []
    let new = old.map { index -> Int32 in
      if map[Int(index)] < 0 {
        map[Int(index)] = Int32(order.count)
        order.append(Int(index))
      }
      return map[Int(index)]
    }
    return (new, order)
  }
}

/// The items of a dataset: identifiers, and names and categories where the format has them.
public struct ItemCatalogue: Sendable, Equatable {
  /// Identifier in the file, by item index.
  public var identifiers: [String] = []
  /// Human-readable name, by item index; the identifier where there is none.
  public var names: [String] = []
  /// Categories (genres, tags), by item index.
  public var categories: [[String]] = []

  /// No items.
  public init() {}

  /// Number of items.
  public var count: Int { identifiers.count }

  /// Adds an item without categories.
  public mutating func append(_ identifier: String) {
    identifiers.append(identifier)
    names.append(identifier)
    categories.append([])
  }

  /// Whether an item has a name beside its identifier.
  public func isNamed(_ item: Int) -> Bool { names[item] != identifiers[item] }

  /// The items at the given indices, in that order.
  public func selecting(_ order: [Int]) -> ItemCatalogue {
    var result = ItemCatalogue()
    result.identifiers = order.map { identifiers[$0] }
    result.names = order.map { names[$0] }
    result.categories = order.map { categories[$0] }
    return result
  }

  /// Indices of the items that have a category, ascending.
  ///
  /// - Throws: `Problem` with the nearest category's name if no item has it.
  public func items(in category: String) throws -> [Int32] {
    let found = categories.indices.filter { categories[$0].contains(category) }.map { Int32($0) }
    guard found.isEmpty else { return found }
    let known = Set(categories.joined())
    guard !known.isEmpty else {
      throw Problem(
        "",
        "no item has the category '\(category)': this dataset names no categories. "
          + "Give an items table with a categories column.")
    }
    let list = known.count > 40 ? [] : Array(known)
    let guess = Suggestion.nearest(to: category, among: Array(known)).map { " Did you mean '\($0)'?" } ?? ""
    let all =
      list.isEmpty
      ? " \(known.count) categories are known." : " Known: \(list.sorted().joined(separator: ", "))."
    throw Problem("", "no item has the category '\(category)'.\(guess)\(all)")
  }
}
