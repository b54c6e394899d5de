import Beckon

/// A dataset as it is named on the command line: an identifier, a JSON object, or a spec whose data are meant.
enum DatasetArgument {
  static let options = [
    Command.Option(
      name: "dataset", value: "DATASET",
      help:
        "An identifier such as movielens-100k, a JSON object with a type, a data file (.txt sequences, .inter, "
        + ".csv or .tsv), or a spec whose dataset, filters and split are taken."),
    Command.Option(
      name: "path", value: "PATH", help: "Where the dataset's files are, if not where it expects them."),
  ]

  /// What reads a data file, by the end of its name.
  private static let readers: [String: [(String, JSON)]] = [
    "txt": [("type", .string("sequences"))],
    "inter": [("type", .string("recbole"))],
    "csv": [("type", .string("table"))],
    "tsv": [("type", .string("table")), ("separator", .string("\t"))],
  ]

  /// The parts of a spec that say which data: `dataset`, and where given `filters` and `split`.
  static func parts(_ call: Call, default fallback: String, _ registry: Registry) throws -> JSON.Object {
    let text = call.value("dataset") ?? fallback
    var parts = JSON.Object()
    if registry.entry(.dataset, text) != nil {
      parts["dataset"] = .members([("type", .string(text))])
    } else if text.hasPrefix("{") {
      do { parts["dataset"] = try JSON(parsing: text) } catch {
        throw UsageError("--dataset: not JSON: \(error).", command: call.path)
      }
    } else if let reader = readers[URL(filePath: text).pathExtension] {
      let path = URL(filePath: text).standardizedFileURL.path(percentEncoded: false)
      parts["dataset"] = JSON.members(reader + [("path", .string(path))])
    } else if FileManager.default.fileExists(atPath: text) {
      let root = try SpecDocument(contentsOf: text).root
      for key in ["dataset", "filters", "split"] { parts[key] = root[key] }
    } else {
      let known = registry.all(.dataset).map(\.about.identifier)
      throw UsageError(
        "--dataset: '\(text)' is neither a dataset nor a file.\(Suggestion.sentence(for: text, among: known))",
        command: call.path)
    }
    if let path = call.value("path"), var dataset = parts["dataset"] {
      if let name = dataset.string { dataset = .members([("type", .string(name))]) }
      dataset.set(.string(path), at: ["path"])
      parts["dataset"] = dataset
    }
    return parts
  }
}
