import Beckon
import Hashing

/// Trained pieces on disk, each under the identity of just what it depends on, so that variants and runs share them.
public struct PieceStore: Sendable {
  /// The folder.
  public let folder: URL

  /// A store in a folder, which is made when something is saved.
  public init(folder: URL) { self.folder = folder }

  /// The name of a piece: of its file without the ending.
  static func name(_ kind: String, _ identity: String) -> String { "\(kind)-\(identity.prefix(24))" }

  /// The file of a piece.
  public func file(_ kind: String, _ identity: String) -> URL {
    folder.appending(path: Self.name(kind, identity) + ".safetensors")
  }

  /// Whether a piece's file is there.
  func has(_ kind: String, _ identity: String) -> Bool {
    FileManager.default.fileExists(atPath: file(kind, identity).path(percentEncoded: false))
  }

  /// A piece saved earlier; nil if there is none. A file that is damaged or another piece's is set aside, and the
  /// piece made again.
  ///
  /// - Parameter note: is told so in a sentence.
  func load(_ kind: String, _ identity: String, note: (String) -> Void) throws -> ParameterSet<Float>? {
    guard has(kind, identity) else { return nil }
    let path = file(kind, identity).path(percentEncoded: false)
    if let tensors = try? Safetensors.read(path), let about = try? Safetensors.readMetadata(path),
      about["identity"] == identity
    {
      let set = ParameterSet(tensors.sorted { $0.key < $1.key }.map { ($0.key, $0.value.matrix) })
      if about["digest"] == Self.digest(of: set) { return set }
    }
    guard rename(path, path + ".damaged") == 0 else {
      throw WriteError(path: path, reason: String(cString: strerror(errno)))
    }
    note("\(path): damaged. It is set aside with the ending .damaged, and made again.")
    return nil
  }

  /// Saves a piece, and what it took.
  func save(
    _ set: ParameterSet<Float>, _ kind: String, _ identity: String, about: [String: String],
    effort: Effort? = nil
  ) throws {
    let metadata = about.merging(["identity": identity, "digest": Self.digest(of: set)]) { _, new in new }
    if let effort { try AtomicFile.write(effort.json.pretty + "\n", to: effortFile(kind, identity)) }
    try AtomicFile.write(to: file(kind, identity)) { try $0(Safetensors.data(of: set, metadata: metadata)) }
  }

  private static func digest(of set: ParameterSet<Float>) -> String {
    SHA256.hexadecimal(of: Safetensors.data(of: set))
  }

  private func effortFile(_ kind: String, _ identity: String) -> URL {
    folder.appending(path: Self.name(kind, identity) + ".effort.json")
  }

  /// What the pieces in the store took.
  func efforts() -> [Effort] {
    let files =
      (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)) ?? []
    return files.filter { $0.lastPathComponent.hasSuffix(".effort.json") }.compactMap {
      Effort(contentsOf: $0)
    }
  }

  private func lock(_ kind: String, _ identity: String) -> URL {
    folder.appending(path: "locks/" + Self.name(kind, identity))
  }

  /// Takes a piece in order to make it, waiting while another process does.
  func claim(_ kind: String, _ identity: String) throws -> FileLock? {
    try FileLock.take(lock(kind, identity), waiting: true)
  }

  /// Whether a process makes a piece now.
  func isBeingMade(_ kind: String, _ identity: String) -> Bool { FileLock.isHeld(lock(kind, identity)) }
}
