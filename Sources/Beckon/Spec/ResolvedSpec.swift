/// A spec whose every component has been found, configured and checked.
public struct ResolvedSpec: Sendable {
  /// The spec's file.
  public let file: String
  /// Name of the study; its results go to `Runs/<name>`.
  public let name: String
  /// What the study asks, in the author's words.
  public let description: String
  /// Variants in the order written.
  public let variants: [ResolvedVariant]
  /// Seeds in the order written.
  public let seeds: [UInt64]
  /// Whether everything that happened is written too.
  public let trajectories: Bool
  /// The variant that the report compares the others with.
  public let compareWith: String
  /// Whether each variant adds its changes to the one before it.
  public let isCumulative: Bool
  /// Path of the number that the variants differ in, such as `arousal.topQ`: the report draws metrics over it.
  public let axis: String

  /// A spec from its parts, for tools that read results.
  public init(
    file: String, name: String, description: String, variants: [ResolvedVariant], seeds: [UInt64],
    trajectories: Bool, compareWith: String? = nil, isCumulative: Bool = false, axis: String = ""
  ) {
    self.isCumulative = isCumulative
    self.axis = axis
    self.file = file
    self.name = name
    self.description = description
    self.variants = variants
    self.seeds = seeds
    self.trajectories = trajectories
    self.compareWith = compareWith ?? variants.first?.name ?? ""
  }
}

/// One variant: the full system with the variant's changes.
public struct ResolvedVariant: Sendable {
  /// Name as written.
  public let name: String
  /// Every component with every key, defaults filled in.
  public let effective: JSON
  /// Components by slot; lists have one element or more, an unused slot has none.
  public let parts: [Slot: [Registry.Made]]
  /// Rule for items already met.
  public let masking: Masking
  /// Where the variant stands on the axes of the spec's grid, in the order written; empty without a grid.
  public let coordinates: [Coordinate]

  /// One axis of a grid, and what a cell has there.
  public struct Coordinate: Sendable, Equatable {
    /// Path of what differs, such as `scorer.lambda`.
    public let axis: String
    /// What it is called: the number, the component's type, or the name that the grid gives it.
    public let label: String

    /// A place on an axis.
    public init(axis: String, label: String) {
      self.axis = axis
      self.label = label
    }
  }

  /// A variant from its parts, for tools that read results.
  public init(
    name: String, effective: JSON, parts: [Slot: [Registry.Made]], masking: Masking,
    coordinates: [Coordinate] = []
  ) {
    self.coordinates = coordinates
    self.name = name
    self.effective = effective
    self.parts = parts
    self.masking = masking
  }

  /// The component of a slot that holds one.
  public func component(_ slot: Slot) -> (any Component)? { parts[slot]?.first?.component }

  /// The number at a dotted path of the effective spec.
  public func number(at path: String) -> Double? {
    effective.value(at: path.split(separator: ".").map(String.init))?.number
  }

  /// The effective object of a slot.
  public func effective(_ slot: Slot) -> JSON? { effective.value(at: slot.path) }
}

extension SpecDocument {
  /// Keys that say something of the study, not of one system.
  private static let studyKeys = [
    "$schema", "name", "description", "seeds", "variants", "trajectories", "compareWith", "extends",
    "cumulative", "axis",
  ]
  private static let plainKeys = studyKeys + ["masking", "environment"]

