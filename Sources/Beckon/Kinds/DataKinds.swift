/// Where relative paths of data lead.
public struct DataLocations: Sendable {
  /// Folders, in the order they are tried.
  public let folders: [URL]

  /// The folders that relative paths are looked up in.
  public init(folders: [URL]) { self.folders = folders }

  /// The file or folder a spec names; absolute paths are taken as they are.
  ///
  /// - Throws: `Problem` that lists the places tried.
  public func find(_ path: String) throws -> URL {
    if path.hasPrefix("/") {
      if FileManager.default.fileExists(atPath: path) { return URL(filePath: path) }
      throw Problem("", "there is no file '\(path)'.")
    }
    let tried = folders.map { $0.appending(path: path) }
    if let found = tried.first(where: {
      FileManager.default.fileExists(atPath: $0.path(percentEncoded: false))
    }) {
      return found
    }
    let places = tried.map { $0.path(percentEncoded: false) }.joined(separator: ", ")
    throw Problem(
      "", "there is no '\(path)'; looked at \(places). Name the data folder by --data DIR or BECKON_DATA.")
  }
}

/// Reads or makes the events of a dataset.
public protocol DatasetSource: Component {
  /// The events in file order, with the items' names and categories where the format has them.
  ///
  /// - Throws: `Problem` or `LineProblem` for a file that is missing or malformed.
  func load(_ locations: DataLocations) throws -> Interactions

  /// The terms under which the data are published, where their publisher states some in a file of the release.
  var terms: DataTerms? { get }
}

/// Under which terms a dataset is published. Beckon refuses no data for want of them; it says aloud what holds.
public struct DataTerms: Sendable, Equatable {
  /// The dataset's folder, looked up like its files.
  public let folder: String
  /// Names that the file with the full terms goes by.
  public let files: [String]
  /// The terms in one line.
  public let summary: String

  /// The terms of a release.
  public init(folder: String, files: [String], summary: String) {
    self.folder = folder
    self.files = files
    self.summary = summary
  }

  /// The name of the file that is beside the data, or nil if there is none.
  public func file(_ locations: DataLocations) -> String? {
    guard let folder = try? locations.find(folder) else { return nil }
    return files.first {
      FileManager.default.fileExists(atPath: folder.appending(path: $0).path(percentEncoded: false))
    }
  }
}

/// Drops events: k-core, ratings, …
public protocol Filter: Component {
  /// The events that stay.
  func apply(_ interactions: Interactions) throws -> Interactions
}

/// Divides a dataset into training, validation and test.
public protocol Splitter: Component {
  /// The division.
  ///
  /// - Throws: `Problem` if a user's history is too short.
  func split(_ dataset: Dataset) throws -> Split
}

extension DatasetSource {
  /// The role.
  public static var kind: Kind { .dataset }
  /// None are known.
  public var terms: DataTerms? { nil }
}
extension Filter {
  /// The role.
  public static var kind: Kind { .filter }
}
extension Splitter {
  /// The role.
  public static var kind: Kind { .split }
}

/// A line of a data file that cannot be read.
public struct LineProblem: Error, Equatable, Sendable, CustomStringConvertible {
  /// File name.
  public let file: String
  /// Line number, from 1.
  public let line: Int
  /// What was expected and what was found.
  public let fact: String

  /// A problem at a line.
  public init(file: String, line: Int, fact: String) {
    self.file = file
    self.line = line
    self.fact = fact
  }

  /// `u.data:4711: expected 4 tab-separated fields …`
  public var description: String { "\(file):\(line): \(fact)" }
}
