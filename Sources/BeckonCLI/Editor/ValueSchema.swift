import Beckon

/// The schema of a component's keys, read off its default configuration: the JSON tells keys and values, the Swift value
/// tells whole numbers from others, and the names of a choice.
struct ValueSchema {
  /// Doc comments by type, then by key.
  let comments: JSON

  /// The schema of an object's members; each may be null where a spec takes it away from what it extends or varies.
  ///
  /// - Parameters:
  ///   - defaults: as encoded.
  ///   - value: the configuration; nil where only its encoded form is known.
  func members(of defaults: JSON, as value: Any?) -> [(key: String, schema: JSON)] {
    let parts = value.map { Mirror(reflecting: $0).children.map { ($0.label ?? "", $0.value) } } ?? []
    let own = Dictionary(parts, uniquingKeysWith: { first, _ in first })
    let words = value.flatMap { comments[Self.name(of: type(of: $0))] }
    return (defaults.object?.members ?? []).map { key, value in
      var schema = self.schema(of: value, as: own[key])
      if let words = words?[key]?.string { schema = schema.described(words) }
      return (key, schema)
    }
  }

  private func schema(of json: JSON, as value: Any?) -> JSON {
    if json.object != nil {
      let members = members(of: json, as: value)
      // An object without keys of its own takes any, such as a table of names.
      guard !members.isEmpty else { return .members([("type", Self.types("object"))]) }
      return .members([
        ("type", Self.types("object")), ("properties", .members(members.map { ($0.key, $0.schema) })),
        ("additionalProperties", .bool(false)),
      ])
    }
    var schema = plain(json, value)
    schema.set(json, at: ["default"])
    return schema
  }

  private func plain(_ json: JSON, _ value: Any?) -> JSON {
    if let choice = value as? any Choice {
      return .members([("enum", .array(Self.names(of: choice).map { .string($0) } + [.null]))])
    }
    switch json {
    case .bool: return .members([("type", Self.types("boolean"))])
    case .string: return .members([("type", Self.types("string"))])
    case .number: return .members([("type", Self.types(Self.isWhole(value) ? "integer" : "number"))])
    case .array(let elements):
      var schema = JSON.members([("type", Self.types("array"))])
      if let items = items(elements, value) { schema.set(items, at: ["items"]) }
      return schema
    default: return .members([])
    }
  }

  /// The schema of a list's elements; nil if it cannot be told.
  private func items(_ elements: [JSON], _ value: Any?) -> JSON? {
    // By the type itself: an empty list passes for a list of anything.
    let type: Any.Type? = value.map { Swift.type(of: $0) }
    if type == [Int].self { return .members([("type", .string("integer"))]) }
    if type == [Double].self || type == [Float].self { return .members([("type", .string("number"))]) }
    if type == [String].self { return .members([("type", .string("string"))]) }
    guard let first = elements.first else { return nil }
    return schema(of: first, as: value.flatMap { Mirror(reflecting: $0).children.first?.value })
  }

  private static func isWhole(_ value: Any?) -> Bool { value is any BinaryInteger }

  private static func names<C: Choice>(of choice: C) -> [String] { C.allCases.map(\.rawValue) }

  /// A type's name without its module's: what doc comments are filed under.
  private static func name(of type: Any.Type) -> String {
    String(reflecting: type).split(separator: ".").dropFirst().joined(separator: ".")
  }

  /// A type that a spec may also take away.
  static func types(_ name: String) -> JSON { .array([.string(name), .string("null")]) }
}

extension JSON {
  /// A schema with a description.
  func described(_ text: String) -> JSON {
    var result = JSON.members([("description", .string(text))])
    for (key, value) in object?.members ?? [] { result.set(value, at: [key]) }
    return result
  }
}
