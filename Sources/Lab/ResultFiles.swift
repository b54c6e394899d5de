import Beckon
import CKernels

/// The files of a finished study, for programs: `results.json`, `summary.csv`, `rounds.csv`, `timings.json`.
public struct ResultFiles {
  /// The format of `results.json` that this version writes; it reads none above.
  static let format = 1.0

  private let results: StudyResults

  /// Files of a study's results.
  public init(_ results: StudyResults) { self.results = results }

  /// Writes them all; each is whole or absent.
  ///
  /// - Throws: `WriteError`.
  public func write(to folder: URL) throws {
    try AtomicFile.write(json.pretty + "\n", to: folder.appending(path: "results.json"))
    try AtomicFile.write(summary, to: folder.appending(path: "summary.csv"))
    try AtomicFile.write(rounds, to: folder.appending(path: "rounds.csv"))
    try AtomicFile.write(timings.pretty + "\n", to: folder.appending(path: "timings.json"))
    if results.spec.trajectories { try writeTrajectories(to: folder) }
  }

  /// `results.json`: byte-identical on one machine and instruction set.
  public var json: JSON {
    .members([
      ("format", .number(Self.format)), ("name", .string(results.spec.name)),
      ("description", .string(results.spec.description)),
      ("runs", .array(results.runs.map(Self.json))), ("failed", .array(results.failures.map(Self.json))),
      ("data", .members(results.spec.variants.map { ($0.name, results.data[$0.name] ?? .null) })),
      ("spec", .members(results.spec.variants.map { ($0.name, $0.effective) })),
      ("grid", .members(results.spec.variants.filter { !$0.coordinates.isEmpty }.map(Self.place))),
      ("compareWith", .string(results.spec.compareWith)), ("cumulative", .bool(results.spec.isCumulative)),
      ("axis", .string(results.spec.axis)),
      ("seeds", .array(results.spec.seeds.map { .number(Double($0)) })),
      ("code", .string(results.coreDigest)), ("plugins", .array(results.plugins.map(Self.json))),
      ("toolchain", .string(Self.toolchain)),
      ("instructionSet", .string(Self.instructionSet)),
    ])
  }

  private static func json(_ run: StudyResults.Run) -> JSON {
    let values = run.record.metrics.compactMap { name, value in value.map { (name, JSON.number($0)) } }
    return .members([
      ("variant", .string(run.variant)), ("seed", .number(Double(run.seed))),
      ("cell", .string(String(run.record.identity.prefix(24)))), ("identity", .string(run.record.identity)),
      ("metrics", .members(values)), ("missing", .array(run.record.missing.map { .string($0) })),
      ("facts", run.record.facts),
    ])
  }

  private static func json(_ failure: StudyResults.Failure) -> JSON {
    .members([
      ("variant", .string(failure.variant)), ("seed", .number(Double(failure.seed))),
      ("error", .string(failure.reason)),
    ])
  }

  private static func json(_ plugin: Registry.Prebuilt) -> JSON {
    .members([
      ("path", .string(plugin.path)), ("sha256", .string(plugin.digest)), ("stamp", .string(plugin.stamp)),
    ])
  }

  /// Where a variant stands on the axes of the grid.
  private static func place(_ variant: ResolvedVariant) -> (String, JSON) {
    (variant.name, .members(variant.coordinates.map { ($0.axis, .string($0.label)) }))
  }

  /// One line a variant and metric: mean and standard deviation over the seeds.
  public var summary: String {
    var lines = ["variant,metric,mean,standardDeviation,seeds"]
    for row in SummaryTable(results).rows {
      for (name, value) in row.values {
        let spread = value.deviation.map { "\($0)" } ?? ""
        lines.append("\(Self.csv(row.variant)),\(name),\(value.mean),\(spread),\(value.count)")
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private var rounds: String {
    let columns = results.runs.first { !$0.record.rounds.columns.isEmpty }?.record.rounds.columns ?? []
    var lines = [(["variant", "seed"] + columns).joined(separator: ",")]
    for run in results.runs {
      for row in run.record.rounds.rows {
        let values = row.enumerated().map { $0.offset == 0 ? "\(Int($0.element))" : "\($0.element)" }
        lines.append(([Self.csv(run.variant), "\(run.seed)"] + values).joined(separator: ","))
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private var timings: JSON {
    let runs = results.runs.map { run in
      JSON.members([
        ("variant", .string(run.variant)), ("seed", .number(Double(run.seed))),
        ("seconds", .number(run.seconds)), ("reused", .bool(run.reused)),
      ])
    }
    return .members([
      ("seconds", .number(results.seconds)), ("peakMemoryMiB", .number(Machine.peakMemoryMiB)),
      ("threads", .number(Double(Parallel.threads))), ("processors", .number(Double(Machine.processors))),
      ("system", .string(ProcessInfo.processInfo.operatingSystemVersionString)), ("runs", .array(runs)),
    ])
  }

  private func writeTrajectories(to folder: URL) throws {
    let cells = CellStore(folder: folder.appending(path: "cells"))
    try AtomicFile.write(to: folder.appending(path: "trajectories.jsonl")) { append in
      for run in results.runs where cells.hasTrajectories(run.record.identity) {
        let lead = JSON.members([("variant", .string(run.variant)), ("seed", .number(Double(run.seed)))])
          .compact
        // Every line of a cell's file begins with a brace: the variant and the seed go in behind it.
        let start = Data((lead.dropLast() + ",").utf8)
        let file = try FileHandle(forReadingFrom: cells.trajectories(of: run.record.identity))
        defer { try? file.close() }
        var rest = Data()
        while let chunk = try file.read(upToCount: 1 << 20), !chunk.isEmpty {
          rest += chunk
          while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            try append(start + rest[rest.startIndex..<end].dropFirst() + Data("\n".utf8))
            rest = rest[(end + 1)...]
          }
          rest = Data(rest)
        }
      }
    }
  }

  /// A field of a CSV line; quoted where it must be (RFC 4180, section 2).
  public static func csv(_ text: String) -> String {
    guard text.contains(where: { ",\"\n\r".contains($0) }) else { return text }
    return "\"" + text.replacing("\"", with: "\"\"") + "\""
  }

  static var toolchain: String {
    #if compiler(>=6.4)
      "Swift 6.4 or newer, \(String(cString: bk_compiler()))"
    #else
      "Swift 6.3, \(String(cString: bk_compiler()))"
    #endif
  }

  static var instructionSet: String { String(cString: bk_path_name(bk_current_path())) }
}
