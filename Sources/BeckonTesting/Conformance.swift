import Beckon

/// What every component must keep, whoever wrote it.
///
/// ```swift
/// #expect(Conformance.problems(of: entry, in: registry) == [])
/// ```
public enum Conformance {
  /// Everything wrong with a registered component: its description, its configuration, and its behaviour on a
  /// small made-up world.
  ///
  /// - Parameter settings: keys laid over the defaults for the behaviour's part, such as fewer epochs; keys that
  ///   the component does not have are left out.
  public static func problems(
    of entry: Registry.Entry, in registry: Registry, settings: JSON = small
  ) -> [String] {
    let lead = "\(entry.kind.rawValue) '\(entry.about.identifier)'"
    return
      (description(of: entry, in: registry) + configuration(of: entry, in: registry)
      + behaviour(of: entry, in: registry, settings: settings)).map { "\(lead): \($0)" }
  }

  /// Settings that make training short.
  public static let small = JSON.members([
    ("hiddenSize", .number(4)), ("innerSize", .number(6)), ("layers", .number(1)), ("heads", .number(2)),
    ("maximumLength", .number(6)), ("dropout", .number(0.2)), ("intentCount", .number(2)),
    ("count", .number(2)),
    ("dimension", .number(3)), ("epochs", .number(2)), ("topShare", .number(0.5)),
    ("training", .members([("epochs", .number(2)), ("batchSize", .number(5))])),
  ])

  static func description(of entry: Registry.Entry, in registry: Registry) -> [String] {
    var problems: [String] = []
    let about = entry.about
    for name in [about.identifier] + about.formerIdentifiers {
      if name.wholeMatch(of: #/[a-z0-9]+(-[a-z0-9]+)*/#) == nil {
        problems.append("the identifier '\(name)' is not lowercase words joined by hyphens")
      }
      if registry.entry(entry.kind, name)?.about.identifier != about.identifier {
        problems.append("'\(name)' does not lead back to it")
      }
    }
    if about.summary.isEmpty { problems.append("it has no summary") }
    for example in about.examples {
      do {
        let values = try example.compute()
        let holds =
          values.count == example.expected.count
          && zip(values, example.expected).allSatisfy { abs($0 - $1) <= example.tolerance }
        if !holds {
          problems.append("example '\(example.title)': expected \(example.expected), found \(values)")
        }
      } catch {
        problems.append("example '\(example.title)' throws: \(error)")
      }
    }
    return problems
  }

  static func configuration(of entry: Registry.Entry, in registry: Registry) -> [String] {
    var problems: [String] = []
    let type = JSON.members([("type", .string(entry.about.identifier))])
    func make(_ json: JSON, _ what: String) -> Registry.Made? {
      var found: [Problem] = []
      let made = registry.make(entry.kind, from: json, path: "it", problems: &found)
      if made == nil { problems.append("\(what) is refused: \(found.map(\.description))") }
      return made
    }
    if let made = make(type, "an empty object") {
      var keys = made.effective
      keys.set(nil, at: ["type"])
      if keys != entry.defaults { problems.append("its defaults decode to something else: \(keys.compact)") }
      if let again = make(made.effective, "the effective configuration"), again.effective != made.effective {
        problems.append("its effective configuration does not read back: \(again.effective.compact)")
      }
    }
    for name in entry.presets.keys.sorted() {
      var json = type
      json.set(.string(name), at: ["preset"])
      _ = make(json, "the preset '\(name)'")
    }
    var found: [Problem] = []
    var json = type
    json.set(.number(1), at: ["no-such-key"])
    _ = registry.make(entry.kind, from: json, path: "it", problems: &found)
    if !found.contains(where: { $0.place == "it.no-such-key" }) { problems.append("it takes an unknown key") }
    return problems
  }

  static func behaviour(of entry: Registry.Entry, in registry: Registry, settings: JSON) -> [String] {
    var json = entry.defaults.overlaidWhereKnown(settings)
    json.set(.string(entry.about.identifier), at: ["type"])
    var refused: [Problem] = []
    guard let made = registry.make(entry.kind, from: json, path: "it", problems: &refused) else {
      return ["the settings of the test are refused: \(refused.map(\.description))"]
    }
    do {
      let world = try ToyWorld()
      switch made.component {
      case let scorer as any Scorer: return try problems(of: scorer, in: world)
      case let encoder as any Encoder: return try problems(of: encoder, world.context(registry: registry))
      case let policy as any ArousalPolicy: return try problems(of: policy, in: world)
      case let constraint as any Guard: return try problems(of: constraint, in: world)
      case let selector as any TargetSelector: return problems(of: selector, in: world)
      case var model as any ClickModel:
        try model.prepare(world.simulated)
        return try problems(of: model)
      case var dynamics as any Dynamics:
        try dynamics.prepare(world.simulated)
        return problems(of: dynamics, in: world)
      case let source as any EmbeddingSource:
        return try problems(of: source, world.context(registry: registry))
      case let intents as any IntentModel: return try problems(of: intents, in: world)
      case let metric as any AnswersMetric: return problems(of: metric)
      case let metric as any RankingMetric: return problems(of: metric)
      case let metric as any ExposureMetric: return problems(of: metric)
      case let metric as any TrajectoryMetric: return problems(of: metric, in: world.simulated)
      default: return []
      }
    } catch {
      return ["it throws: \(error)"]
    }
  }
}

extension JSON {
  /// These settings where they have the keys of `other`, at any depth.
  fileprivate func overlaidWhereKnown(_ other: JSON) -> JSON {
    guard var result = object, let changes = other.object else { return other }
    for (key, value) in changes.members {
      if let old = result[key] { result[key] = old.overlaidWhereKnown(value) }
    }
    return .object(result)
  }
}
