import Beckon

/// The folders of all studies, `Runs/`, and the pieces that they share.
public struct RunShelf: Sendable {
  /// The folder.
  public let folder: URL

  /// A shelf in a folder.
  public init(folder: URL) { self.folder = folder }

  /// The folder of the shared pieces.
  public var pieces: URL { folder.appending(path: "pieces") }

  /// Names of the studies that were run here, sorted.
  public var names: [String] {
    let all = (try? FileManager.default.contentsOfDirectory(atPath: folder.path(percentEncoded: false))) ?? []
    return all.filter { has($0) }.sorted()
  }

  /// Whether a study of that name was run here.
  public func has(_ name: String) -> Bool {
    FileManager.default.fileExists(
      atPath: folder.appending(path: name).appending(path: "plan.json").path(percentEncoded: false))
  }

  /// A study's store.
  public func store(_ name: String) -> RunStore { RunStore(folder: folder.appending(path: name)) }

  /// What can be thrown away without losing a result that any study's plans stand by.
  ///
  /// - Returns: cells that are stale, what stopped writes left behind, files set aside as damaged, and pieces that no
  ///   plan names. Whatever a process works on now is not among them.
  /// - Throws: `StoreError` if one study is a newer version's: what it needs is not known then.
  public func garbage() throws -> [URL] {
    var result: [URL] = []
    var needed: Set<String> = []
    for name in names {
      let store = store(name)
      for cell in try store.known() { needed.formUnion(cell.pieces) }
      result += try store.stale().filter { !store.cells.isRunning($0.lastPathComponent) }
      result += Self.leftovers(in: store.folder)
    }
    result += Self.leftovers(in: pieces)
    let files =
      (try? FileManager.default.contentsOfDirectory(at: pieces, includingPropertiesForKeys: nil)) ?? []
    for file in files where !file.hasDirectoryPath {
      let piece = file.lastPathComponent.split(separator: ".").first.map(String.init) ?? ""
      let isHeld = FileLock.isHeld(pieces.appending(path: "locks/" + piece))
      // Where a training stands is of no use once its piece is there.
      let isOver =
        file.lastPathComponent == piece + ".training.safetensors"
        && files.contains { $0.lastPathComponent == piece + ".safetensors" }
      if isOver || !needed.contains(piece), !isHeld, !result.contains(file) { result.append(file) }
    }
    // A folder takes what is in it along.
    let folders = Set(result.map { $0.standardizedFileURL.path(percentEncoded: false) })
    return result.filter { url in
      var above = url.deletingLastPathComponent().standardizedFileURL
      while above.pathComponents.count > 1 {
        let path = above.path(percentEncoded: false)
        if folders.contains(path) || folders.contains(String(path.dropLast())) { return false }
        above.deleteLastPathComponent()
      }
      return true
    }.sorted { $0.path() < $1.path() }
  }

  /// Temporary files of processes that are gone, and files set aside.
  private static func leftovers(in folder: URL) -> [URL] {
    let walk = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
    return (walk?.compactMap { $0 as? URL } ?? []).filter { url in
      if url.pathExtension == "damaged" { return true }
      guard url.pathExtension == "tmp" else { return false }
      let writer = url.deletingPathExtension().pathExtension
      guard let process = Int32(writer) else { return true }
      return kill(process, 0) != 0 && errno == ESRCH
    }
  }

  /// Bytes of a file, or of all files in a folder.
  public static func size(of url: URL) -> Int {
    func bytes(_ url: URL) -> Int {
      (try? FileManager.default.attributesOfItem(atPath: url.path(percentEncoded: false)))?[.size] as? Int
        ?? 0
    }
    guard let walk = FileManager.default.enumerator(at: url, includingPropertiesForKeys: nil) else {
      return bytes(url)
    }
    let inside = walk.compactMap { $0 as? URL }
    return inside.isEmpty ? bytes(url) : inside.reduce(0) { $0 + bytes($1) }
  }
}
