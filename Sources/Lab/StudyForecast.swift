import Beckon

/// What running a study would do, without doing any of it.
public struct StudyForecast: Sendable {
  /// One variant with one seed.
  public struct Cell: Sendable {
    /// Variant's name.
    public let variant: String
    /// Seed.
    public let seed: UInt64
    /// Identity.
    public let identity: String
    /// What it is at.
    public let state: RunStore.State
    /// Seconds that it should take; nil if nothing like it has been run.
    public let seconds: Double?
  }

  /// A trained piece that cells share.
  public struct Piece: Sendable {
    /// `encoder`, `embeddings` or `intents`, and the component.
    public let work: String
    /// Its file's name without the ending.
    public let name: String
    /// Whether it is in the store.
    public let isCached: Bool
    /// Cells that use it.
    public let cells: Int
    /// Seconds that it should take; nil if nothing like it has been made.
    public let seconds: Double?
  }

  /// Cells in the order of the spec.
  public let cells: [Cell]
  /// Pieces in the order in which they are needed.
  public let pieces: [Piece]
  /// Finished cells in the folder that the spec no longer asks for.
  public let stale: Int
  /// Largest memory of a process that did such work, in MiB; nil if nothing like it has been run.
  public let peakMemoryMiB: Double?

  /// Cells that are to be run.
  public var toRun: [Cell] { cells.filter { $0.state != .done } }
  /// Pieces that are to be made.
  public var toMake: [Piece] {
    // A piece is made when a cell that needs it is run.
    toRun.isEmpty ? [] : pieces.filter { !$0.isCached }
  }
  /// Seconds of all that is known, one after the other.
  public var seconds: Double {
    toRun.compactMap(\.seconds).reduce(0, +) + toMake.compactMap(\.seconds).reduce(0, +)
  }
  /// Work of which nothing is known.
  public var unknown: [String] {
    let works = toMake.filter { $0.seconds == nil }.map(\.work)
    let cells = toRun.count { $0.seconds == nil }
    return Array(Set(works)).sorted() + (cells == 0 ? [] : ["\(cells) cell\(cells == 1 ? "" : "s")"])
  }
}

extension Study {
  /// Plans the study and estimates what it takes, from what such work took before in this store and its neighbours. The
  /// data are read; nothing is written.
  ///
  /// - Throws: as `run`, before any cell.
  public func forecast() throws -> StudyForecast {
    let plan = try StudyPlan(spec, assembly())
    _ = try store.plan()
    let known = Efforts(pieces: pieces.efforts(), cells: cellEfforts())
    var order: [String] = []
    var uses: [String: (work: String, isCached: Bool, done: Double, cells: Int, events: Int)] = [:]
    let cells = plan.cells.map { cell in
      let events = Int(plan.data[cell.variant.name]?["interactions"]?.number ?? 0)
      for (kind, identity) in cell.plan.pieces {
        let name = PieceStore.name(kind, identity)
        guard uses[name] == nil else {
          uses[name]?.cells += 1
          continue
        }
        order.append(name)
        let slot: Slot =
          switch kind {
          case "embeddings": .embeddings
          case "intents": .intents
          default: identity == cell.plan.encoder ? .encoder : .matcher
          }
        let component = cell.variant.parts[slot]?.first?.entry.about.identifier ?? ""
        uses[name] = (
          "\(kind) \(component)", pieces.has(kind, identity), pieces.earlierSeconds(kind, identity), 1, events
        )
      }
      return StudyForecast.Cell(
        variant: cell.variant.name, seed: cell.seed, identity: cell.identity,
        state: store.state(cell.identity),
        seconds: known.seconds(of: cell.work, on: events))
    }
    let made = order.compactMap { name in
      uses[name].map {
        StudyForecast.Piece(
          work: $0.work, name: name, isCached: $0.isCached, cells: $0.cells,
          seconds: known.seconds(of: $0.work, on: $0.events, less: $0.done))
      }
    }
    let works = Set(plan.cells.map(\.work) + made.map(\.work))
    return StudyForecast(
      cells: cells, pieces: made, stale: store.folders(notOf: plan.cells.map(\.identity)).count,
      peakMemoryMiB: known.memory(of: works))
  }

  private func cellEfforts() -> [Effort] {
    let neighbours =
      (try? FileManager.default.contentsOfDirectory(
        at: store.folder.deletingLastPathComponent(), includingPropertiesForKeys: nil)) ?? []
    return (neighbours + [store.folder]).flatMap { folder -> [Effort] in
      let cells = CellStore(folder: folder.appending(path: "cells"))
      let names =
        (try? FileManager.default.contentsOfDirectory(atPath: cells.folder.path(percentEncoded: false))) ?? []
      return names.compactMap { cells.effort($0) }
    }
  }
}

/// What work took before.
private struct Efforts {
  private let byWork: [String: [Effort]]

  init(pieces: [Effort], cells: [Effort]) { byWork = Dictionary(grouping: pieces + cells, by: \.work) }

  /// The median of the same work on as much data; of other sizes in proportion. Threads are taken to share evenly.
  ///
  /// - Parameter done: seconds that an unfinished training took already.
  func seconds(of work: String, on interactions: Int, less done: Double = 0) -> Double? {
    guard let all = byWork[work], !all.isEmpty else { return nil }
    let same = all.filter { $0.interactions == interactions }
    let scaled = (same.isEmpty ? all : same).map { effort in
      effort.seconds * Double(interactions) / Double(max(1, effort.interactions)) * Double(effort.threads)
        / Double(Parallel.threads)
    }.sorted()
    return max(0, scaled[scaled.count / 2] - done)
  }

  func memory(of works: Set<String>) -> Double? {
    works.flatMap { byWork[$0] ?? [] }.map(\.peakMemoryMiB).max()
  }
}
