import Beckon
import Datasets

/// `beckon bench read`.
enum BenchReadCommand {
  static let command = Command(
    name: "read", summary: "Seconds of reading a dataset.",
    details: """
      Timed are reading with the filters, which is what depends on the format, and sorting the
      events by user and time with the fingerprint of the whole. The first repetition warms up; the
      results are medians of those after it. One thread reads.
      """,
    options: [
      .init(name: "repeats", value: "N", help: "Timed repetitions, 3 if not given.")
    ] + DatasetArgument.options + [
      CommonOptions.set, CommonOptions.plugin, CommonOptions.data, CommonOptions.json,
    ], run: run)

  private static func run(_ call: Call) throws {
    let repeats = try call.number("repeats", default: 3)
    let locations = try CommonOptions.locations(call)
    let (_, source, filters) = try DataCommand.named(
      call, call.registry(), default: BenchCommand.defaultDataset)
    var (reading, sorting): ([Double], [Double]) = ([], [])
    var interactions = 0
    for _ in 0...repeats {
      let begin = ContinuousClock.now
      let events = try DataPipeline.events(source: source, filters: filters, locations: locations)
      let middle = ContinuousClock.now
      interactions = try Dataset(events).interactionCount
      reading.append((middle - begin) / .seconds(1))
      sorting.append((ContinuousClock.now - middle) / .seconds(1))
    }
    let seconds = (
      reading: BenchCommand.median(Array(reading.dropFirst())),
      sorting: BenchCommand.median(Array(sorting.dropFirst()))
    )
    if call.has("json") {
      let json = JSON.members([
        ("secondsReading", .number(seconds.reading)), ("secondsSorting", .number(seconds.sorting)),
        ("interactions", .number(Double(interactions))),
      ])
      return try call.terminal.output(json.pretty + "\n")
    }
    try call.terminal.output(
      "\(BenchCommand.short(seconds.reading)) s to read \(interactions) interactions, "
        + "\(BenchCommand.short(seconds.sorting)) s to sort them (medians of \(repeats))\n")
  }
}
