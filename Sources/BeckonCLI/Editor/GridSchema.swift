import Beckon

/// The schema of a grid: every path into a system is an axis, with the values that may stand there.
struct GridSchema {
  private let components: [ComponentSchema]

  init(_ components: [ComponentSchema]) { self.components = components }

  /// The schema.
  var json: JSON {
    let axes = axes
    let axisKeys = JSON.members(axes.map { ($0.path, Self.axis($0.value)) })
    // The encoder of a selector is a component within a component: its keys are looked at by 'beckon validate'.
    let deeper = JSON.members([("^targetSelector\\.encoder\\..", Self.axis(.bool(true)))])
    let together = JSON.members([
      ("type", .string("object")), ("properties", axisKeys), ("patternProperties", deeper),
      ("additionalProperties", .bool(false)), ("minProperties", .number(2)),
    ]).described("Axes that go together, value by value.")
    let rule = JSON.members([
      ("type", .string("object")), ("minProperties", .number(1)),
      (
        "propertyNames",
        .members([
          (
            "anyOf",
            .array([
              .members([("enum", .array((axes.map(\.path) + ["variant"]).map { .string($0) }))]),
              .members([("pattern", .string("^targetSelector\\.encoder\\."))]),
            ])
          )
        ])
      ),
    ]).described("A combination that has all of these values is left out.")
    var properties = axisKeys
    properties.set(Self.oneOrMore(together), at: ["zip"])
    properties.set(Self.oneOrMore(rule), at: ["exclude"])
    return .members([
      ("type", .string("object")), ("properties", properties), ("patternProperties", deeper),
      ("additionalProperties", .bool(false)), ("minProperties", .number(1)),
    ]).described("Axes whose values are combined: paths into the system.")
  }

  private static func oneOrMore(_ one: JSON) -> JSON {
    .members([
      ("if", .members([("type", .string("array"))])), ("then", .members([("items", one)])), ("else", one),
    ])
  }

  /// A list of values, or an object of named ones.
  private static func axis(_ value: JSON) -> JSON {
    .members([
      ("type", .array([.string("array"), .string("object")])), ("items", value), ("minItems", .number(1)),
      ("additionalProperties", value), ("minProperties", .number(1)),
    ])
  }

  /// Every path with the schema of its values.
  private var axes: [(path: String, value: JSON)] {
    var found = JSON.Object()
    func add(_ path: String, _ schema: JSON) {
      // Where components of one kind differ in a key, either's value may stand there.
      let known = found[path]?.array ?? []
      let plain = schema.withoutNotes
      if !known.contains(plain) { found[path] = .array(known + [plain]) }
    }
    let null = JSON.members([("type", .string("null"))])
    for slot in Slot.allCases {
      let one = ComponentSchema.reference(slot.kind)
      add(slot.place, slot.isList ? .members([("type", .string("array")), ("items", one)]) : one)
      if slot.isList { add(slot.place, null) }
      if slot == .matcher { add(slot.place, .members([("const", .string("base"))])) }
      guard !slot.isList, slot != .matcher, let schema = components.first(where: { $0.kind == slot.kind })
      else { continue }
      for type in ["type", "preset"] { add("\(slot.place).\(type)", .members([("type", .string("string"))])) }
      for (path, value) in schema.paths() { add("\(slot.place).\(path)", value) }
    }
    add("masking", .members([("enum", .array(Masking.allCases.map { .string($0.rawValue) }))]))
    return found.members.map { path, schemas in
      let list = schemas.array ?? []
      return (path, list.count == 1 ? list[0] : .members([("anyOf", .array(list))]))
    }
  }
}

extension JSON {
  /// A schema without descriptions and defaults, at any depth.
  fileprivate var withoutNotes: JSON {
    switch self {
    case .object(let object):
      .members(
        object.members.filter { !($0.key == "description" && $0.value.string != nil) && $0.key != "default" }
          .map { ($0.key, $0.value.withoutNotes) })
    case .array(let elements): .array(elements.map(\.withoutNotes))
    default: self
    }
  }
}
