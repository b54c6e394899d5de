import Beckon
import Datasets

/// `beckon data fetch`.
enum FetchCommand {
  static let command = Command(
    name: "fetch", summary: "Downloads a public dataset from its home; without a NAME, lists what there is.",
    details: """
      The archive's size and SHA-256 are checked before it is unpacked, by 'unzip', into a folder of
      the data folder. What is there already is left alone. A download that was interrupted is
      continued by the same command.
      """,
    arguments: [
      .init(name: "NAME", help: "the dataset, such as movielens-100k.", isRequired: false)
    ],
    options: [
      .init(name: "data", value: "DIR", help: "The data folder; BECKON_DATA if not given, or else data/."),
      .init(name: "from", value: "URL", help: "Another place that has the same archive."),
      CommonOptions.quiet,
    ],
    run: { try run($0, PublicDataset.all) })

  static func run(_ call: Call, _ datasets: [PublicDataset]) throws {
    guard let name = call.arguments.first else {
      guard !call.has("from") else {
        throw UsageError("--from: expected the NAME of the dataset that is there.", command: call.path)
      }
      return try call.terminal.output(datasets.map { try page($0, call) }.joined(separator: "\n"))
    }
    guard let dataset = datasets.first(where: { $0.name == name }) else {
      let sentence = Suggestion.sentence(for: name, among: datasets.map(\.name), label: "Datasets")
      throw UsageError("there is no dataset '\(name)' to fetch.\(sentence)", command: call.path)
    }
    let fetch = try fetch(dataset, call)
    let line = ProgressLine(call.terminal, isQuiet: call.has("quiet"))
    let start = Date()
    let outcome: DatasetFetch.Outcome
    do {
      defer { line.finish() }
      outcome = try fetch.run { done, total in
        let seconds = Date().timeIntervalSince(start)
        line.show(
          .progress(.advanced(done: done, of: total ?? done, unit: name, seconds: seconds)))
      }
    }
    guard !call.has("quiet") else { return }
    let lead = outcome == .wasThere ? "\(name) is there already: " : ""
    try call.terminal.output(
      """
      \(lead)\(path(fetch.folder))
      terms: \(dataset.terms.summary)
      licence: \(path(fetch.licence))
      cite: \(dataset.citation)

      """)
  }

  private static func page(_ dataset: PublicDataset, _ call: Call) throws -> String {
    let size = dataset.size.map { ", \(String(format: "%.1f", Double($0) / 1_000_000)) MB" } ?? ""
    let isThere = (try? fetch(dataset, call).isThere) == true ? ", there already" : ""
    return """
      \(dataset.name)\(isThere)
        from:  \(dataset.home)\(size)
        to:    \(path(try fetch(dataset, call).folder))
        terms: \(dataset.terms.summary)
        cite:  \(dataset.citation)

      """
  }

  private static func fetch(_ dataset: PublicDataset, _ call: Call) throws -> DatasetFetch {
    let named = [call.value("data"), call.terminal.environment["BECKON_DATA"]].compactMap(\.self)
    let folder = named.first { !$0.isEmpty } ?? "data"
    return try DatasetFetch(
      dataset, into: URL(filePath: folder, directoryHint: .isDirectory), from: try source(call),
      searchPath: call.terminal.environment["PATH"] ?? "")
  }

  private static func source(_ call: Call) throws -> URL? {
    guard let text = call.value("from") else { return nil }
    guard let url = URL(string: text), ["http", "https"].contains(url.scheme), url.host() != nil else {
      throw UsageError("--from: expected an address such as https://…, found '\(text)'.", command: call.path)
    }
    return url
  }

  private static func path(_ url: URL) -> String { url.path(percentEncoded: false) }
}
