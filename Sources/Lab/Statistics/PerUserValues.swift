import Beckon

/// The values of a cell's metrics, user by user: the `users.csv` that a run keeps beside `result.json`.
///
/// The first line is `index,metric@cutoff,…`, then a line a user in the order of their indices; an empty field, or a
/// number that is not finite, is a value that the run could not give.
public struct PerUserValues: Sendable, Equatable {
  /// Metrics in the order of the file; those of the whole run, such as coverage, have no value per user and are not
  /// among them.
  public let metrics: [String]
  /// Number of users (of queries, where the task asks queries).
  public let count: Int
  private let columns: [String: [Double]]

  /// Values of a run, from the folder that the study was written to.
  ///
  /// - Throws: `Problem` if the file is missing; `LineProblem` if it is damaged.
  public init(of run: StudyResults.Run, in folder: URL) throws {
    let cells = CellStore(folder: folder.appending(path: "cells"))
    try self.init(contentsOf: cells.users(of: run.record.identity))
  }

  /// Values from a file.
  ///
  /// - Throws: `Problem` if it is missing; `LineProblem` if it is damaged.
  public init(contentsOf url: URL) throws {
    let path = url.path(percentEncoded: false)
    guard let text = try? String(contentsOf: url, encoding: .utf8) else {
      throw Problem(
        path,
        "there is no such file, or it is not text; it holds the values of each user. Run the study again.")
    }
    try self.init(parsing: text, file: path)
  }

  /// Values from a file's text.
  ///
  /// - Parameters:
  ///   - text: as the file has it.
  ///   - file: for messages.
  /// - Throws: `LineProblem` if it is damaged.
  public init(parsing text: String, file: String) throws {
    func damaged(_ line: Int, _ fact: String) -> LineProblem {
      LineProblem(file: file, line: line, fact: fact + " Remove the cell's folder and run the study again.")
    }
    var lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)[...]
    guard lines.popLast()?.isEmpty == true, let head = lines.popFirst() else {
      throw damaged(max(1, lines.count + 1), "the file ends within a line.")
    }
    let names = head.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false).map {
      String(Substring($0))
    }
    guard names.first == "index", Set(names).count == names.count, !names.contains("") else {
      throw damaged(1, "expected 'index' and the names of metrics, each once, found '\(Substring(head))'.")
    }
    var values = [[Double]](repeating: [], count: names.count)
    for index in values.indices { values[index].reserveCapacity(lines.count) }
    for (row, line) in lines.enumerated() {
      let fields = line.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
      guard fields.count == names.count else {
        throw damaged(row + 2, "expected \(names.count) fields, found \(fields.count).")
      }
      guard Substring(fields[0]) == "\(row)" else {
        throw damaged(row + 2, "expected the index \(row), found '\(Substring(fields[0]))'.")
      }
      for (column, field) in fields.enumerated().dropFirst() {
        guard let value = field.isEmpty ? .nan : Double(Substring(field)) else {
          throw damaged(row + 2, "'\(Substring(field))' is not a number (\(names[column])).")
        }
        values[column].append(value.isFinite ? value : .nan)
      }
    }
    metrics = Array(names.dropFirst())
    count = lines.count
    columns = Dictionary(uniqueKeysWithValues: zip(names, values).dropFirst().map { ($0, $1) })
  }

  /// The values of a metric, by user index.
  ///
  /// - Returns: NaN where a user has none; nil if the file lacks the metric.
  public subscript(metric: String) -> [Double]? { columns[metric] }
}
