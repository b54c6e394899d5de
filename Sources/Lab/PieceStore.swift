import Beckon
import Hashing
import Synchronization

/// Trained pieces on disk, each under the identity of just what it depends on, so that variants and runs share them.
public struct PieceStore: Sendable {
  /// The folder.
  public let folder: URL

  /// Seconds between two states of a training that are kept.
  let interval: Double

  /// A store in a folder, which is made when something is saved.
  ///
  /// - Parameters:
  ///   - folder: the folder.
  ///   - interval: seconds between two states of a training that are kept.
  public init(folder: URL, interval: Double = 30) {
    self.folder = folder
    self.interval = interval
  }

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
    try load(file(kind, identity), identity, note: note)?.set
  }

  private func load(
    _ file: URL, _ identity: String, note: (String) -> Void
  ) throws -> (set: ParameterSet<Float>, numbers: String)? {
    let path = file.path(percentEncoded: false)
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    if let tensors = try? Safetensors.read(path), let about = try? Safetensors.readMetadata(path),
      about["identity"] == identity
    {
      let set = ParameterSet(tensors.sorted { $0.key < $1.key }.map { ($0.key, $0.value.matrix) })
      let numbers = about["numbers"] ?? ""
      if about["digest"] == Self.digest(of: set, numbers) { return (set, numbers) }
    }
    guard rename(path, path + ".damaged") == 0 else {
      throw WriteError(path: path, reason: String(cString: strerror(errno)))
    }
    note("\(path): damaged. It is set aside with the ending .damaged, and made again.")
    return nil
  }

  /// Saves a piece, and what it took; the state of its training is not needed any more.
  func save(
    _ set: ParameterSet<Float>, _ kind: String, _ identity: String, about: [String: String],
    effort: Effort? = nil
  ) throws {
    if let effort { try AtomicFile.write(effort.json.pretty + "\n", to: effortFile(kind, identity)) }
    try write(set, about, identity, to: file(kind, identity))
    try? FileManager.default.removeItem(at: stateFile(kind, identity))
  }

  private func write(
    _ set: ParameterSet<Float>, _ about: [String: String], _ identity: String, to file: URL
  ) throws {
    let digest = Self.digest(of: set, about["numbers"] ?? "")
    let metadata = about.merging(["identity": identity, "digest": digest]) { _, new in new }
    try AtomicFile.write(to: file) { try $0(Safetensors.data(of: set, metadata: metadata)) }
  }

  private static func digest(of set: ParameterSet<Float>, _ numbers: String) -> String {
    SHA256.hexadecimal(of: Safetensors.data(of: set, metadata: numbers.isEmpty ? [:] : ["numbers": numbers]))
  }

  // Trainings that are not finished.

  /// The file of where a training stands; the name of its piece comes first, so that it is kept as long as that is
  /// needed.
  func stateFile(_ kind: String, _ identity: String) -> URL {
    folder.appending(path: Self.name(kind, identity) + ".training.safetensors")
  }

  /// Keeps where the training of a piece stands, at the ends of epochs and not more often than the interval says. A
  /// state that cannot be written, for want of space or otherwise, does not end the training.
  ///
  /// - Parameter note: is told of a file that is damaged, whereupon the training begins again, and of one that cannot
  ///   be written.
  func keeper(
    _ kind: String, _ identity: String, note: @escaping @Sendable (String) -> Void
  ) -> TrainingKeeper {
    let file = stateFile(kind, identity)
    let last = Mutex(Date())
    let isTold = Atomic(false)
    return TrainingKeeper(
      kept: {
        try load(file, identity, note: note).map { try TrainingState(tensors: $0.set, numbers: $0.numbers) }
      },
      keep: { state in
        guard last.withLock({ Date().timeIntervalSince($0) >= interval }) else { return }
        do { try write(state.tensors, ["numbers": state.numbers()], identity, to: file) } catch let error
          as WriteError
        {
          if !isTold.exchange(true, ordering: .relaxed) {
            note(
              "\(error.path): cannot be written: \(error.reason). The training goes on; should it be stopped, it "
                + "begins again.")
          }
        }
        last.withLock { $0 = Date() }
      })
  }

  /// Seconds that an unfinished training of a piece took before; 0 if there was none.
  func earlierSeconds(_ kind: String, _ identity: String) -> Double {
    let path = stateFile(kind, identity).path(percentEncoded: false)
    guard let about = try? Safetensors.readMetadata(path), let numbers = about["numbers"] else { return 0 }
    return (try? JSON(parsing: numbers))?["seconds"]?.number ?? 0
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
