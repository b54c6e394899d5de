import Beckon
import Foundation
import Lab

/// `report.jsonl`, a line a run and metric, and `users.jsonl`, a line a run and user: what pandas reads as a table.
struct JSONLines {
  private let results: StudyResults

  init(_ results: StudyResults) { self.results = results }

  /// Writes both; the second only if any run has values of its users.
  ///
  /// - Returns: what was written.
  /// - Throws: `WriteError`; `Problem` or `LineProblem` for damaged values of users.
  func write(to folder: URL) throws -> [URL] {
    let leads = Dictionary(results.spec.variants.map { ($0.name, Self.lead($0)) }) { first, _ in first }
    let report = folder.appending(path: "report.jsonl")
    try AtomicFile.write(to: report) { append in
      for run in results.runs {
        let lines = run.record.metrics.map { name, value in
          line(run, leads, [("metric", .string(name)), ("value", Self.number(value))])
        }
        try append(Data(lines.joined().utf8))
      }
    }
    let withUsers = results.runs.filter { UserFile.url(of: $0) != nil }
    guard !withUsers.isEmpty else { return [report] }
    let users = folder.appending(path: "users.jsonl")
    try AtomicFile.write(to: users) { append in
      for run in withUsers {
        guard let values = try UserFile.values(of: run) else { continue }
        let kept = run.record.metrics.map(\.name).compactMap { name in values[name].map { (name, $0) } }
        var lines = ""
        for user in 0..<values.count {
          lines += line(
            run, leads,
            [("user", .number(Double(user)))] + kept.map { ($0.0, Self.number($0.1[user])) })
        }
        try append(Data(lines.utf8))
      }
    }
    return [report, users]
  }

  private func line(
    _ run: StudyResults.Run, _ leads: [String: [(String, JSON)]], _ members: [(String, JSON)]
  ) -> String {
    let lead = leads[run.variant] ?? [("variant", .string(run.variant))]
    return JSON.members(lead + [("seed", .number(Double(run.seed)))] + members).compact + "\n"
  }

  /// The variant's name, and where it stands on the axes of the grid; numbers as numbers.
  private static func lead(_ variant: ResolvedVariant) -> [(String, JSON)] {
    [("variant", .string(variant.name))]
      + variant.coordinates.map { coordinate in
        let number = Double(coordinate.label).flatMap { $0.isFinite ? $0 : nil }
        return (coordinate.axis, number.map { .number($0) } ?? .string(coordinate.label))
      }
  }

  private static func number(_ value: Double?) -> JSON {
    value.flatMap { $0.isFinite ? JSON.number($0) : nil } ?? .null
  }
}
