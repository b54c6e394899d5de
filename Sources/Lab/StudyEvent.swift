import Beckon

/// What a study says of itself while it runs.
public enum StudyEvent: Sendable {
  /// Where a cell stands among the others.
  public struct Place: Sendable {
    /// Variant's name.
    public let variant: String
    /// Seed.
    public let seed: UInt64
    /// Cells that are finished, of this process's share.
    public let done: Int
    /// Cells of that share.
    public let of: Int
  }

  /// A cell begins.
  case began(Place)
  /// A cell was finished earlier, or by another process, with the same configuration, data and code.
  case reused(Place, CellRecord)
  /// A cell is finished.
  case finished(Place, CellRecord)
  /// A cell failed.
  case failed(Place, reason: String)
  /// All that is left is being worked on by other processes.
  case waiting(Place)
  /// Something a person should know, such as a damaged file.
  case note(String)
  /// Progress inside a cell.
  case progress(ProgressEvent)
}
