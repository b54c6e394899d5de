import Beckon

extension StudyResults {
  /// Reads a finished study back from the folder that it was written to: `results.json`, `timings.json` if it is
  /// there, and of each cell what is still there. Without its cell a run has no rounds and no values of users.
  ///
  /// - Throws: `Problem` that names the file, if there is no such folder, no study in it, one of a newer format, or a
  ///   file is damaged.
  public init(readingFrom folder: URL) throws { self = try StudyReader(folder: folder).read() }
}

/// Reads a study's folder.
private struct StudyReader {
  let folder: URL

  func read() throws -> StudyResults {
    let file = folder.appending(path: "results.json")
    try checkFolder(file)
    let json = try parse(file)
    guard let format = json["format"]?.number, let name = json["name"]?.string else {
      throw damaged(file, "it lacks 'format' or 'name'")
    }
    guard format <= ResultFiles.format else {
      throw Problem(
        path(file),
        "was written in format \(JSON.number(format).compact) by a newer Beckon; this one reads up to "
          + "\(Int(ResultFiles.format)). Make the report with that Beckon, or update this one.")
    }
    let variants = try variants(json, file)
    let seeds = try (json["seeds"]?.array ?? []).map { try seed($0, file) }
    let spec = ResolvedSpec(
      file: path(file), name: name, description: json["description"]?.string ?? "", variants: variants,
      seeds: seeds, trajectories: false, compareWith: json["compareWith"]?.string,
      isCumulative: json["cumulative"]?.bool ?? false, axis: json["axis"]?.string ?? "")
    let timings = try timings()
    let code = json["code"]?.string ?? ""
    let origin = StudyResults.Origin(
      study: name, variants: variants.map(\.name), seeds: seeds, code: code,
      toolchain: json["toolchain"]?.string ?? "", instructionSet: json["instructionSet"]?.string ?? "")
    return StudyResults(
      spec: spec,
      data: Dictionary((json["data"]?.object?.members ?? []).map { ($0.key, $0.value) }) { one, _ in one },
      runs: try (json["runs"]?.array ?? []).map { try run($0, timings.runs, file) },
      failures: try (json["failed"]?.array ?? []).map { try failure($0, file) }, coreDigest: code,
      plugins: (json["plugins"]?.array ?? []).map(plugin), seconds: timings.seconds, origins: [origin])
  }

  /// Files that plugins were loaded from; a study of an older version has none.
  private func plugin(_ json: JSON) -> Registry.Prebuilt {
    Registry.Prebuilt(
      path: json["path"]?.string ?? "", digest: json["sha256"]?.string ?? "",
      stamp: json["stamp"]?.string ?? "")
  }

