import Beckon

/// Trained pieces on disk, each under the identity of just what it depends on, so that variants and runs share them.
public struct PieceStore: Sendable {
  /// The folder.
  public let folder: URL

  /// A store in a folder, which is made when something is saved.
  public init(folder: URL) { self.folder = folder }

  /// The file of a piece.
  public func file(_ kind: String, _ identity: String) -> URL {
    folder.appending(path: "\(kind)-\(identity.prefix(24)).safetensors")
  }

  /// A piece saved earlier; nil if there is none, or if the file is damaged or another piece's (it is then made
  /// again).
  func load(_ kind: String, _ identity: String) -> ParameterSet<Float>? {
    let path = file(kind, identity).path(percentEncoded: false)
    guard FileManager.default.fileExists(atPath: path), let tensors = try? Safetensors.read(path),
      (try? Safetensors.readMetadata(path))?["identity"] == identity
    else { return nil }
    return ParameterSet(tensors.sorted { $0.key < $1.key }.map { ($0.key, $0.value.matrix) })
  }

  /// Saves a piece.
  func save(_ set: ParameterSet<Float>, _ kind: String, _ identity: String, about: [String: String]) throws {
    let metadata = about.merging(["identity": identity]) { _, new in new }
    try AtomicFile.write(to: file(kind, identity)) { try $0(Safetensors.data(of: set, metadata: metadata)) }
  }
}
