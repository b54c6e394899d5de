import Beckon

/// Files of a dataset's folder.
enum DataFolder {
  /// A file that must be there.
  ///
  /// - Throws: `Problem` that says what is there if it is not, or that it is empty.
  static func file(_ name: String, in folder: URL) throws -> TextFile {
    guard let file = try optionalFile(name, in: folder) else {
      let path = folder.path(percentEncoded: false)
      let names = (try? FileManager.default.contentsOfDirectory(atPath: path))?.sorted() ?? []
      let found = names.isEmpty ? "nothing" : names.prefix(8).joined(separator: ", ")
      let more = names.count > 8 ? " and \(names.count - 8) more" : ""
      throw Problem("dataset.path", "there is no \(name) in '\(path)', which holds \(found)\(more).")
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