  private func checkFolder(_ file: URL) throws {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path(folder), isDirectory: &isFolder) else {
      throw Problem(path(folder), "there is no such folder. Finished studies are in Runs/<name>.")
    }
    guard isFolder.boolValue else {
      throw Problem(path(folder), "is a file; expected the folder of a finished study, such as Runs/<name>.")
    }
    guard FileManager.default.fileExists(atPath: path(file)) else {
      throw Problem(
        path(folder),
        "is not the folder of a finished study: it has no results.json. 'beckon run SPEC' writes one when all "
          + "cells are done; run it again to finish a study that was stopped.")
    }
  }

  private func variants(_ json: JSON, _ file: URL) throws -> [ResolvedVariant] {
    guard let members = json["spec"]?.object?.members, !members.isEmpty else {
      throw damaged(file, "it lacks 'spec', the effective configuration of the variants")
    }
    return members.map { name, effective in
      let places = json["grid"]?[name]?.object?.members ?? []
      return ResolvedVariant(
        name: name, effective: effective, parts: [:],
        masking: effective["masking"]?.string.flatMap(Masking.init) ?? .exclude,
        coordinates: places.map { .init(axis: $0.key, label: $0.value.string ?? $0.value.compact) })
    }
  }

  private func run(_ json: JSON, _ timings: [String: (Double, Bool)], _ file: URL) throws -> StudyResults.Run
  {
    guard let variant = json["variant"]?.string, let identity = json["identity"]?.string,
      let values = json["metrics"]?.object, let number = json["seed"]
    else { throw damaged(file, "a run lacks its variant, seed, identity or metrics") }
    let seed = try seed(number, file)
    let cell = CellStore(folder: folder.appending(path: "cells")).folder(of: identity)
    let isThere = FileManager.default.fileExists(atPath: path(cell))
    let missing = (json["missing"]?.array ?? []).compactMap(\.string)
    let alone = CellRecord(
      identity: identity,
      metrics: values.members.map { ($0.key, $0.value.number) } + missing.map { ($0, nil) },
      rounds: ([], []), facts: json["facts"] ?? .members([]))
    let record = isThere ? try self.record(cell, alone) : alone
    let timing = timings["\(seed) \(variant)"] ?? (0, false)
    return .init(
      variant: variant, seed: seed, record: record, seconds: timing.0, reused: timing.1,
      cell: isThere ? cell : nil)
  }

  private func failure(_ json: JSON, _ file: URL) throws -> StudyResults.Failure {
    guard let variant = json["variant"]?.string, let number = json["seed"] else {
      throw damaged(file, "a cell that failed lacks its variant or seed")
    }
    return .init(variant: variant, seed: try seed(number, file), reason: json["error"]?.string ?? "")
  }

  /// What a cell's own file says, which must be what `results.json` says of it.
  private func record(_ cell: URL, _ known: CellRecord) throws -> CellRecord {
    let file = cell.appending(path: "result.json")
    guard FileManager.default.fileExists(atPath: path(file)) else { return known }
    let json = try parse(file)
    guard let record = CellRecord(json: json) else {
      throw damaged(file, "it lacks a part of a cell's record")
    }
    guard record.identity == known.identity else {
      throw damaged(file, "its identity \(record.identity.prefix(24)) is not that of its folder")
    }
    // The first versions wrote no digests.
    let store = CellStore(folder: cell.deletingLastPathComponent())
    if json["digest"] != nil, case .damaged(let reason) = store.find(record.identity) {
      throw damaged(file, reason)
    }
    for (name, value) in known.metrics where record.metric(name) != value {
      throw Problem(
        path(file),
        "says another \(name) than results.json. One of the two is damaged: remove this cell's folder, and run the "
          + "study again.")
    }
    return record
  }

  private func timings() throws -> (seconds: Double, runs: [String: (Double, Bool)]) {
    let file = folder.appending(path: "timings.json")
    guard FileManager.default.fileExists(atPath: path(file)) else { return (0, [:]) }
    let json = try parse(file)
    let runs = (json["runs"]?.array ?? []).compactMap { run -> (String, (Double, Bool))? in
      guard let variant = run["variant"]?.string, let number = run["seed"],
        let seed = try? self.seed(number, file)
      else { return nil }
      return ("\(seed) \(variant)", (run["seconds"]?.number ?? 0, run["reused"]?.bool ?? false))
    }
    return (json["seconds"]?.number ?? 0, Dictionary(runs) { first, _ in first })
  }

  private func seed(_ json: JSON, _ file: URL) throws -> UInt64 {
    guard let number = json.number, number >= 0, number < 9e15, number == number.rounded() else {
      throw damaged(file, "\(json.compact) is not a seed")
    }
    return UInt64(number)
  }

  private func parse(_ file: URL) throws -> JSON {
    guard let data = try? Data(contentsOf: file) else { throw Problem(path(file), "cannot be read.") }
    do { return try JSON(parsing: String(decoding: data, as: UTF8.self)) } catch {
      throw damaged(file, "it is no JSON (\(error))")
    }
  }

  private func damaged(_ file: URL, _ fact: String) -> Problem {
    Problem(
      path(file),
      "is damaged: \(fact). Finished cells are kept apart: 'beckon run' of the same spec writes it anew.")
  }

  private func path(_ url: URL) -> String {
    let path = url.path(percentEncoded: false)
    return path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
  }
}
