import Beckon

/// Items that a spec or a file names by the identifiers of the dataset.
enum NamedItems {
  /// The lines of a file, blank ones left out.
  ///
  /// - Throws: `Problem` if the file is missing or no text.
  static func names(in path: String, _ locations: DataLocations) throws -> [String] {
    let url = try locations.find(path)
    guard let text = try? String(contentsOf: url, encoding: .utf8) else {
      throw Problem("", "'\(path)' cannot be read as UTF-8 text.")
    }
    return text.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }
      .filter { !$0.isEmpty }
  }

  /// The items of these identifiers, in their order.
  ///
  /// - Throws: `Problem` if one is unknown or named twice.
  static func items(_ names: [String], of dataset: Dataset) throws -> [Int32] {
    let index = Dictionary(
      dataset.catalogue.identifiers.enumerated().map { ($0.element, Int32($0.offset)) },
      uniquingKeysWith: { a, _ in a })
    var seen: Set<String> = []
    return try names.map { name in
      guard let item = index[name] else { throw Problem("", "no item has the identifier '\(name)'.") }
      guard seen.insert(name).inserted else { throw Problem("", "the target '\(name)' is named twice.") }
      return item
    }
  }
}
