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

  /// A piece saved earlier; nil if there is none or if it cannot be read (it is then made again).
  func load(_ kind: String, _ identity: String) -> ParameterSet<Float>? {
    let path = file(kind, identity).path(percentEncoded: false)
    guard FileManager.default.fileExists(atPath: path), let tensors = try? Safetensors.read(path) else {
      return nil
    }
    let set = ParameterSet(tensors.sorted { $0.key < $1.key }.map { ($0.key, $0.value.matrix) })
    return set
  }

  /// Saves a piece.
  func save(_ set: ParameterSet<Float>, _ kind: String, _ identity: String, about: [String: String]) throws {
    do { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) } catch {
      throw WriteError(path: folder.path(percentEncoded: false), reason: "the folder cannot be made")
    }
    try Safetensors.write(set, metadata: about, to: file(kind, identity).path(percentEncoded: false))
  }
}
