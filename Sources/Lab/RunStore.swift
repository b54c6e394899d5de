import Beckon

/// The folder of a study cannot be used.
public struct StoreError: Error, Equatable, CustomStringConvertible {
  /// Place, fact, next step.
  public let description: String
}

/// The folder of one study: its plan, and its cells in whatever state.
public struct RunStore: Sendable {
  /// The folder, `Runs/<name>`.
  public let folder: URL
  let cells: CellStore

  /// A store in a folder, which is made when something is written.
  public init(folder: URL) {
    self.folder = folder
    cells = CellStore(folder: folder.appending(path: "cells"))
  }

  private var planFile: URL { folder.appending(path: "plan.json") }

  /// What a cell is at.
  public enum State: Sendable, Equatable {
    case planned, running, done
    /// It failed the last time.
    case failed(String)
    /// Its result is there and cannot be trusted.
    case damaged(String)
  }

  /// One cell as the last plan names it.
  public struct PlannedCell: Sendable, Equatable {
    /// Variant's name.
    public let variant: String
    /// Seed.
    public let seed: UInt64
    /// Identity.
    public let identity: String
    /// Names of the pieces it needs.
    public let pieces: [String]
  }

  /// Notes what is about to be worked on.
  ///
  /// - Throws: `StoreError` if a newer version wrote here; `WriteError`.
  func begin(_ plan: StudyPlan, of spec: ResolvedSpec) throws {
    _ = try self.plan()
    let cells = plan.cells.map { cell in
      JSON.members([
        ("variant", .string(cell.variant.name)), ("seed", .number(Double(cell.seed))),
        ("identity", .string(cell.identity)),
        ("pieces", .array(cell.plan.pieces.map { .string(PieceStore.name($0.kind, $0.identity)) })),
      ])
    }
    let json = JSON.members([
      ("format", .number(Double(CellStore.format))), ("name", .string(spec.name)),
      ("spec", .string(spec.file)),
      ("cells", .array(cells)),
    ])
    try AtomicFile.write(json.pretty + "\n", to: planFile)
  }

  /// The cells of the last plan; nil if nothing was run here.
  ///
  /// - Throws: `StoreError` if a newer version wrote here.
  public func plan() throws -> [PlannedCell]? {
    guard let text = try? String(contentsOf: planFile, encoding: .utf8) else { return nil }
    // A damaged plan is not worth a word: the next run writes it anew, and identities are computed, not believed.
    guard let json = try? JSON(parsing: text) else { return nil }
    if let format = json["format"]?.number, Int(format) > CellStore.format {
      throw StoreError(
        description: "\(folder.path(percentEncoded: false)): written by a newer version of Beckon (format "
          + "\(Int(format)); this one knows up to \(CellStore.format)). Use that version, or another folder by --out."
      )
    }
    return (json["cells"]?.array ?? []).compactMap { cell in
      guard let variant = cell["variant"]?.string, let seed = cell["seed"]?.number,
        let identity = cell["identity"]?.string
      else { return nil }
      return PlannedCell(
        variant: variant, seed: UInt64(seed), identity: identity,
        pieces: (cell["pieces"]?.array ?? []).compactMap(\.string))
    }
  }

  /// The state of a cell. Nothing is written.
  public func state(_ identity: String) -> State {
    if cells.isRunning(identity) { return .running }
    switch cells.find(identity) {
    case .record: return .done
    case .damaged(let reason): return .damaged(reason)
    case .nothing: return cells.failure(identity).map { .failed($0.reason) } ?? .planned
    }
  }

  /// The folder of a cell.
  public func folder(of cell: PlannedCell) -> URL { cells.folder(of: cell.identity) }

  /// Folders of cells that the last plan does not name: another configuration, other data or other code made them.
  public func stale() throws -> [URL] { folders(notOf: try (plan() ?? []).map(\.identity)) }

  /// Folders of other cells than some.
  func folders(notOf identities: [String]) -> [URL] {
    let current = Set(identities.map { String($0.prefix(24)) })
    let all = try? FileManager.default.contentsOfDirectory(at: cells.folder, includingPropertiesForKeys: nil)
    return (all ?? []).filter { !current.contains($0.lastPathComponent) }.sorted { $0.path() < $1.path() }
  }
}
