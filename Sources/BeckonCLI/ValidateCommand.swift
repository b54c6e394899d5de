import Beckon

/// `beckon validate`.
enum ValidateCommand {
  static let command = Command(
    name: "validate", summary: "Checks specs without running them.",
    details: "Finds everything that is wrong with each spec. Data files are not opened.",
    arguments: [.init(name: "SPEC", help: "experiments, JSON files.", repeats: true)],
    options: [
      CommonOptions.set, CommonOptions.plugin, CommonOptions.seed,
      .init(name: "effective", help: "Prints each variant's effective spec, defaults filled in."),
      CommonOptions.quiet,
    ],
    run: run)

  private static func run(_ call: Call) throws {
    let registry = try call.registry()
    var problems: [SpecError] = []
    for path in call.arguments {
      do {
        let spec = try CommonOptions.document(path, call).resolve(in: registry)
        guard !call.has("quiet") else { continue }
        if call.has("effective") {
          let variants = JSON.members(spec.variants.map { ($0.name, $0.effective) })
          try call.terminal.output(variants.pretty + "\n")
        } else {
          let (variants, seeds) = (spec.variants.count, spec.seeds.count)
          try call.terminal.output(
            "\(path): ok, \(variants) variant\(variants == 1 ? "" : "s") × \(seeds) seed\(seeds == 1 ? "" : "s")\n"
          )
        }
      } catch let error as SpecError {
        problems.append(error)
      }
    }
    for error in problems.dropLast() { call.terminal.error("\(error)\n") }
    if let last = problems.last { throw last }
  }
}