  /// Finds, configures and checks every component of every variant.
  ///
  /// - Throws: `SpecError` with everything that is wrong.
  public func resolve(in registry: Registry) throws -> ResolvedSpec {
    var problems: [Problem] = []
    var resolved: [ResolvedVariant] = []
    let several = root["variants"]?.object?.keys.isEmpty == false
    if let variants = root["variants"], variants.object == nil {
      problems.append(Problem("variants", "expected an object of named patches, found \(variants.kind)."))
    }
    for (name, patch) in root["variants"]?.object?.members ?? [] {
      if patch.object == nil {
        problems.append(Problem("variants.\(name)", "expected an object, found \(patch.kind)."))
      }
      for key in Self.studyKeys where patch[key] != nil {
        problems.append(
          Problem("variants.\(name).\(key)", "this belongs to the whole study; a variant cannot change it."))
      }
    }
    // What is wrong with the base is wrong with every variant: it is said once, without a variant's name.
    var ofBase: [Problem] = []
    if several {
      var reader = VariantReader(registry: registry, root: root, base: root)
      _ = reader.read(name: "", problems: &ofBase)
    }
    for (name, root) in variants() where !several || self.root["variants"]?[name]?.object != nil {
      var own: [Problem] = []
      var reader = VariantReader(registry: registry, root: root, base: self.root)
      if let variant = reader.read(name: name, problems: &own) { resolved.append(variant) }
      for problem in own where !problems.contains(problem) {
        let inVariant = several && !ofBase.contains(problem)
        problems.append(inVariant ? Problem("variants.\(name).\(problem.place)", problem.fact) : problem)
      }
    }
    let seeds = readSeeds(&problems)
    let name = root["name"]?.string ?? URL(filePath: file).deletingPathExtension().lastPathComponent
    if name.isEmpty || name.contains("/") || name.hasPrefix(".") || name == "pieces" {
      problems.append(Problem("name", "'\(name)' cannot be the name of a folder."))
    }
    let compareWith = root["compareWith"]?.string ?? resolved.first?.name ?? ""
    if let value = root["compareWith"], !variants().contains(where: { $0.name == value.string }) {
      let names = variants().map(\.name)
      let sentence = Suggestion.sentence(for: value.string ?? "", among: names, label: "Variants")
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

  fileprivate static func checkKeys(of root: JSON, problems: inout [Problem]) {
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

/// Reads the components of one variant.
private struct VariantReader {
  let registry: Registry
  let root: JSON
  let base: JSON
  var parts: [Slot: [Registry.Made]] = [:]
  var effective = JSON.object(JSON.Object())

  init(registry: Registry, root: JSON, base: JSON) {
    self.registry = registry
    self.root = root
    self.base = base
  }

  mutating func read(name: String, problems: inout [Problem]) -> ResolvedVariant? {
    let before = problems.count
    SpecDocument.checkKeys(of: root, problems: &problems)
    read(.task, as: root["task"], problems: &problems)
    guard let task = parts[.task]?.first?.component as? any EvaluationTask else {
      // Without a task nobody knows which parts are used; the others are read for their own mistakes.
      for slot in Slot.allCases where slot != .task && slot != .matcher && root.value(at: slot.path) != nil {
        read(slot, as: root.value(at: slot.path), problems: &problems)
      }
      return nil
    }
    let slots = type(of: task).slots.union(Slot.common)
    for slot in Slot.allCases where slot != .task {
      let given = root.value(at: slot.path)
      if slots.contains(slot) {
        read(slot, as: given ?? fallback(of: slot, task), problems: &problems)
      } else if given != nil {
        let type = parts[.task]?.first?.entry.about.identifier ?? ""
        problems.append(Problem(slot.place, "the task '\(type)' does not use this; remove it."))
      }
    }
    let masking = readMasking(&problems)
    checkNeeds(task, &problems)
    checkMetrics(type(of: task), &problems)
    for slot in [Slot.encoder, .matcher] {
      guard let encoder = parts[slot]?.first?.component as? any Encoder, encoder.needsEmbeddings,
        isAbsent(.embeddings)
      else { continue }
      problems.append(
        Problem(
          slot.place,
          "it starts from the simulator's embeddings, and this spec has none: name "
            + "environment.embeddings, or choose another start for the encoder."))
    }
    guard problems.count == before else { return nil }
    return ResolvedVariant(name: name, effective: ordered(masking), parts: parts, masking: masking)
  }

  private func fallback(of slot: Slot, _ task: any EvaluationTask) -> JSON? {
    slot == .metrics ? .array(type(of: task).defaultMetrics.map { .string($0) }) : slot.fallback
  }

  private mutating func read(_ slot: Slot, as json: JSON?, problems: inout [Problem]) {
    guard var json, json != .null else {
      if slot.isRequired {
        let known = registry.all(slot.kind).map(\.about.identifier).joined(separator: ", ")
        problems.append(Problem(slot.place, "missing: name a \(slot.kind.rawValue). Registered: \(known)."))
      }
      return
    }
    if slot == .matcher, json == .string("base") {
      // The encoder before any variant changed it: so that variants share their targets.
      guard let encoder = base["encoder"] else {
        problems.append(Problem(slot.place, "'base' means the spec's own encoder, and it has none."))
        return
      }
      json = encoder
    }
    if slot == .targetSelector, json.object != nil { json.set(nil, at: ["encoder"]) }
    if json.object != nil, json["type"] == nil, let type = slot.fallback?.string {
      // Keys alone belong to the component that would stand here anyway.
      json.set(.string(type), at: ["type"])
    }
    guard slot.isList else {
      if let made = registry.make(slot.kind, from: json, path: slot.place, problems: &problems) {
        parts[slot] = [made]
        effective.set(made.effective, at: slot.path)
      }
      return
    }
    guard let list = json.array else {
      problems.append(Problem(slot.place, "expected a list, found \(json.kind)."))
      return
    }
    var made: [Registry.Made] = []
    for (index, element) in list.enumerated() {
      if let one = registry.make(
        slot.kind, from: element, path: "\(slot.place)[\(index)]", problems: &problems)
      {
        made.append(one)
      }
    }
    parts[slot] = made
    effective.set(.array(made.map(\.effective)), at: slot.path)
  }

  private func readMasking(_ problems: inout [Problem]) -> Masking {
    guard let given = root["masking"] else { return .exclude }
    if let masking = given.string.flatMap(Masking.init(rawValue:)) { return masking }
    let known = Masking.allCases.map(\.rawValue)
    problems.append(
      Problem(
        "masking",
        "unknown value \(given.compact).\(Suggestion.sentence(for: given.string ?? "", among: known))"))
    return .exclude
  }

  private func checkMetrics(_ task: any EvaluationTask.Type, _ problems: inout [Problem]) {
    let fitting = registry.all(.metric).filter { entry in
      (entry.type as? any Metric.Type).map { task.accepts($0) } ?? false
    }
    for (index, made) in (parts[.metrics] ?? []).enumerated() {
      let identifier = made.entry.about.identifier
      if fitting.contains(where: { $0.about.identifier == identifier }) { continue }
      let names = fitting.map(\.about.identifier).joined(separator: ", ")
      problems.append(
        Problem(
          "metrics[\(index)]",
          "'\(identifier)' cannot be computed by the task '\(task.about.identifier)'. Metrics here: \(names)."
        ))
    }
  }

  /// Whether the spec names nothing for a slot; something wrong there is reported by itself.
  private func isAbsent(_ slot: Slot) -> Bool { root.value(at: slot.path) ?? .null == .null }

  private mutating func checkNeeds(_ task: any EvaluationTask, _ problems: inout [Problem]) {
    var needs: Needs = []
    func add(_ slot: Slot, _ own: Needs, _ identifier: String) {
      needs.formUnion(own)
      if own.contains(.target), !type(of: task).hasTarget {
        problems.append(Problem(slot.place, "'\(identifier)' guides to a target, and this task has none."))
      }
      if own.contains(.encoder), isAbsent(.encoder), !(slot == .targetSelector && parts[.matcher] != nil) {
        problems.append(Problem(slot.place, "'\(identifier)' needs an encoder; add \"encoder\" to the spec."))
      }
      if own.contains(.intents), isAbsent(.intents) {
        problems.append(Problem(slot.place, "'\(identifier)' needs intents; add \"intents\" to the spec."))
      }
    }
    for (slot, made) in parts.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
      for one in made {
        guard let component = one.component as? any Needing else { continue }
        add(slot, component.needs, one.entry.about.identifier)
      }
    }
    if let made = parts[.clickModel]?.first, let model = made.component as? any ClickModel,
      task.slateSize > 1, !type(of: model).takesSlates
    {
      problems.append(
        Problem(
          Slot.clickModel.place,
          "'\(made.entry.about.identifier)' answers one item at a time, and task.slateSize is \(task.slateSize)."
        ))
    }
    if !needs.contains(.intents) {
      // Intents that nobody reads would only be fitted in vain, and make identities differ.
      parts[.intents] = nil
      effective.set(nil, at: Slot.intents.path)
    }
  }

  private func ordered(_ masking: Masking) -> JSON {
    var result = JSON.Object()
    for key in ["dataset", "filters", "split", "task"] { result[key] = effective[key] }
    result["masking"] = .string(masking.rawValue)
    for key in [
      "encoder", "intents", "environment", "targetSelector", "scorer", "twin", "arousal", "guards", "metrics",
    ] {
      result[key] = effective[key]
    }
    return .object(result)
  }
}
