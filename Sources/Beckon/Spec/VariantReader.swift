/// Reads the components of one variant.
struct VariantReader {
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

  mutating func read(
    name: String, coordinates: [ResolvedVariant.Coordinate], problems: inout [Problem]
  ) -> ResolvedVariant? {
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
    return ResolvedVariant(
      name: name, effective: ordered(masking), parts: parts, masking: masking, coordinates: coordinates)
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
    var names: Set<String> = []
    for (index, made) in (parts[.metrics] ?? []).enumerated() {
      guard let name = (made.component as? any Metric)?.name else { continue }
      let isTaken = name != made.entry.about.identifier && registry.entry(.metric, name) != nil
      if isTaken || !names.insert(name).inserted {
        problems.append(
          Problem(
            "metrics[\(index)]",
            "'\(name)' is the name of another metric\(isTaken ? "" : " of this spec"); results need one of its own."
          ))
      }
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
