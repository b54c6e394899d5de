/// A spec as written: one JSON object, with what it extends and what the command line overrides.
public struct SpecDocument: Sendable {
  /// The file, for messages.
  public let file: String
  /// The merged object.
  public private(set) var root: JSON
  /// What the command line puts into the spec, in its order.
  private(set) var overrides: [(path: [String], value: JSON)] = []
  /// The files that the spec is made of, each without what it extends, in the order in which they are laid over one
  /// another.
  private(set) var layers: [(file: String, root: JSON)] = []

  /// A spec from a value, for tests and tools.
  public init(_ root: JSON, file: String = "spec") {
    self.file = file
    self.root = root
    layers = [(file, root)]
  }

  /// Reads a spec and, before it, the file or files it `extends`, relative to its own folder: later ones are laid
  /// over earlier ones, the spec itself over all.
  ///
  /// - Throws: `SpecError` if a file is missing, is not JSON, or extends itself.
  public init(contentsOf path: String) throws {
    var chain: [String] = []
    root = .null
    file = path
    root = try Self.read(path, &chain, &layers)
  }

  private static func read(
    _ path: String, _ chain: inout [String], _ layers: inout [(file: String, root: JSON)]
  ) throws -> JSON {
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
    guard let extended = object["extends"] else {
      layers.append((path, json))
      return json
    }
    let bases = extended.array ?? [extended]
    guard !bases.isEmpty, bases.allSatisfy({ $0.string != nil }) else {
      throw fail("extends", "expected a file name or a list of them, found \(extended.compact).")
    }
    object["extends"] = nil
    var merged = JSON.object(JSON.Object())
    for base in bases.compactMap(\.string) {
      let baseURL = URL(filePath: base, relativeTo: url.deletingLastPathComponent())
      merged = merged.merging(try read(shortened(baseURL), &chain, &layers))
    }
    layers.append((path, .object(object)))
    return merged.merging(.object(object))
  }

  /// A file's path from the working directory if it is below it, the whole path otherwise.
  private static func shortened(_ url: URL) -> String {
    let path = url.standardizedFileURL.path(percentEncoded: false)
    let here = FileManager.default.currentDirectoryPath + "/"
    return path.hasPrefix(here) ? String(path.dropFirst(here.count)) : path
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
    let path = Self.keys(of: assignment[..<equals])
    let text = String(assignment[assignment.index(after: equals)...])
    let value = (try? JSON(parsing: text)) ?? .string(text)
    root.put(value, at: path[...])
    overrides.append((path, value))
  }

  /// The keys of a dotted path; an axis of a grid is one key, dots and all.
  private static func keys(of path: Substring) -> [String] {
    let keys = path.split(separator: ".").map(String.init)
    guard keys.first == "grid", keys.count > 2, !["zip", "exclude"].contains(keys[1]) else { return keys }
    return ["grid", keys.dropFirst().joined(separator: ".")]
  }

  /// The variants of the spec, in the order written: named patches, systems with a part left out, cells of grids.
  /// Where the spec is `cumulative`, a patch is laid over the variant before it. A spec without any has one, named as
  /// the spec.
  public func variants(_ problems: inout [Problem]) -> [WrittenVariant] {
    var expansion = SpecExpansion()
    var variants = expansion.variants(of: root)
    problems += expansion.problems
    for (path, value) in overrides where !SpecExpansion.keys.contains(path[0]) {
      for index in variants.indices { override(&variants[index], path, value, &problems) }
    }
    return variants
  }

  /// The variants of a spec that is known to be sound.
  public func variants() -> [WrittenVariant] {
    var problems: [Problem] = []
    return variants(&problems)
  }

  private func override(
    _ variant: inout WrittenVariant, _ path: [String], _ value: JSON, _ problems: inout [Problem]
  ) {
    let axes = variant.coordinates.map { $0.axis.split(separator: ".").map(String.init) }
    if let axis = axes.first(where: { $0.starts(with: path) }) {
      let name = axis.joined(separator: ".")
      let problem = Problem(
        "--set \(path.joined(separator: "."))", "the grid runs over \(name); set grid.\(name) instead.")
      if !problems.contains(problem) { problems.append(problem) }
      return
    }
    // A whole component on the command line replaces the spec's, not one that a variant chose for itself.
    if Slot.allCases.map(\.path).contains(path) { return }
    // A variant with another component anywhere on the way has no such key.
    let base = JSON.object(root.object ?? JSON.Object())
    let isKept = path.indices.allSatisfy { depth in
      let above = Array(path[..<depth])
      return base.value(at: above)?.typeName == variant.root.value(at: above)?.typeName
    }
    if isKept { variant.root.put(value, at: path[...]) }
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
