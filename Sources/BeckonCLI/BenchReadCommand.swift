import Beckon
import Datasets

/// `beckon bench read`.
enum BenchReadCommand {
  static let command = Command(
    name: "read", summary: "Seconds of reading a dataset.",
    details: """
      Timed are reading with the filters, which is what depends on the format, sorting the events by
      user and time with the fingerprint of the whole, and dividing them by leave-one-out. The first
      repetition warms up; the results are medians of those after it. One thread reads.
      """,
    options: [
      .init(name: "repeats", value: "N", help: "Timed repetitions, 3 if not given.")
    ] + DatasetArgument.options + [
      CommonOptions.set, CommonOptions.plugin, CommonOptions.data, CommonOptions.json,
    ], run: run)

  private static func run(_ call: Call) throws {
    let repeats = try call.number("repeats", default: 3)
    let locations = try CommonOptions.locations(call)
    let registry = try call.registry()
    let (_, source, filters) = try DataCommand.named(call, registry, default: BenchCommand.defaultDataset)
    var problems: [Problem] = []
    let division = JSON.members([("type", .string("leave-one-out")), ("shortHistories", .string("drop"))])
    let made = registry.make(.split, from: division, path: "split", problems: &problems)
    guard let splitter = made?.component as? any Splitter else {
      throw SpecError(file: "--dataset", problems: problems)
    }
    var (reading, sorting, splitting): ([Double], [Double], [Double]) = ([], [], [])
    var interactions = 0
    for _ in 0...repeats {
      var last = ContinuousClock.now
      func lap() -> Double {
        defer { last = .now }
        return last.duration(to: .now) / .seconds(1)
      }
      let events = try DataPipeline.events(source: source, filters: filters, locations: locations)
      reading.append(lap())
      let dataset = try Dataset(events)
      sorting.append(lap())
      interactions = dataset.interactionCount
      _ = try splitter.split(dataset)
      splitting.append(lap())
    }
    let seconds = (
      reading: BenchCommand.median(Array(reading.dropFirst())),
      sorting: BenchCommand.median(Array(sorting.dropFirst())),
      splitting: BenchCommand.median(Array(splitting.dropFirst()))
    )
    if call.has("json") {
      let json = JSON.members([
        ("secondsReading", .number(seconds.reading)), ("secondsSorting", .number(seconds.sorting)),
        ("secondsSplitting", .number(seconds.splitting)), ("interactions", .number(Double(interactions))),
      ])
      return try call.terminal.output(json.pretty + "\n")
    }
    try call.terminal.output(
      "\(BenchCommand.short(seconds.reading)) s to read \(interactions) interactions, "
        + "\(BenchCommand.short(seconds.sorting)) s to sort and \(BenchCommand.short(seconds.splitting)) s to divide "
        + "them (medians of \(repeats))\n")
  }
}
