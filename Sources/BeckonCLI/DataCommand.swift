import Beckon
import Datasets

/// `beckon data`.
enum DataCommand {
  static let command = Command(
    name: "data", summary: "Fetches datasets and looks at them.", commands: [FetchCommand.command, stats])

  private static let stats = Command(
    name: "stats", summary: "Counts what a dataset holds after its filters.",
    details: """
      Users, items, interactions, lengths of histories, categories, the share of users whose last
      events have the same time, the fingerprint that results carry, and the terms of use where the
      data's publisher states some.
      """,
    arguments: [
      .init(name: "SPEC", help: "a spec whose data are meant; or name them by --dataset.", isRequired: false)
    ],
    options: DatasetArgument.options + [
      CommonOptions.set, CommonOptions.plugin, CommonOptions.data, CommonOptions.json,
    ], run: run)

  private static func run(_ call: Call) throws {
    let registry = try call.registry()
    let locations = try CommonOptions.locations(call)
    guard (call.arguments.first != nil) != call.has("dataset") else {
      throw UsageError("expected either a SPEC or --dataset.", command: call.path)
    }
    let datasets =
      try call.arguments.first.map { try ofSpec($0, call, registry) } ?? [named(call, registry, default: "")]
    var objects: [(String, JSON)] = []
    for (name, source, filters) in datasets {
      let dataset = try SpecError.naming(call.arguments.first ?? "--dataset") {
        try DataPipeline.dataset(source: source, filters: filters, locations: locations)
      }
      let statistics = DatasetStatistics(dataset, licence: source.terms.map { .init($0, locations) })
      objects.append((name, statistics.json))
      if !call.has("json") {
        let lead = datasets.count > 1 ? "\(name)\n" : ""
        try call.terminal.output(lead + statistics.lines.joined(separator: "\n") + "\n")
      }
    }
    guard call.has("json") else { return }
    let json = objects.count == 1 ? objects[0].1 : JSON.members(objects)
    try call.terminal.output(json.pretty + "\n")
  }

  typealias Named = (name: String, source: any DatasetSource, filters: [any Filter])

  /// The data of a spec's variants, each once.
  private static func ofSpec(_ path: String, _ call: Call, _ registry: Registry) throws -> [Named] {
    let spec = try CommonOptions.document(path, call).resolve(in: registry)
    var seen: Set<String> = []
    return spec.variants.compactMap { variant in
      let made = [Slot.dataset, .filters].flatMap { variant.parts[$0] ?? [] }
      guard seen.insert(made.map(\.effective.canonical).joined(separator: "\n")).inserted,
        let source = variant.component(.dataset) as? any DatasetSource
      else { return nil }
      return (
        variant.name, source, (variant.parts[.filters] ?? []).compactMap { $0.component as? any Filter }
      )
    }
  }

  /// The data that the command line names.
  static func named(_ call: Call, _ registry: Registry, default fallback: String) throws -> Named {
    let parts = try DatasetArgument.parts(call, default: fallback, registry)
    let document = try CommonOptions.overridden(SpecDocument(.object(parts), file: "--dataset"), call)
    var problems: [Problem] = []
    let made = registry.make(
      .dataset, from: document.root["dataset"] ?? .null, path: "dataset", problems: &problems)
    let filters = (document.root["filters"]?.array ?? []).enumerated().compactMap { index, json in
      registry.make(.filter, from: json, path: "filters[\(index)]", problems: &problems)?.component
        as? any Filter
    }
    guard problems.isEmpty, let source = made?.component as? any DatasetSource else {
      throw SpecError(file: "--dataset", problems: problems)
    }
    return (made?.entry.about.identifier ?? "", source, filters)
  }
}
