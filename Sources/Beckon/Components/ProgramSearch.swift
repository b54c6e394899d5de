/// Finds programs as a shell does.
package enum ProgramSearch {
  /// The first executable file of that name in the folders of a search path.
  ///
  /// - Parameter path: folders joined by colons, such as the environment's `PATH`.
  package static func find(_ name: String, in path: String?) -> URL? {
    (path ?? "").split(separator: ":").lazy.map { URL(filePath: String($0)).appending(path: name) }
      .first { FileManager.default.isExecutableFile(atPath: $0.path(percentEncoded: false)) }
  }
}
