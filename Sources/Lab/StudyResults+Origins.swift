import Beckon

extension StudyResults {
  /// Which program computed a study, and on what.
  public struct Origin: Sendable, Equatable {
    /// The study's name.
    public let study: String
    /// Its variants, by the names they have in these results.
    public let variants: [String]
    /// Its seeds.
    public let seeds: [UInt64]
    /// Digest of the laboratory's code.
    public let code: String
    /// Compilers.
    public let toolchain: String
    /// Instruction set of the kernels.
    public let instructionSet: String

    /// An origin from its parts.
    public init(
      study: String, variants: [String], seeds: [UInt64], code: String, toolchain: String,
      instructionSet: String
    ) {
      self.study = study
      self.variants = variants
      self.seeds = seeds
      self.code = code
      self.toolchain = toolchain
      self.instructionSet = instructionSet
    }

    /// This program.
    init(spec: ResolvedSpec, code: String) {
      self.init(
        study: spec.name, variants: spec.variants.map(\.name), seeds: spec.seeds, code: code,
        toolchain: ResultFiles.toolchain, instructionSet: ResultFiles.instructionSet)
    }
  }

  /// Whether two variants saw the same data, so that their difference means something. Where nothing is known of the
  /// data of either, they did.
  public func sharesData(_ variant: String, _ other: String) -> Bool {
    data[variant]?["fingerprint"] == data[other]?["fingerprint"]
  }

  /// Results of several studies as if they were one: variants and seeds in the order of the studies.
  ///
  /// A variant whose name an earlier study has used is called `study: variant`. The first study says what is compared
  /// with what; steps that add up, and an axis, are kept only where there is one study.
  ///
  /// - Returns: nil for no study.
  public static func joined(_ studies: [StudyResults]) -> StudyResults? {
    guard let first = studies.first else { return nil }
    guard studies.count > 1 else { return first }
    var taken: Set<String> = []
    var variants: [ResolvedVariant] = []
    var data: [String: JSON] = [:]
    var runs: [Run] = []
    var failures: [Failure] = []
    var origins: [Origin] = []
    for study in studies {
      var names: [String: String] = [:]
      for variant in study.spec.variants {
        let name = unused(variant.name, of: study.spec.name, taken)
        taken.insert(name)
        names[variant.name] = name
        variants.append(
          ResolvedVariant(
            name: name, effective: variant.effective, parts: variant.parts, masking: variant.masking,
            coordinates: variant.coordinates))
        data[name] = study.data[variant.name]
      }
      runs += study.runs.map { run in
        Run(
          variant: names[run.variant] ?? run.variant, seed: run.seed, record: run.record,
          seconds: run.seconds, reused: run.reused, cell: run.cell)
      }
      failures += study.failures.map {
        Failure(variant: names[$0.variant] ?? $0.variant, seed: $0.seed, reason: $0.reason)
      }
      origins += study.origins.map { origin in
        Origin(
          study: origin.study, variants: origin.variants.map { names[$0] ?? $0 }, seeds: origin.seeds,
          code: origin.code, toolchain: origin.toolchain, instructionSet: origin.instructionSet)
      }
    }
    let seeds = studies.flatMap(\.spec.seeds).uniqued()
    let spec = ResolvedSpec(
      file: "", name: studies.map(\.spec.name).uniqued().joined(separator: " + "),
      description: studies.map { "\($0.spec.name): \($0.spec.description)" }.joined(separator: "\n\n"),
      variants: variants, seeds: seeds, trajectories: false, compareWith: first.spec.compareWith)
    return StudyResults(
      spec: spec, data: data, runs: runs, failures: failures,
      unfinished: studies.map(\.unfinished).reduce(0, +), coreDigest: first.coreDigest,
      plugins: studies.flatMap(\.plugins).uniqued(), seconds: studies.map(\.seconds).reduce(0, +),
      origins: origins)
  }

  private static func unused(_ name: String, of study: String, _ taken: Set<String>) -> String {
    guard taken.contains(name) else { return name }
    let lead = "\(study): \(name)"
    guard taken.contains(lead) else { return lead }
    var number = 2
    while taken.contains("\(lead) (\(number))") { number += 1 }
    return "\(lead) (\(number))"
  }
}
