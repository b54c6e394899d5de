/// A spec as written: one JSON object, with what it extends and what the command line overrides.
public struct SpecDocument: Sendable {
  /// The file, for messages.
  public let file: String
  /// The merged object.
  public private(set) var root: JSON
  private var overrides: [(path: [String], value: JSON)] = []

  /// A spec from a value, for tests and tools.
  public init(_ root: JSON, file: String = "spec") {
    self.file = file
    self.root = root
  }

  /// Reads a spec and, before it, the file or files it `extends`, relative to its own folder: later ones are laid
  /// over earlier ones, the spec itself over all.
  ///
  /// - Throws: `SpecError` if a file is missing, is not JSON, or extends itself.
  public init(contentsOf path: String) throws {
    var chain: [String] = []
    root = try Self.read(path, &chain)
    file = path
  }

  private static func read(_ path: String, _ chain: inout [String]) throws -> JSON {
    let url = URL(filePath: path)
    let name = url.standardizedFileURL.path(percentEncoded: false)
    func fail(_ place: String, _ fact: String) -> SpecError {
      SpecError(file: path, problems: [Problem(place, fact)])
    }
    if chain.contains(name) {
      throw fail("extends", "the file extends itself, by way of \(chain.joined(separator: " → ")).")
    }
    chain.append(name)
    defer { chain.removeLast() }
    guard FileManager.default.fileExists(atPath: name) else { throw fail("", "there is no such file.") }
    let json: JSON
    do { json = try JSON(parsing: try String(contentsOf: url, encoding: .utf8)) } catch let error
      as JSONSyntaxError
    {
      throw fail("", "not JSON: \(error).")
    } catch {
      throw fail("", "cannot be read as UTF-8 text.")
    }
    guard var object = json.object else { throw fail("", "expected a JSON object, found \(json.kind).") }
    guard let extended = object["extends"] else { return json }
    let bases = extended.array ?? [extended]
    guard !bases.isEmpty, bases.allSatisfy({ $0.string != nil }) else {
      throw fail("extends", "expected a file name or a list of them, found \(extended.compact).")
    }
    object["extends"] = nil
    var merged = JSON.object(JSON.Object())
    for base in bases.compactMap(\.string) {
      let baseURL = URL(filePath: base, relativeTo: url.deletingLastPathComponent())
      merged = merged.merging(try read(baseURL.path(percentEncoded: false), &chain))
    }
    return merged.merging(.object(object))
  }

  /// Puts a value at a dotted path, over the spec and over every variant that keeps the component there.
  ///
  /// - Parameter assignment: `scorer.lambda=5`; the value is JSON, or a text where it is not.
  /// - Throws: `SpecError` if there is no `=`.
  public mutating func override(_ assignment: String) throws {
    guard let equals = assignment.firstIndex(of: "="), equals != assignment.startIndex else {
      throw SpecError(
        file: "--set \(assignment)", problems: [Problem("", "expected PATH=VALUE, such as scorer.lambda=5.")])
    }
    let path = assignment[..<equals].split(separator: ".").map(String.init)
    let text = String(assignment[assignment.index(after: equals)...])
    let value = (try? JSON(parsing: text)) ?? .string(text)
    root.put(value, at: path[...])
    overrides.append((path, value))
  }

  /// The object of each variant: the spec with the variant's patch, in the order written. Where the spec is
  /// `cumulative`, a patch is laid over the variant before it.
  ///
  /// A spec without variants has one, named as the spec.
  public func variants() -> [(name: String, root: JSON)] {
    var base = root.object ?? JSON.Object()
    base["variants"] = nil
    let name = base["name"]?.string ?? "study"
    guard let patches = root["variants"]?.object, !patches.keys.isEmpty else {
      return [(name, .object(base))]
    }
    let isCumulative = root["cumulative"]?.bool ?? false
    var before = JSON.object(base)
    return patches.members.map { name, patch in
      var merged = before.merging(patch)
      if isCumulative { before = merged }
      // A whole component on the command line replaces the spec's, not one that a variant chose for itself.
      let slots = Slot.allCases.map(\.path)
      for (path, value) in overrides where path.first != "variants" && !slots.contains(path) {
        // A variant with another component anywhere on the way has no such key.
        let isKept = path.indices.allSatisfy { depth in
          let above = Array(path[..<depth])
          return JSON.object(base).value(at: above)?.typeName == merged.value(at: above)?.typeName
        }
        if isKept { merged.put(value, at: path[...]) }
      }
      return (name, merged)
    }
  }
}

extension JSON {
  /// This value with a patch laid over (RFC 7396), except that an object with a new `type` replaces the whole:
  /// another component's keys would mean nothing to it.
  public func merging(_ patch: JSON) -> JSON {
    guard case .object(let changes) = patch else { return patch }
    if let type = changes["type"]?.string, let own = typeName, type != own {
      return JSON.null.merging(patch)
    }
    var result = asComponent
    for (key, value) in changes.members {
      result[key] = value == .null ? nil : (result[key] ?? .null).merging(value)
    }
    return .object(result)
  }
}

extension JSON {
  /// The type of a component, written as an object or as its bare name.
  fileprivate var typeName: String? { string ?? self["type"]?.string }

  /// The members of an object; a bare name stands for a component of that type.
  fileprivate var asComponent: Object { object ?? Object(string.map { [("type", .string($0))] } ?? []) }

  /// Puts a value at a path; a component written as its bare name keeps its type.
  fileprivate mutating func put(_ value: JSON, at path: ArraySlice<String>) {
    guard let key = path.first else {
      self = value
      return
    }
    var members = asComponent
    if path.count == 1 {
      members[key] = value
    } else {
      var inner = members[key] ?? .object(Object())
      inner.put(value, at: path.dropFirst())
      members[key] = inner
    }
    self = .object(members)
  }
}
