import Beckon
import Lab

/// The values of a run's users, where its cell is still there.
enum UserFile {
  /// The file; nil if the run's cell has none.
  static func url(of run: StudyResults.Run) -> URL? {
    guard let file = run.cell?.appending(path: "users.csv"),
      FileManager.default.fileExists(atPath: file.path(percentEncoded: false))
    else { return nil }
    return file
  }

  /// Values by metric; nil if the run's cell has none.
  ///
  /// - Throws: `LineProblem` if the file is damaged; `Problem` if it is no text.
  static func values(of run: StudyResults.Run) throws -> PerUserValues? {
    try url(of: run).map { try PerUserValues(contentsOf: $0) }
  }
}
