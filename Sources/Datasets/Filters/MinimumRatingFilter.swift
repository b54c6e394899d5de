import Beckon

/// Keeps the events of high ratings.
struct MinimumRatingFilter: Filter {
  struct Configuration: Codable, Equatable, Sendable {
    /// Lowest rating that stays, in the dataset's own unit.
    var atLeast = 4.0
  }

  static let about = About("minimum-rating", "Drops the events with a rating below a bound.")
  static let defaults = Configuration()

  let configuration: Configuration

  func apply(_ interactions: Interactions) throws -> Interactions {
    guard !interactions.ratings.isEmpty else {
      throw Problem(
        "",
        "'minimum-rating' needs ratings, and this dataset has none. Leave the filter out, or name the "
          + "rating column of the dataset.")
    }
    let bound = Float(configuration.atLeast)
    return interactions.keeping { interactions.ratings[$0] >= bound }
  }
}
