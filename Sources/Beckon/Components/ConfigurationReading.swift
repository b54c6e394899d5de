/// Lays a spec's keys over a component's defaults.
///
/// `JSONDecoder` ignores unknown keys, and synthesized decoding ignores property defaults. So: encode the
/// defaults, overlay the spec, refuse a key that the defaults lack, decode the result.
enum ConfigurationReading {
  /// Keys that every component object may have and no configuration sees.
  static let reserved: Set<String> = ["type", "preset"]

  /// The defaults with the given keys laid over; problems are appended, not thrown, so that all are reported.
  static func overlay(_ given: JSON, on defaults: JSON, path: String, problems: inout [Problem]) -> JSON {
    guard let object = given.object, var result = defaults.object else {
      if given.kind != defaults.kind {
        problems.append(Problem(path, "expected \(defaults.kind), found \(excerpt(given))."))
        return defaults
      }
      return given
    }
    for (key, value) in object.members {
      let place = path.isEmpty ? key : "\(path).\(key)"
      if let old = result[key] {
        result[key] = overlay(value, on: old, path: place, problems: &problems)
      } else {
        problems.append(
          Problem(place, "unknown key.\(Suggestion.sentence(for: key, among: result.keys))"))
      }
    }
    return .object(result)
  }

  /// Decodes a configuration, turning a decoder's complaint into a problem with its place.
  static func decode<T: Decodable>(
    _ type: T.Type, from json: JSON, path: String, problems: inout [Problem]
  ) -> T? {
    do { return try json.decode(T.self) } catch let error as DecodingError {
      let misfits = numbers(in: json, thatDoNotFit: T.self, path: path)
      guard misfits.isEmpty else {
        problems += misfits
        return nil
      }
      problems.append(problem(of: error, at: path, in: json))
    } catch {
      problems.append(Problem(path, "\(error)"))
    }
    return nil
  }

  private static func problem(of error: DecodingError, at path: String, in json: JSON) -> Problem {
    let context: DecodingError.Context
    var expectation: String?
    switch error {
    case .typeMismatch(let type, let found), .valueNotFound(let type, let found):
      context = found
      expectation = "expected \(name(of: type))"
    case .keyNotFound(let key, let found):
      return Problem(place(path, found.codingPath.dropFirst()), "the key '\(key.stringValue)' is missing.")
    case .dataCorrupted(let found): context = found
    @unknown default: return Problem(path, "\(error)")
    }
    let keys = context.codingPath.dropFirst()
    let where_ = place(path, keys)
    guard let expectation else { return Problem(where_, context.debugDescription) }
    let found = keys.reduce(Optional(json)) { value, key in
      guard let index = key.intValue else { return value?[key.stringValue] }
      return value?.array.flatMap { $0.indices.contains(index) ? $0[index] : nil }
    }
    return Problem(where_, "\(expectation)\(found.map { ", found \(excerpt($0))" } ?? "").")
  }

  /// Numbers that the type cannot hold, such as 1.5 as a count: Foundation's decoder does not say where they are.
  ///
  /// With 0 for every number the value decodes; so those are to blame that alone make it fail.
  private static func numbers<T: Decodable>(
    in json: JSON, thatDoNotFit type: T.Type, path: String
  ) -> [Problem] {
    var places: [(place: String, value: Double)] = []
    let zeros = json.replacingNumbers(path) { place, value in
      places.append((place, value))
      return 0
    }
    guard (try? zeros.decode(type)) != nil else { return [] }
    return places.filter { suspect in
      let probe = json.replacingNumbers(path) { place, value in place == suspect.place ? value : 0 }
      return (try? probe.decode(type)) == nil
    }.map { Problem($0.place, "expected a whole number in range, found \(JSON.number($0.value).compact).") }
  }

  private static func place(_ path: String, _ keys: ArraySlice<any CodingKey>) -> String {
    keys.reduce(path) { place, key in
      if let index = key.intValue { return "\(place)[\(index)]" }
      return place.isEmpty ? key.stringValue : "\(place).\(key.stringValue)"
    }
  }

  private static func name(of type: Any.Type) -> String {
    switch type {
    case is Int.Type, is UInt64.Type, is Int64.Type, is UInt32.Type: "a whole number"
    case is Double.Type, is Float.Type: "a number"
    case is String.Type: "a string"
    case is Bool.Type: "true or false"
    case is [Any].Type: "a list"
    default: "another kind of value"
    }
  }

  static func excerpt(_ value: JSON) -> String {
    let text = value.compact
    return text.count > 40 ? "\(text.prefix(40))…" : text
  }
}

extension JSON {
  /// The value with every number changed; the closure is told the number's place.
  fileprivate func replacingNumbers(_ place: String, _ change: (String, Double) -> Double) -> JSON {
    switch self {
    case .number(let number): .number(change(place, number))
    case .array(let elements):
      .array(elements.enumerated().map { $1.replacingNumbers("\(place)[\($0)]", change) })
    case .object(let object):
      .members(
        object.members.map { key, value in
          (key, value.replacingNumbers(place.isEmpty ? key : "\(place).\(key)", change))
        })
    default: self
    }
  }
}
