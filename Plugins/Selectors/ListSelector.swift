import Beckon

/// Targets named by the author of the study.
struct ListSelector: TargetSelector {
  static let about = About(
    "list", "Items named by their identifiers, in the spec or in a file with one a line.")

  struct Configuration: Codable, Equatable, Sendable {
    /// Identifiers as the dataset has them.
    var items: [String] = []
    /// A file with one identifier a line; its items follow those above.
    var path = ""
  }

  static let defaults = Configuration()
  let configuration: Configuration

  static func check(_ configuration: Configuration, _ checks: inout Checks) {
    checks.file("path", configuration.path)
  }

  func verify(_ dataset: Dataset, _ locations: DataLocations) throws { _ = try items(of: dataset, locations) }

  func targets(_ context: SelectionContext) throws -> [Int32] {
    try items(of: context.model.split.dataset, context.locations)
  }

  private func items(of dataset: Dataset, _ locations: DataLocations) throws -> [Int32] {
    var names = configuration.items
    if !configuration.path.isEmpty {
      let url = try locations.find(configuration.path)
      guard let text = try? String(contentsOf: url, encoding: .utf8) else {
        throw Problem("", "'\(configuration.path)' cannot be read as UTF-8 text.")
      }
      names += text.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }
        .filter { !$0.isEmpty }
    }
    guard !names.isEmpty else {
      throw Problem("", "no targets: give 'items' or a 'path' to a file of identifiers.")
    }
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
