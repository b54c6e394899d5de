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
    if !configuration.path.isEmpty { names += try NamedItems.names(in: configuration.path, locations) }
    guard !names.isEmpty else {
      throw Problem("", "no targets: give 'items' or a 'path' to a file of identifiers.")
    }
    return try NamedItems.items(names, of: dataset)
  }
}
