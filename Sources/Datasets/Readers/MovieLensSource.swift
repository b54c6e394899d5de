import Beckon

/// Reads the larger MovieLens sets in their `::` format (1M, 10M).
///
/// `path` is the folder with `ratings.dat` and, for titles and genres, `movies.dat`.
struct MovieLensSource: DatasetSource {
  static let about = About(
    "movielens", "MovieLens 1M and 10M: ratings.dat, with titles and genres from movies.dat.",
    source: "Harper & Konstan 2015, doi:10.1145/2827872; the file formats are those of its README.")
  static let defaults = RecordedFiles(path: "ml-1m")
  static func check(_ configuration: RecordedFiles, _ checks: inout Checks) { configuration.check(&checks) }

  let configuration: RecordedFiles

  var terms: DataTerms? { .groupLens(configuration.path, ["README", "README.html"]) }

  func load(_ locations: DataLocations) throws -> Interactions {
    let folder = try Problem.at("dataset.path") { try locations.find(configuration.path) }
    let ratings = try DataFolder.file("ratings.dat", in: folder)
    var events = try EventReading.read(ratings, separator: FieldSeparator("::"), header: false) { _ in
      .movieLens
    }
    try read(DataFolder.file("movies.dat", in: folder), into: &events.catalogue)
    try configuration.addTables(to: &events.catalogue, locations)
    return events
  }

  private func read(_ file: TextFile, into catalogue: inout ItemCatalogue) throws {
    let separator = FieldSeparator("::")
    let genres = FieldSeparator("|")
    let indices = Dictionary(catalogue.identifiers.enumerated().map { ($1, $0) }) { first, _ in first }
    try file.forEachLine { line in
      let fields = try separator.texts(line)
      guard fields.count == 3 else {
        throw line.problem("expected 3 '::'-separated fields (id, title, genres), found \(fields.count).")
      }
      guard let item = indices[fields[0]] else { return }
      catalogue.names[item] = fields[1]
      catalogue.categories[item] = genres.parts(of: fields[2])
    }
  }
}

extension DataTerms {
  /// Those of the MovieLens sets.
  static func groupLens(_ folder: String, _ files: [String]) -> DataTerms {
    DataTerms(
      folder: folder, files: files,
      summary:
        "research with a citation; no redistribution and no commercial use without GroupLens's permission")
  }
}
