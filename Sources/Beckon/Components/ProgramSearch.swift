/// Finds programs as a shell does.
package enum ProgramSearch {
  /// The first executable file of that name in the folders of a search path.
  ///
  /// - Parameter path: folders joined by colons, such as the environment's `PATH`.
  package static func find(_ name: String, in path: String?) -> URL? {
    folders(path).lazy.map { $0.appending(path: name) }.first { url in
      let file = url.path(percentEncoded: false)
      var isFolder: ObjCBool = false
      // A folder may be entered, and so counts as executable.
      return FileManager.default.fileExists(atPath: file, isDirectory: &isFolder) && !isFolder.boolValue
        && FileManager.default.isExecutableFile(atPath: file)
    }
  }

  /// The name in the folders of a search path that is most like one that is not there; nil if none is near.
  ///
  /// - Parameter path: folders joined by colons, such as the environment's `PATH`.
  package static func nearest(to name: String, in path: String?) -> String? {
    let names = folders(path).flatMap { folder in
      (try? FileManager.default.contentsOfDirectory(atPath: folder.path(percentEncoded: false))) ?? []
    }
    // There are thousands, and slips in the first letter are rare.
    return Suggestion.nearest(to: name, among: names.filter { $0.first == name.first })
  }

  private static func folders(_ path: String?) -> [URL] {
    (path ?? "").split(separator: ":").map { URL(filePath: String($0)) }
  }
}
