import Beckon

/// From files to a split: source, filters in their order, then the division.
public enum DataPipeline {
  /// Reads and filters.
  ///
  /// - Throws: `Problem` or `LineProblem`; a filter that leaves nothing is named.
  public static func events(
    source: any DatasetSource, filters: [any Filter] = [], locations: DataLocations
  ) throws -> Interactions {
    var events = try source.load(locations)
    for (index, filter) in filters.enumerated() {
      let before = events.count
      events = try Problem.at("filters[\(index)]") { try filter.apply(events) }
      guard events.count > 0 else {
        throw Problem(
          "filters[\(index)]",
          "'\(type(of: filter).about.identifier)' leaves none of \(before) interactions; "
            + "nothing can be studied.")
      }
    }
    return events
  }

  /// Reads, filters and sorts.
  ///
  /// - Throws: what `events` throws.
  public static func dataset(
    source: any DatasetSource, filters: [any Filter] = [], locations: DataLocations
  ) throws -> Dataset {
    try Dataset(events(source: source, filters: filters, locations: locations))
  }

  /// Reads, filters, sorts and divides.
  ///
  /// - Throws: `Problem` or `LineProblem`.
  public static func load(
    source: any DatasetSource, filters: [any Filter] = [], splitter: any Splitter, locations: DataLocations
  ) throws -> Split {
    try splitter.split(dataset(source: source, filters: filters, locations: locations))
  }
}
