import Beckon

// What a component says of itself, and what it takes for a configuration.
extension Conformance {
  static func describe(_ entry: Registry.Entry, in registry: Registry, _ found: inout Findings) {
    let about = entry.about
    for name in [about.identifier] + about.formerIdentifiers {
      if name.wholeMatch(of: #/[a-z0-9]+(-[a-z0-9]+)*/#) == nil {
        found.add(.description, "the identifier '\(name)' is not lowercase words joined by hyphens")
      }
      if registry.entry(entry.kind, name)?.about.identifier != about.identifier {
        found.add(.description, "'\(name)' does not lead back to it")
      }
    }
    if about.summary.isEmpty { found.add(.description, "it has no summary") }
    for example in about.examples {
      do {
        let values = try example.compute()
        let holds =
          values.count == example.expected.count
          && zip(values, example.expected).allSatisfy { abs($0 - $1) <= example.tolerance }
        if !holds {
          found.add(.examples, "example '\(example.title)': expected \(example.expected), found \(values)")
        }
      } catch {
        found.add(.examples, "example '\(example.title)' throws: \(error)")
      }
    }
  }

  static func configure(
    _ entry: Registry.Entry, in registry: Registry, _ settings: JSON, _ found: inout Findings
  ) {
    let type = JSON.members([("type", .string(entry.about.identifier))])
    let given = needed(by: entry, in: registry, settings, type, &found)
    if let made = make(entry, in: registry, given).made {
      var keys = made.effective
      keys.set(nil, at: ["type"])
      readBack(entry.type, keys, &found)
      let again = make(entry, in: registry, made.effective)
      if let read = again.made, read.effective != made.effective {
        found.add(.roundTrip, "its effective configuration does not read back: \(read.effective.compact)")
      } else if again.made == nil {
        found.add(.roundTrip, "its effective configuration is refused: \(again.problems.map(\.description))")
      }
      distort(entry, in: registry, given, &found)
    }
    for name in entry.presets.keys.sorted() {
      var json = given
      json.set(.string(name), at: ["preset"])
      let made = make(entry, in: registry, json)
      if made.made == nil {
        found.add(.defaults, "the preset '\(name)' is refused: \(made.problems.map(\.description))")
      }
    }
  }

  private static func make(
    _ entry: Registry.Entry, in registry: Registry, _ json: JSON
  ) -> (made: Registry.Made?, problems: [Problem]) {
    var problems: [Problem] = []
    let made = registry.make(entry.kind, from: json, path: "it", problems: &problems)
    return (made, problems)
  }

  /// What is decoded must encode to the same keys and values: from it comes all that a spec leaves out.
  private static func readBack<C: Component>(_ type: C.Type, _ keys: JSON, _ found: inout Findings) {
    do {
      let configuration = try keys.decode(C.Configuration.self)
      let again = try JSON(encoding: configuration)
      found.add(.roundTrip, "its configuration reads back as \(again.compact)", unless: again == keys)
      let defaults = try JSON(encoding: C.defaults).decode(C.Configuration.self)
      found.add(.roundTrip, "its defaults read back as something else", unless: defaults == C.defaults)
    } catch { found.add(.roundTrip, "its configuration does not read back: \(error)") }
  }

  /// The least that makes the component: nothing; or what no default can be, if the refusal names those keys and the
  /// author's settings give them.
  private static func needed(
    by entry: Registry.Entry, in registry: Registry, _ settings: JSON, _ type: JSON, _ found: inout Findings
  ) -> JSON {
    let first = make(entry, in: registry, type)
    guard first.made == nil else { return type }
    var json = type
    for problem in first.problems {
      let key = String(problem.place.dropFirst(3).prefix { $0 != "." && $0 != "[" })
      guard problem.place.hasPrefix("it."), small[key] == nil, entry.defaults[key] != nil,
        let value = settings[key]
      else {
        found.add(.defaults, "an empty object is refused: \(first.problems.map(\.description))")
        return type
      }
      json.set(value, at: [key])
    }
    let second = make(entry, in: registry, json)
    if second.made == nil {
      found.add(.defaults, "\(json.compact) is refused: \(second.problems.map(\.description))")
    }
    return json
  }

  /// Every key with a value of another kind, every number far out of range, and a key too many.
  private static func distort(
    _ entry: Registry.Entry, in registry: Registry, _ given: JSON, _ found: inout Findings
  ) {
    var json = given
    json.set(.number(1), at: ["no-such-key"])
    if !make(entry, in: registry, json).problems.contains(where: { $0.place == "it.no-such-key" }) {
      found.add(.badConfiguration, "it takes an unknown key")
    }
    for (key, value) in entry.defaults.object?.members ?? [] {
      for wrong in [value.string == nil ? JSON.string("no such thing") : .bool(true), .number(-1e9)] {
        let isWild = value.number != nil && wrong.number != nil
        guard isWild || wrong.kind != value.kind else { continue }
        var json = given
        json.set(wrong, at: [key])
        let (made, problems) = make(entry, in: registry, json)
        if made != nil, !isWild { found.add(.badConfiguration, "'\(key)' takes \(wrong.compact)") }
        if made == nil, !problems.contains(where: { $0.place.hasPrefix("it.\(key)") && !$0.fact.isEmpty }) {
          found.add(
            .badConfiguration,
            "'\(key)' is \(wrong.compact), and the refusal does not say so at its key: \(problems.map(\.description))"
          )
        }
      }
    }
  }
}
