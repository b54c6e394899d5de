import Beckon
import Foundation
import Lab

/// `npy/`: of each metric the values of the users as `[variant, seed, user]`, the means as `[variant, seed, metric]`,
/// and `index.json`, which says what stands at which place of the axes.
struct NumPyFiles {
  private let results: StudyResults
  private let variants: [String]
  private let seeds: [UInt64]
  private let metrics: [String]

  /// Numbers that are held at once while the values of users are read: 256 MiB.
  private static let mostNumbers = 1 << 25

  init(_ results: StudyResults) {
    self.results = results
    variants = results.spec.variants.map(\.name)
    seeds = results.spec.seeds
    metrics = results.runs.flatMap { $0.record.metrics.map(\.name) }.uniqued()
  }

  /// Writes them all, the index last.
  ///
  /// - Returns: what was written.
  /// - Throws: `WriteError`; `Problem` or `LineProblem` for damaged values of users.
  func write(to folder: URL) throws -> [URL] {
    let seedPlaces = Dictionary(seeds.enumerated().map { ($1, $0) }) { first, _ in first }
    let variantPlaces = Dictionary(variants.enumerated().map { ($1, $0) }) { first, _ in first }
    let runs = results.runs.compactMap { run -> (place: Int, run: StudyResults.Run)? in
      guard let variant = variantPlaces[run.variant], let seed = seedPlaces[run.seed] else { return nil }
      return (variant * seeds.count + seed, run)
    }
    var written = [folder.appending(path: "means.npy")]
    try writeMeans(runs, to: written[0])

    var counts: [String: Int] = [:]
    var known: Set<String> = []
    for (_, run) in runs {
      guard let values = try UserFile.values(of: run) else { continue }
      counts[run.variant] = max(counts[run.variant] ?? 0, values.count)
      known.formUnion(values.metrics)
    }
    let users = counts.values.max() ?? 0
    let perUser = users == 0 ? [] : metrics.filter(known.contains)
    let fileNames = Self.fileNames(of: perUser)
    let cells = variants.count * seeds.count
    let batch = max(1, Self.mostNumbers / max(1, cells * users))
    var files: [(String, JSON)] = []
    for start in stride(from: 0, to: perUser.count, by: batch) {
      let names = Array(perUser[start..<min(start + batch, perUser.count)])
      var arrays = [[Double]](
        repeating: [Double](repeating: .nan, count: cells * users), count: names.count)
      for (place, run) in runs {
        guard let values = try UserFile.values(of: run) else { continue }
        for (index, name) in names.enumerated() {
          for (user, value) in (values[name] ?? []).enumerated() {
            arrays[index][place * users + user] = value
          }
        }
      }
      for (offset, (name, array)) in zip(names, arrays).enumerated() {
        let file = fileNames[start + offset]
        try Self.write(array, shape: [variants.count, seeds.count, users], to: folder.appending(path: file))
        written.append(folder.appending(path: file))
        files.append((name, .string(file)))
      }
    }
    written.append(folder.appending(path: "index.json"))
    let index = JSON.members([
      ("study", .string(results.spec.name)),
      ("axes", .array([.string("variant"), .string("seed"), .string("user")])),
      ("variants", .array(variants.map { .string($0) })),
      ("seeds", .array(seeds.map { .number(Double($0)) })),
      ("users", .members(variants.map { ($0, .number(Double(counts[$0] ?? 0))) })),
      ("files", .members(files)),
      (
        "means",
        .members([
          ("file", .string("means.npy")),
          ("axes", .array([.string("variant"), .string("seed"), .string("metric")])),
          ("metrics", .array(metrics.map { .string($0) })),
        ])
      ),
    ])
    try AtomicFile.write(index.pretty + "\n", to: written[written.count - 1])
    return written
  }

  /// A name for the file of each metric: no two are the same, even where case makes no difference, and none is that of
  /// the means. The index says which is whose.
  private static func fileNames(of metrics: [String]) -> [String] {
    var taken: Set<String> = ["means"]
    return metrics.map { metric in
      let plain = metric.replacing("/", with: "-")
      var (name, number) = (plain, 1)
      while !taken.insert(name.lowercased()).inserted {
        number += 1
        name = "\(plain)-\(number)"
      }
      return "\(name).npy"
    }
  }

  private func writeMeans(_ runs: [(place: Int, run: StudyResults.Run)], to file: URL) throws {
    var means = [Double](repeating: .nan, count: variants.count * seeds.count * metrics.count)
    let places = Dictionary(metrics.enumerated().map { ($1, $0) }) { first, _ in first }
    for (place, run) in runs {
      for (name, value) in run.record.metrics {
        if let metric = places[name], let value { means[place * metrics.count + metric] = value }
      }
    }
    try Self.write(means, shape: [variants.count, seeds.count, metrics.count], to: file)
  }

  /// Writes an array in NumPy's format 1.0: little-endian doubles in the order of C.
  private static func write(_ values: [Double], shape: [Int], to file: URL) throws {
    let sizes = shape.map(String.init).joined(separator: ", ")
    var head = "{'descr': '<f8', 'fortran_order': False, 'shape': (\(sizes)), }"
    // Magic, version and length take ten bytes; with the head and its line end a multiple of 64.
    head += String(repeating: " ", count: 63 - (10 + head.utf8.count) % 64) + "\n"
    var data = Data([0x93] + "NUMPY".utf8 + [1, 0])
    withUnsafeBytes(of: UInt16(head.utf8.count).littleEndian) { data.append(contentsOf: $0) }
    data.append(contentsOf: head.utf8)
    try AtomicFile.write(to: file) { append in
      try append(data)
      for start in stride(from: 0, to: values.count, by: 1 << 16) {
        var part = Data(capacity: 8 << 16)
        for value in values[start..<min(start + (1 << 16), values.count)] {
          withUnsafeBytes(of: value.bitPattern.littleEndian) { part.append(contentsOf: $0) }
        }
        try append(part)
      }
    }
  }
}
