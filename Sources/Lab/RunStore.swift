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

  /// The layout that this version writes; it reads none above.
  static let format = 1

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

    /// Variant and seed.
    fileprivate var place: String { "\(seed) \(variant)" }
  }

  /// Notes what is about to be worked on.
  ///
  /// - Parameters:
  ///   - plan: the cells.
  ///   - spec: the study.
  ///   - code: digest of the laboratory's code.
  /// - Throws: `StoreError` if a newer version wrote here; `WriteError`.
  func begin(_ plan: StudyPlan, of spec: ResolvedSpec, code: String) throws {
    let cells = plan.cells.map { cell in
      PlannedCell(
        variant: cell.variant.name, seed: cell.seed, identity: cell.identity,
        pieces: cell.plan.pieces.map { PieceStore.name($0.kind, $0.identity) })
    }
    // Who runs one seed of a study does not give up the others: they stay known until the code changes.
    let taken = Set(cells.map(\.place))
    let before = try read()
    let known = before?["code"]?.string == code ? Self.allCells(of: before) : []
    let earlier = known.filter { !taken.contains($0.place) }
    let json = JSON.members([
      ("format", .number(Double(Self.format))), ("name", .string(spec.name)),
      ("spec", .string(spec.file)), ("code", .string(code)),
      ("cells", .array(cells.map(\.json))), ("earlier", .array(earlier.map(\.json))),
    ])
    try AtomicFile.write(json.pretty + "\n", to: planFile)
  }

  /// The cells of the last plan; nil if nothing was run here.
  ///
  /// - Throws: `StoreError` if a newer version wrote here.
  public func plan() throws -> [PlannedCell]? { try read().map { Self.cells($0, "cells") } }

  /// The cells of the last plan, and those of earlier ones that it says nothing else of: other seeds, other variants.
  ///
  /// - Throws: `StoreError` if a newer version wrote here.
  func known() throws -> [PlannedCell] { Self.allCells(of: try read()) }

  private static func allCells(of json: JSON?) -> [PlannedCell] {
    json.map { Self.cells($0, "cells") + Self.cells($0, "earlier") } ?? []
  }

  private func read() throws -> JSON? {
    // A damaged plan is not worth a word: the next run writes it anew, and identities are computed, not believed.
    guard let text = try? String(contentsOf: planFile, encoding: .utf8), let json = try? JSON(parsing: text)
    else { return nil }
    if let format = json["format"]?.number, format > Double(Self.format) {
      throw StoreError(
        description: "\(folder.path(percentEncoded: false)): written by a newer version of Beckon (format "
          + "\(JSON.number(format).compact); this one knows up to \(Self.format)). Use that version, or another "
          + "folder by --out."
      )
    }
    return json
  }

  private static func cells(_ json: JSON, _ key: String) -> [PlannedCell] {
    (json[key]?.array ?? []).compactMap(PlannedCell.init)
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

  /// Folders of cells that no plan stands by any more: another configuration, other data or other code made them.
  public func stale() throws -> [URL] { folders(notOf: try known().map(\.identity)) }

  /// Folders of other cells than some.
  func folders(notOf identities: [String]) -> [URL] {
    let current = Set(identities.map { String($0.prefix(24)) })
    let all = try? FileManager.default.contentsOfDirectory(at: cells.folder, includingPropertiesForKeys: nil)
    return (all ?? []).filter { !current.contains($0.lastPathComponent) }.sorted { $0.path() < $1.path() }
  }
}

extension RunStore.PlannedCell {
  fileprivate var json: JSON {
    .members([
      ("variant", .string(variant)), ("seed", .number(Double(seed))), ("identity", .string(identity)),
      ("pieces", .array(pieces.map { .string($0) })),
    ])
  }

  fileprivate init?(_ json: JSON) {
    guard let variant = json["variant"]?.string, let number = json["seed"]?.number,
      let seed = UInt64(exactly: number), let identity = json["identity"]?.string
    else { return nil }
    self.init(
      variant: variant, seed: seed, identity: identity,
      pieces: (json["pieces"]?.array ?? []).compactMap(\.string))
  }
}
