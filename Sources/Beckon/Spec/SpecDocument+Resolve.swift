extension SpecDocument {
  /// Keys that say something of the study, not of one system.
  static let studyKeys = [
    "$schema", "name", "description", "seeds", "variants", "trajectories", "compareWith", "extends",
    "cumulative", "axis", "grid", "leaveOneOut",
  ]
  /// Variants that a message lists.
  private static let mostNames = 20
  private static let plainKeys = studyKeys + ["masking", "environment"]

  /// Finds, configures and checks every component of every variant.
  ///
  /// - Throws: `SpecError` with everything that is wrong.
  public func resolve(in registry: Registry) throws -> ResolvedSpec {
    var problems: [Problem] = []
    let written = variants(&problems)
    let several = Self.makesSeveral(root)
    var found = VariantProblems(isSeveral: several)
    // What is wrong with the base is wrong with every variant: it is said once, without a variant's name.
    if several {
      var reader = VariantReader(registry: registry, root: Self.withoutVariants(root), base: root)
      _ = reader.read(name: "", coordinates: [], problems: &found.ofBase)
    }
    var resolved: [ResolvedVariant] = []
    for variant in written {
      var own: [Problem] = []
      var reader = VariantReader(registry: registry, root: variant.root, base: root)
      if let made = reader.read(name: variant.name, coordinates: variant.coordinates, problems: &own) {
        resolved.append(made)
      }
      found.add(own, of: variant)
    }
    problems += found.sentences
    let seeds = readSeeds(&problems)
    let name = root["name"]?.string ?? URL(filePath: file).deletingPathExtension().lastPathComponent
    if name.isEmpty || name.contains("/") || name.hasPrefix(".") || name == "pieces" {
      problems.append(Problem("name", "'\(name)' cannot be the name of a folder."))
    }
    let compareWith = root["compareWith"]?.string ?? resolved.first?.name ?? ""
    let names = written.map(\.name)
    if let value = root["compareWith"], !names.contains(where: { $0 == value.string }) {
      let sentence = Suggestion.sentence(
        for: value.string ?? "", among: names.prefix(Self.mostNames) + [], label: "Variants")
      problems.append(Problem("compareWith", "there is no variant \(value.compact).\(sentence)"))
    }
    for key in ["name", "description"] where root[key] != nil && root[key]?.string == nil {
      problems.append(Problem(key, "expected a string, found \(root[key]?.kind ?? "")."))
    }
    for key in ["trajectories", "cumulative"] where root[key] != nil && root[key]?.bool == nil {
      problems.append(Problem(key, "expected true or false, found \(root[key]?.kind ?? "")."))
    }
    let axis = readAxis(resolved, &problems)
    guard problems.isEmpty else { throw SpecError(file: file, problems: problems) }
    return ResolvedSpec(
      file: file, name: name, description: root["description"]?.string ?? "", variants: resolved,
      seeds: seeds,
      trajectories: root["trajectories"]?.bool ?? false, compareWith: compareWith,
      isCumulative: root["cumulative"]?.bool ?? false, axis: axis)
  }

  private static func makesSeveral(_ root: JSON) -> Bool {
    root["variants"]?.object?.keys.isEmpty == false || root["grid"] != nil || root["leaveOneOut"] != nil
  }

  private static func withoutVariants(_ root: JSON) -> JSON {
    .object(JSON.Object((root.object?.members ?? []).filter { !SpecExpansion.keys.contains($0.key) }))
  }

  private func readAxis(_ variants: [ResolvedVariant], _ problems: inout [Problem]) -> String {
    guard let value = root["axis"] else { return "" }
    guard let axis = value.string else {
      problems.append(Problem("axis", "expected a path such as \"arousal.topQ\", found \(value.kind)."))
      return ""
    }
    if let without = variants.first(where: { $0.number(at: axis) == nil }) {
      problems.append(Problem("axis", "the variant '\(without.name)' has no number at '\(axis)'."))
    }
    return axis
  }

  private func readSeeds(_ problems: inout [Problem]) -> [UInt64] {
    let fact = "expected a list of whole numbers from 0, each once, or a count of seeds above 0."
    switch root["seeds"] {
    case nil: return [1]
    case .number(let count) where count >= 1 && count == count.rounded() && count <= 10_000:
      return (1...UInt64(count)).map { $0 }
    case .array(let list):
      let seeds = list.compactMap { $0.number }.filter { $0 >= 0 && $0 == $0.rounded() && $0 < 9e15 }
      if seeds.count == list.count, !seeds.isEmpty, Set(seeds).count == seeds.count {
        return seeds.map { UInt64($0) }
      }
      fallthrough
    default:
      problems.append(Problem("seeds", fact))
      return []
    }
  }

  static func checkKeys(of root: JSON, problems: inout [Problem]) {
    let slots = Slot.allCases.filter { $0.path.count == 1 }.map(\.rawValue)
    let known = plainKeys + slots
    for key in root.object?.keys ?? [] where !known.contains(key) {
      problems.append(Problem(key, "unknown key.\(Suggestion.sentence(for: key, among: known))"))
    }
    let parts = Slot.allCases.filter { $0.path.first == "environment" }.map(\.rawValue)
    if let environment = root["environment"], environment.object == nil {
      problems.append(Problem("environment", "expected an object, found \(environment.kind)."))
    }
    for key in root["environment"]?.object?.keys ?? [] where !parts.contains(key) {
      problems.append(
        Problem("environment.\(key)", "unknown key.\(Suggestion.sentence(for: key, among: parts))"))
    }
  }
}
