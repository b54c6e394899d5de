import Beckon

/// JSON Schema 2020-12 of the whole spec, made from the registry.
struct SpecSchema {
  private let components: [ComponentSchema]

  /// - Parameter comments: doc comments of configurations' keys, by type.
  init(_ registry: Registry, comments: JSON) {
    let values = ValueSchema(comments: comments)
    components = Kind.allCases.map { ComponentSchema($0, in: registry, values) }
  }

  /// The schema.
  var json: JSON {
    let system = systemKeys
    let definitions: [(String, JSON)] =
      [
        ("patch", patch(system)), ("variants", variants), ("grid", GridSchema(components).json),
        ("leaveOneOut", leaveOneOut),
      ] + components.flatMap(\.definitions)
    return .members([
      ("$schema", .string("https://json-schema.org/draft/2020-12/schema")),
      ("title", .string("An experiment of Beckon")), ("type", .string("object")),
      ("properties", .members(studyKeys + system + severalKeys)),
      ("additionalProperties", .bool(false)),
      // What a file extends may have them.
      ("if", .members([("not", .members([("required", .array([.string("extends")]))]))])),
      ("then", .members([("required", .array([.string("dataset"), .string("task")]))])),
      ("$defs", .members(definitions)),
    ])
  }

  private static func text(_ description: String) -> JSON {
    .members([("type", .string("string"))]).described(description)
  }

  private static func flag(_ description: String) -> JSON {
    .members([("type", .string("boolean")), ("default", .bool(false))]).described(description)
  }

  /// What is said of the whole study.
  private var studyKeys: [(String, JSON)] {
    let seed = JSON.members([("type", .string("integer")), ("minimum", .number(0))])
    let file = JSON.members([("type", .string("string"))])
    return [
      ("$schema", Self.text("This schema, for editors.")),
      (
        "name",
        .members([("type", .string("string")), ("pattern", .string("^(?!\\.)(?!pieces$)[^/]+$"))])
          .described("Name of the folder under Runs/; the file's name if absent.")
      ),
      ("description", Self.text("What the study asks.")),
      (
        "extends",
        .members([("anyOf", .array([file, .members([("type", .string("array")), ("items", file)])]))])
          .described("Files, relative to this one, that this one is laid over; later ones over earlier ones.")
      ),
      (
        "seeds",
        .members([
          (
            "anyOf",
            .array([
              .members([("type", .string("integer")), ("minimum", .number(1)), ("maximum", .number(10_000))]),
              .members([
                ("type", .string("array")), ("items", seed), ("minItems", .number(1)),
                ("uniqueItems", .bool(true)),
              ]),
            ])
          ), ("default", .array([.number(1)])),
        ]).described("Seeds with which every variant is run: a list, or a count.")
      ),
      ("trajectories", Self.flag("Writes everything that happened.")),
      ("compareWith", Self.text("The variant that the report pairs the others with; the first if absent.")),
      ("axis", Self.text("Path of a number that the variants differ in, such as arousal.topQ.")),
      ("cumulative", Self.flag("Lays each variant's patch over the variant before it.")),
    ]
  }

  /// What makes several systems of one.
  private var severalKeys: [(String, JSON)] {
    ["variants", "grid", "leaveOneOut"].map { ($0, .members([("$ref", .string("#/$defs/\($0)"))])) }
  }

  /// What makes up a system: the slots, and how seen items are ranked.
  private var systemKeys: [(String, JSON)] {
    func slot(_ slot: Slot) -> JSON {
      let one = ComponentSchema.reference(slot.kind)
      let schema =
        slot.isList
        ? JSON.members([("type", ValueSchema.types("array")), ("items", one)])
        : one
      var described = schema.described(slot.words)
      if let fallback = slot.fallback { described.set(fallback, at: ["default"]) }
      return described
    }
    let masking = JSON.members([
      ("enum", .array(Masking.allCases.map { .string($0.rawValue) } + [.null])),
      ("default", .string("exclude")),
    ])
    let world = Slot.allCases.filter { $0.path.first == "environment" }
    let environment = JSON.members([
      ("type", ValueSchema.types("object")), ("properties", .members(world.map { ($0.rawValue, slot($0)) })),
      ("additionalProperties", .bool(false)),
    ])
    return Slot.allCases.filter { $0.path.count == 1 }.map { ($0.rawValue, slot($0)) } + [
      ("environment", environment.described("The simulated users.")),
      ("masking", masking.described("Items already met, when all are ranked.")),
    ]
  }

  /// What a variant lays over the spec, and the variants it has itself.
  private func patch(_ system: [(String, JSON)]) -> JSON {
    .members([
      ("type", .string("object")), ("properties", .members(system + severalKeys)),
      ("additionalProperties", .bool(false)),
    ])
  }

  private var variants: JSON {
    let patch = JSON.members([("$ref", .string("#/$defs/patch"))])
    // Null takes a variant away that the spec extends.
    let none = JSON.members([("type", .string("null"))])
    return .members([
      ("type", .string("object")), ("additionalProperties", .members([("anyOf", .array([patch, none]))])),
    ]).described("Named patches (RFC 7396): a key replaces, null removes, objects merge.")
  }

  private var leaveOneOut: JSON {
    let data: Set<Slot> = [.dataset, .filters, .split]
    let parts = Slot.allCases.filter { $0.fallback != nil && !data.contains($0) }.map {
      JSON.string($0.place)
    }
    return .members([
      (
        "anyOf",
        .array([
          .members([
            ("type", .string("array")), ("items", .members([("enum", .array(parts))])),
            ("minItems", .number(1)),
          ]),
          .members([
            ("type", .string("object")),
            ("additionalProperties", .members([("$ref", .string("#/$defs/patch"))])),
            ("minProperties", .number(1)),
          ]),
        ])
      )
    ]).described("The system, and the same without each of some parts in turn.")
  }
}

extension Slot {
  /// What stands there.
  fileprivate var words: String {
    switch self {
    case .dataset: "Who met what."
    case .filters: "What of it counts; applied in order."
    case .split: "What is held out."
    case .encoder, .matcher: "Turns histories into states."
    case .intents: "Global intents of the users."
    case .embeddings: "The simulated world's vectors, which no recommender sees."
    case .dynamics: "How simulated users change."
    case .clickModel: "How simulated users answer."
    case .targetSelector: "Which items users are guided to."
    case .scorer: "What to show."
    case .twin: "The scorer of the no-guidance twin."
    case .arousal: "How receptive the recommender believes a user to be."
    case .guards: "What may not be shown."
    case .metrics: "What is measured; the task's own metrics if absent."
    case .task: "The protocol of evaluation."
    }
  }
}
