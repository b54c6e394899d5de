import Beckon

/// The schemas of the components of one kind: each by itself, and the choice among them.
struct ComponentSchema {
  let kind: Kind
  private let entries: [Registry.Entry]
  private let values: ValueSchema
  /// Keys that the spec has at such a component beside those of its configuration.
  private let extra: [(String, JSON)]

  init(_ kind: Kind, in registry: Registry, _ values: ValueSchema) {
    self.kind = kind
    self.values = values
    entries = registry.all(kind)
    extra = kind == .targetSelector ? [("encoder", Self.matcher)] : []
  }

  private static let matcher = JSON.members([
    (
      "description",
      .string(
        "The encoder that matches targets; \"base\" is the spec's own before any variant changed it, so that variants "
          + "share their targets.")
    ),
    (
      "anyOf",
      .array([
        .members([("const", .string("base"))]), reference(.encoder),
      ])
    ),
  ])

  /// A reference to the choice among the components of a kind.
  static func reference(_ kind: Kind) -> JSON { .members([("$ref", .string("#/$defs/\(kind.rawValue)"))]) }

  private func key(_ entry: Registry.Entry) -> String { "\(kind.rawValue).\(entry.about.identifier)" }

  private func names(_ entry: Registry.Entry) -> [JSON] {
    ([entry.about.identifier] + entry.about.formerIdentifiers).map { .string($0) }
  }

  /// Everything that goes into `$defs`.
  var definitions: [(String, JSON)] { [(kind.rawValue, choice)] + entries.map { (key($0), object(of: $0)) } }

  /// Schemas of the configuration's keys, by the keys below a component that lead there.
  func paths() -> [(path: String, schema: JSON)] {
    entries.flatMap { entry in Self.flattened(members(of: entry), "") }
  }

  private static func flattened(_ members: [(key: String, schema: JSON)], _ lead: String) -> [(
    path: String, schema: JSON
  )] {
    members.flatMap { key, schema -> [(path: String, schema: JSON)] in
      let inner = schema["properties"]?.object?.members.map { (key: $0.key, schema: $0.value) } ?? []
      return [(path: lead + key, schema: schema)] + flattened(inner, "\(lead)\(key).")
    }
  }

  private func members(of entry: Registry.Entry) -> [(key: String, schema: JSON)] {
    values.members(of: entry.defaults, as: Self.defaults(of: entry.type))
  }

  private static func defaults<C: Component>(of type: C.Type) -> Any { C.defaults }

  /// A bare name, or an object whose keys depend on its type.
  private var choice: JSON {
    let all = entries.flatMap(names)
    let cases = entries.map { entry in
      JSON.members([
        (
          "if",
          .members([
            ("properties", .members([("type", .members([("enum", .array(names(entry)))]))])),
            ("required", .array([.string("type")])),
          ])
        ), ("then", .members([("$ref", .string("#/$defs/\(key(entry))"))])),
      ])
    }
    // Keys without a type belong to the component that stands there already.
    let known = ["type", "preset"] + extra.map(\.0) + entries.flatMap { $0.defaults.object?.keys ?? [] }
    let named = JSON.members([
      ("description", .string("The name alone takes all defaults; null takes the component away.")),
      (
        "oneOf",
        .array(
          entries.flatMap { entry in
            names(entry).map { .members([("const", $0), ("description", .string(entry.about.summary))]) }
          } + [.members([("const", .null)])])
      ),
    ])
    let object = JSON.members([
      ("type", .string("object")), ("properties", .members([("type", .members([("enum", .array(all))]))])),
      ("propertyNames", .members([("enum", .array(Set(known).sorted().map { .string($0) }))])),
      ("allOf", .array(cases)),
    ])
    return .members([
      ("if", .members([("type", .string("object"))])), ("then", object), ("else", named),
    ])
  }

  private func object(of entry: Registry.Entry) -> JSON {
    var properties: [(String, JSON)] = [("type", .members([("enum", .array(names(entry)))]))]
    if !entry.presets.isEmpty {
      properties.append(
        (
          "preset",
          .members([
            ("description", .string("Settings to start from instead of the defaults.")),
            ("enum", .array(entry.presets.keys.sorted().map { .string($0) } + [.null])),
          ])
        ))
    }
    let source = entry.about.source
    return .members([
      ("description", .string(entry.about.summary + (source.isEmpty ? "" : "\n\nSource: \(source)"))),
      ("type", .string("object")),
      ("properties", .members(properties + extra + members(of: entry).map { ($0.key, $0.schema) })),
      ("additionalProperties", .bool(false)),
    ])
  }
}
