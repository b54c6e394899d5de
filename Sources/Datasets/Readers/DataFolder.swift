import Beckon

/// Files of a dataset's folder.
enum DataFolder {
  /// A file that must be there.
  ///
  /// - Throws: `Problem` if it is not, or is empty.
  static func file(_ name: String, in folder: URL) throws -> TextFile {
    guard let file = try optionalFile(name, in: folder) else {
      throw Problem("dataset.path", "there is no \(name) in '\(folder.path(percentEncoded: false))'.")
    }
    return file
  }

  /// A file, or nil if the folder has none of that name.
  static func optionalFile(_ name: String, in folder: URL) throws -> TextFile? {
    let url = folder.appending(path: name)
    guard FileManager.default.fileExists(atPath: url.path(percentEncoded: false)) else { return nil }
    return try Problem.at("dataset.path") { try TextFile(url) }
  }

  /// Whether a path leads to a folder.
  static func isFolder(_ url: URL) -> Bool {
    var isFolder: ObjCBool = false
    let exists = FileManager.default.fileExists(
      atPath: url.path(percentEncoded: false), isDirectory: &isFolder)
    return exists && isFolder.boolValue
  }
}
