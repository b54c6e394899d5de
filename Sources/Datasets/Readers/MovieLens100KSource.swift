import Beckon

/// Reads MovieLens-100K as GroupLens publishes it.
///
/// `path` is the folder with `u.data` and, for titles and genres, `u.item`.
struct MovieLens100KSource: DatasetSource {
  static let about = About(
    "movielens-100k", "MovieLens-100K: u.data, with titles and genres from u.item.",
    source: "Harper & Konstan 2015, doi:10.1145/2827872; the file formats are those of its README.")
  static let defaults = RecordedFiles(path: "ml-100k")
  static func check(_ configuration: RecordedFiles, _ checks: inout Checks) { configuration.check(&checks) }

  let configuration: RecordedFiles

  var terms: DataTerms? { .groupLens(configuration.path, ["README"]) }

  func load(_ locations: DataLocations) throws -> Interactions {
    let folder = try Problem.at("dataset.path") { try locations.find(configuration.path) }
    let data = try DataFolder.file("u.data", in: folder)
    var events = try EventReading.read(data, separator: FieldSeparator("\t"), header: false) { _ in
      .movieLens
    }
    try read(DataFolder.file("u.item", in: folder), into: &events.catalogue)
    try configuration.addTables(to: &events.catalogue, locations)
    return events
  }

  /// The nineteen flags that end each line of `u.item`, in the order of `u.genre`.
  private static let genres = [
    "unknown", "Action", "Adventure", "Animation", "Children's", "Comedy", "Crime", "Documentary", "Drama",
    "Fantasy", "Film-Noir", "Horror", "Musical", "Mystery", "Romance", "Sci-Fi", "Thriller", "War", "Western",
  ]

  private func read(_ file: TextFile, into catalogue: inout ItemCatalogue) throws {
    let separator = FieldSeparator("|")
    let indices = Dictionary(catalogue.identifiers.enumerated().map { ($1, $0) }) { first, _ in first }
    let first = 5
    try file.forEachLine { line in
      let fields = try separator.texts(line)
      guard fields.count == first + Self.genres.count else {
        throw line.problem(
          "expected \(first + Self.genres.count) '|'-separated fields (id, title, release date, video release date, "
            + "URL, \(Self.genres.count) genre flags), found \(fields.count).")
      }
      guard let item = indices[fields[0]] else { return }
      catalogue.names[item] = fields[1]
      catalogue.categories[item] = zip(Self.genres, fields[first...]).filter { $1 == "1" }.map { $0.0 }
    }
  }
}
