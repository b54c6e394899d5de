import Beckon
import Hashing
import Networking

/// A public dataset that could not be brought here: place, fact, next step.
public struct FetchError: Error, Equatable, CustomStringConvertible {
  /// The dataset, or the file.
  public let place: String
  /// What is wrong, and what to do.
  public let fact: String

  /// `place: fact`
  public var description: String { "\(place): \(fact)" }

  init(_ place: String, _ fact: String) {
    self.place = place
    self.fact = fact
  }
}

/// Brings a public dataset from its home into the data folder.
///
/// The archive goes to `NAME.zip.part`, which an interrupted download leaves behind to be continued. Only an archive
/// of the right size and SHA-256 is unpacked, into a folder beside the dataset's own, which takes its name when
/// everything is in it: a folder of that name is always whole.
public struct DatasetFetch {
  /// What became of it.
  public enum Outcome: Sendable { case fetched, wasThere }

  private let dataset: PublicDataset
  private let data: URL
  private let source: URL
  private let searchPath: String

  /// A fetch.
  ///
  /// - Parameters:
  ///   - data: the data folder; it is made if it is not there.
  ///   - source: another place than the dataset's home; the checksum is the same.
  ///   - searchPath: folders with programs, divided by colons, among which `unzip` is looked for.
  /// - Throws: `FetchError` if the home is no address.
  public init(_ dataset: PublicDataset, into data: URL, from source: URL? = nil, searchPath: String) throws {
    guard let source = source ?? URL(string: dataset.home) else {
      throw FetchError(dataset.name, "'\(dataset.home)' is not an address.")
    }
    self.dataset = dataset
    self.data = data
    self.source = source
    self.searchPath = searchPath
  }

  /// Where the dataset's files are afterwards.
  public var folder: URL { data.appending(path: dataset.folder, directoryHint: .isDirectory) }

  /// The file with the terms of use.
  public var licence: URL { folder.appending(path: dataset.licence) }

  /// Whether the dataset is there already.
  ///
  /// - Throws: `FetchError` if a folder of its name lacks some of its files.
  public var isThere: Bool {
    get throws {
      guard FileManager.default.fileExists(atPath: path(folder)) else { return false }
      let missing = missing(in: folder)
      guard missing.isEmpty else {
        throw FetchError(
          path(folder),
          "there is such a folder, but without \(missing.joined(separator: ", ")). Move it away and fetch again."
        )
      }
      return true
    }
  }

  /// Downloads, checks and unpacks, unless the dataset is there.
  ///
  /// - Parameters:
  ///   - timeout: seconds without a byte after which the server is given up.
  ///   - progress: is told the bytes that are there and, if known, of how many.
  /// - Throws: `FetchError`.
  public func run(
    timeout: Double = 60, progress: @escaping @Sendable (_ done: Int, _ of: Int?) -> Void = { _, _ in }
  ) throws -> Outcome {
    if try isThere { return .wasThere }
    guard let unzip = Unzip(searchPath: searchPath) else {
      throw FetchError(
        dataset.name,
        "the archive is unpacked by 'unzip', which is not on the PATH. Install it (apt-get install unzip, "
          + "dnf install unzip, brew install unzip) and run the same command again.")
    }
    do { try FileManager.default.createDirectory(at: data, withIntermediateDirectories: true) } catch {
      throw FetchError(path(data), "the folder cannot be made. Name another by --data DIR.")
    }
    let archive = data.appending(path: "\(dataset.folder).zip.part")
    try download(to: archive, timeout, progress)
    try verify(archive)
    try unpack(archive, with: unzip)
    try? FileManager.default.removeItem(at: archive)
    return .fetched
  }

  private func download(
    to archive: URL, _ timeout: Double, _ progress: @escaping @Sendable (Int, Int?) -> Void
  ) throws {
    do {
      try Download(from: source, to: archive, size: dataset.size)
        .run(HTTPClient(timeout: timeout), progress: progress)
    } catch let error as DownloadError {
      let next =
        switch error {
        case .broken(_, let kept, _) where kept > 0:
          " They are in \(path(archive)): run the same command again to go on from there."
        case .broken: " Run the same command again when the server answers, or name a mirror by --from URL."
        case .refused: " Name a mirror by --from URL."
        case .wrongSize: " This is not the archive; nothing was kept. Name another place by --from URL."
        case .unwritable: " Name another folder by --data DIR."
        case .busy: " Wait until it is done."
        }
      throw FetchError(dataset.name, "\(source.absoluteString): \(error).\(next)")
    }
  }

  private func verify(_ archive: URL) throws {
    let found: String
    do { found = try SHA256.hexadecimal(contentsOf: archive) } catch {
      throw FetchError(path(archive), "cannot be read (\(error.localizedDescription)).")
    }
    guard found == dataset.sha256 else {
      try? FileManager.default.removeItem(at: archive)
      throw FetchError(
        dataset.name,
        "\(source.absoluteString): wrong checksum. Expected SHA-256 \(dataset.sha256), found \(found). Nothing was "
          + "kept; run the same command again, or name another place by --from URL.")
    }
  }

  /// Unpacks beside the dataset's folder and gives it that name when all is there.
  private func unpack(_ archive: URL, with unzip: Unzip) throws {
    let files = FileManager.default
    let staging = data.appending(path: ".\(dataset.folder).unpacking", directoryHint: .isDirectory)
    // What an interrupted run has left.
    try? files.removeItem(at: staging)
    defer { try? files.removeItem(at: staging) }
    do {
      try files.createDirectory(at: staging, withIntermediateDirectories: true)
      try unzip.unpack(archive, into: staging)
      let unpacked = staging.appending(path: dataset.archiveFolder, directoryHint: .isDirectory)
      let missing = missing(in: unpacked)
      guard missing.isEmpty else {
        try? files.removeItem(at: archive)
        let what = missing.contains(dataset.licence) ? "its licence file" : "files"
        throw FetchError(
          dataset.name,
          "the archive lacks \(what): \(missing.joined(separator: ", ")). It is not used, and nothing was kept."
        )
      }
      try files.moveItem(at: unpacked, to: folder)
    } catch let error as FetchError {
      throw error
    } catch {
      throw FetchError(dataset.name, "cannot be unpacked into \(path(data)): \(error.localizedDescription).")
    }
  }

  private func missing(in folder: URL) -> [String] {
    ([dataset.licence] + dataset.files).filter {
      !FileManager.default.fileExists(atPath: path(folder.appending(path: $0)))
    }
  }

  private func path(_ url: URL) -> String { url.path(percentEncoded: false) }
}
