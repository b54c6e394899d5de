/// A JSON value that keeps the order of its keys.
///
/// Foundation's decoders lose that order, and a spec's variants run, and are reported, in the order written.
public indirect enum JSON: Sendable, Equatable {
  case null
  case bool(Bool)
  case number(Double)
  case string(String)
  case array([JSON])
  case object(Object)

  /// Members in the order written; keys are unique.
  public struct Object: Sendable, Equatable {
    /// Keys in order.
    public private(set) var keys: [String] = []
    private var values: [String: JSON] = [:]

    /// An object without members.
    public init() {}

    /// The members given, in their order; a later one replaces an earlier one of the same key.
    public init(_ members: [(String, JSON)]) { for (key, value) in members { self[key] = value } }

    /// The value under a key; setting `nil` removes the member, a new key goes to the end.
    public subscript(key: String) -> JSON? {
      get { values[key] }
      set {
        if newValue == nil {
          keys.removeAll { $0 == key }
        } else if values[key] == nil {
          keys.append(key)
        }
        values[key] = newValue
      }
    }

    /// Keys with their values, in order.
    public var members: [(key: String, value: JSON)] {
      keys.compactMap { key in values[key].map { (key, $0) } }
    }

    /// Equal members, in whatever order: order decides how things are shown, not what they are.
    public static func == (a: Object, b: Object) -> Bool { a.values == b.values }
  }

  /// An object of the given members.
  public static func members(_ members: [(String, JSON)]) -> JSON { .object(Object(members)) }

  /// The members, if this is an object.
  public var object: Object? { if case .object(let object) = self { object } else { nil } }
  /// The elements, if this is an array.
  public var array: [JSON]? { if case .array(let array) = self { array } else { nil } }
  /// The text, if this is a string.
  public var string: String? { if case .string(let string) = self { string } else { nil } }
  /// The number, if this is one.
  public var number: Double? { if case .number(let number) = self { number } else { nil } }
  /// The truth value, if this is one.
  public var bool: Bool? { if case .bool(let bool) = self { bool } else { nil } }

  /// The member of an object, or nil.
  public subscript(key: String) -> JSON? { object?[key] }

  /// What kind of value this is, in words: for messages.
  public var kind: String {
    switch self {
    case .null: "null"
    case .bool: "true or false"
    case .number: "a number"
    case .string: "a string"
    case .array: "a list"
    case .object: "an object"
    }
  }

  /// The value at a path of keys, or nil.
  public func value(at path: [String]) -> JSON? {
    path.reduce(Optional(self)) { $0?[$1] }
  }

  /// Puts a value at a path of keys; objects on the way are made where they lack.
  public mutating func set(_ value: JSON?, at path: some Collection<String>) {
    guard let key = path.first else {
      self = value ?? .null
      return
    }
    var object = self.object ?? Object()
    if path.count == 1 {
      object[key] = value
    } else {
      var inner = object[key] ?? .object(Object())
      inner.set(value, at: path.dropFirst())
      object[key] = inner
    }
    self = .object(object)
  }
}
