import Beckon

/// What every component must keep, whoever wrote it.
///
/// ```swift
/// @Test func keepsTheContract() throws { try Conformance.check(NoveltyScorer.self) }
/// ```
///
/// A component of whatever kind gets every check that applies to it, on a small made-up world: see `Check`. What a
/// component cannot keep by its nature is left out by name, such as `except: [.permutation]` where draws are keyed by
/// item numbers.
public enum Conformance {
  /// Holds a component of one's own package to its contract.
  ///
  /// - Parameters:
  ///   - type: the component.
  ///   - settings: keys laid over the defaults for the checks of behaviour, such as fewer epochs; where the defaults alone
  ///     are refused, what they lack. Keys that the component does not have are left out.
  ///   - exempt: checks that it cannot keep by its nature.
  /// - Throws: `Failure` with everything found; `RegistryError` if its name is taken.
  public static func check<C: Component>(
    _ type: C.Type, settings: JSON = small, except exempt: Set<Check> = []
  ) throws {
    var registry = Registry()
    try registry.register(plugin: "Tested", digest: "") { try $0.register(type) }
    if registry.entry(.metric, StandInMetric.about.identifier) == nil {
      // Encoders stop early by it.
      try registry.register(plugin: "BeckonTesting", digest: "") { try $0.register(StandInMetric.self) }
    }
    guard let entry = registry.entry(C.kind, C.about.identifier) else { return }
    let found = findings(of: entry, in: registry, settings: settings, except: exempt)
    if !found.isEmpty {
      throw Failure(component: "\(C.kind.rawValue) '\(C.about.identifier)'", findings: found)
    }
  }

  /// Everything wrong with a registered component, each line led by its name.
  public static func problems(
    of entry: Registry.Entry, in registry: Registry, settings: JSON = small, except exempt: Set<Check> = []
  ) -> [String] {
    findings(of: entry, in: registry, settings: settings, except: exempt).map {
      "\(entry.kind.rawValue) '\(entry.about.identifier)': \($0)"
    }
  }

  /// Everything wrong with a registered component: its description, its configuration, and its behaviour on a small
  /// made-up world.
  ///
  /// - Parameters:
  ///   - entry: the component.
  ///   - registry: where it is registered, and what it refers to by name.
  ///   - settings: keys laid over the defaults for the checks of behaviour, such as fewer epochs; where the defaults alone
  ///     are refused, what they lack. Keys that the component does not have are left out.
  ///   - exempt: checks that it cannot keep by its nature.
  public static func findings(
    of entry: Registry.Entry, in registry: Registry, settings: JSON = small, except exempt: Set<Check> = []
  ) -> [Finding] {
    var found = Findings()
    describe(entry, in: registry, &found)
    configure(entry, in: registry, settings, &found)
    behave(entry, in: registry, settings, exempt, &found)
    return found.all.filter { !exempt.contains($0.check) }
  }

  /// Settings that make training short.
  public static let small = JSON.members([
    ("hiddenSize", .number(4)), ("embeddingSize", .number(4)), ("innerSize", .number(6)),
    ("layers", .number(1)), ("heads", .number(2)),
    ("maximumLength", .number(6)), ("dropout", .number(0.2)), ("intentCount", .number(2)),
    ("count", .number(2)),
    ("dimension", .number(3)), ("epochs", .number(2)), ("topShare", .number(0.5)),
    ("training", .members([("epochs", .number(2)), ("batchSize", .number(5))])),
  ])

  private static func behave(
    _ entry: Registry.Entry, in registry: Registry, _ settings: JSON, _ exempt: Set<Check>,
    _ found: inout Findings
  ) {
    var json = entry.defaults.overlaidWhereKnown(settings)
    json.set(.string(entry.about.identifier), at: ["type"])
    var refused: [Problem] = []
    guard let made = registry.make(entry.kind, from: json, path: "it", problems: &refused) else {
      found.add(.defaults, "the settings of the test are refused: \(refused.map(\.description))")
      return
    }
    do {
      let world = try ToyWorld(unseen: 1)
      switch made.component {
      case let source as any DatasetSource: load(source, &found)
      case let filter as any Filter: try apply(filter, to: world, &found)
      case let splitter as any Splitter: divide(splitter, world, &found)
      case let encoder as any Encoder: try train(encoder, world.context(registry: registry), exempt, &found)
      case let source as any EmbeddingSource: try embed(source, world.context(registry: registry), &found)
      case let intents as any IntentModel: try intend(intents, in: world, &found)
      case let scorer as any Scorer: try score(scorer, in: world, &found)
      case let constraint as any Guard: try restrict(constraint, in: world, &found)
      case let policy as any ArousalPolicy: try arouse(policy, in: world, &found)
      case let selector as any TargetSelector: select(selector, in: world, &found)
      case let model as any ClickModel: try answer(model, in: world, &found)
      case let dynamics as any Dynamics: try move(dynamics, in: world, &found)
      case let metric as any Metric: try measure(metric, in: world.simulated, &found)
      default: break
      }
    } catch {
      found.add(.finite, "it throws: \(error)")
    }
  }
}

extension JSON {
  /// These settings where they have the keys of `other`, at any depth.
  func overlaidWhereKnown(_ other: JSON) -> JSON {
    guard var result = object, let changes = other.object else { return other }
    for (key, value) in changes.members {
      if let old = result[key] { result[key] = old.overlaidWhereKnown(value) }
    }
    return .object(result)
  }
}

/// Takes the place of the metric that encoders stop early by, where nobody else brings it.
private struct StandInMetric: RankingMetric {
  static let about = About("ndcg", "1 over the rank's logarithm, for the tests of encoders.")
  static let unit = ""
  let configuration: NoConfiguration
  func value(rank: Int, cutoff: Int) -> Double { rank < cutoff ? 1 / log2(Double(rank) + 2) : 0 }
}
