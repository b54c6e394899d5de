import Beckon
import Lab

/// `beckon encoder`.
enum EncoderCommand {
  static let command = Command(name: "encoder", summary: "Works with trained encoders.", commands: [export])

  private static let export = Command(
    name: "export", summary: "Writes a variant's trained encoder as a safetensors file.",
    details: "Takes it from the trained pieces of earlier runs, or trains it now and keeps it there too.",
    arguments: [.init(name: "SPEC", help: "the experiment, a JSON file.")],
    options: [
      .init(name: "variant", value: "NAME", help: "Which variant; the first if not given."),
      .init(name: "seed", value: "N", help: "Which seed; the spec's first if not given."),
      .init(name: "to", value: "FILE", help: "The file to write; needed."),
      .init(name: "out", value: "DIR", help: "The results whose pieces are used; Runs/pieces if not given."),
      CommonOptions.set, CommonOptions.plugin, CommonOptions.data, CommonOptions.threads, CommonOptions.quiet,
    ],
    run: run)

  private static func run(_ call: Call) throws {
    guard let target = call.value("to") else {
      throw UsageError("--to FILE is missing: where the encoder goes.", command: call.path)
    }
    let named = try StudyCall(call)
    let spec = named.spec
    guard spec.seeds.count == 1 || !call.has("seed") else {
      throw UsageError("--seed: one encoder has one seed.", command: call.path)
    }
    let names = spec.variants.map(\.name)
    let variant = call.value("variant") ?? names[0]
    guard names.contains(variant) else {
      let sentence = Suggestion.sentence(for: variant, among: names, label: "Variants")
      throw UsageError("--variant: there is no '\(variant)'.\(sentence)", command: call.path)
    }
    let line = ProgressLine(call.terminal, isQuiet: call.has("quiet"))
    defer { line.finish() }
    let study = named.study(report: { line.show($0) })
    try SpecError.naming(call.arguments[0]) {
      try study.exportEncoder(variant: variant, seed: spec.seeds[0], to: URL(filePath: target))
    }
    if !call.has("quiet") { try call.terminal.output("\(target)\n") }
  }
}
