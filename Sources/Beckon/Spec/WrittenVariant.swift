/// One system of a study as variants and grids write it, before its components are looked up.
public struct WrittenVariant: Sendable {
  /// What tables call it.
  public var name: String
  /// The spec with everything that the variant lays over it.
  public var root: JSON
  /// Its place on the axes of the grids around it.
  public var coordinates: [ResolvedVariant.Coordinate] = []
  /// What was laid over the spec, in that order, and where it is written.
  var patches: [(place: Place, patch: JSON)] = []

  /// Where a file writes a patch: the keys that lead to it, and how many keys of the patch they stand for.
  struct Place: Sendable {
    var keys: [String]
    var within = 0
  }

  /// This variant with a patch laid over it.
  func changed(by patch: JSON, at place: Place, named addition: String = "") -> WrittenVariant {
    var result = self
    result.root = root.merging(patch)
    result.patches.append((place, patch))
    result.name = [name, addition].filter { !$0.isEmpty }.joined(separator: " · ")
    return result
  }
}

/// Makes the variants of a spec: named patches, each perhaps with variants of its own, systems with one part taken
/// away, and the cells of grids.
struct SpecExpansion {
  /// Keys that make several variants of one.
  static let keys = ["variants", "grid", "leaveOneOut", "cumulative"]

  private(set) var problems: [Problem] = []

  /// The variants of a spec's object, in the order written. A spec that makes none has one, named as the spec.
  mutating func variants(of root: JSON) -> [WrittenVariant] {
    let members = root.object ?? JSON.Object()
    let name = members["name"]?.string ?? "study"
    let start = WrittenVariant(name: "", root: .object(Self.own(members)))
    var all = expand(members, at: [], start)
    for index in all.indices where all[index].name.isEmpty { all[index].name = name }
    let names = Dictionary(grouping: all, by: \.name)
    for (name, cells) in names.sorted(by: { $0.key < $1.key }) where cells.count > 1 {
      problems.append(Problem("variants", "\(cells.count) of them would be called '\(name)'."))
    }
    return all
  }

  private static func own(_ members: JSON.Object) -> JSON.Object {
    JSON.Object(members.members.filter { !keys.contains($0.key) })
  }

  private mutating func expand(
    _ members: JSON.Object, at place: [String], _ start: WrittenVariant
  ) -> [WrittenVariant] {
    var leaves = patched(members, at: place, start)
    if let parts = members["leaveOneOut"] { leaves = leaves.flatMap { without(parts, at: place, $0) } }
    guard let written = members["grid"] else { return leaves }
    var grid = Grid(written, place: (place + ["grid"]).joined(separator: "."), problems: &problems)
    let cells = leaves.flatMap { grid.cells(of: $0, at: place, problems: &problems) }
    grid.checkUse(of: leaves.map(\.name), problems: &problems)
    return cells
  }

  private mutating func patched(
    _ members: JSON.Object, at place: [String], _ start: WrittenVariant
  ) -> [WrittenVariant] {
    let path = (place + ["variants"]).joined(separator: ".")
    guard let written = members["variants"] else { return [start] }
    guard let patches = written.object else {
      problems.append(Problem(path, "expected an object of named patches, found \(written.kind)."))
      return [start]
    }
    guard !patches.keys.isEmpty else { return [start] }
    let isCumulative = members["cumulative"]?.bool ?? false
    var before = start
    return patches.members.flatMap { name, patch -> [WrittenVariant] in
      guard let own = patch.object else {
        problems.append(Problem("\(path).\(name)", "expected an object, found \(patch.kind)."))
        return []
      }
      for key in SpecDocument.studyKeys
      where own[key] != nil && !["variants", "grid", "leaveOneOut"].contains(key) {
        problems.append(
          Problem("\(path).\(name).\(key)", "this belongs to the whole study; a variant cannot change it."))
      }
      let place = place + ["variants", name]
      let changed = before.changed(by: .object(Self.own(own)), at: .init(keys: place))
      if isCumulative {
        if own["variants"] != nil || own["grid"] != nil || own["leaveOneOut"] != nil {
          problems.append(
            Problem(
              "\(path).\(name)",
              "a step of a cumulative spec is one system: it can have no variants of its own."))
        }
        before = changed
      }
      var named = changed
      named.name = [start.name, name].filter { !$0.isEmpty }.joined(separator: " · ")
      return expand(own, at: place, named)
    }
  }

  /// A system as it is, and without each of some parts in turn.
  private mutating func without(_ parts: JSON, at place: [String], _ full: WrittenVariant) -> [WrittenVariant]
  {
    let place = place + ["leaveOneOut"]
    let path = place.joined(separator: ".")
    var patches: [(name: String, place: WrittenVariant.Place, patch: JSON)] = []
    if let list = parts.array {
      for (index, element) in list.enumerated() {
        guard let slot = element.string.flatMap({ name in Slot.allCases.first { $0.place == name } }),
          let neutral = slot.fallback
        else {
          let known = Slot.allCases.filter { $0.fallback != nil && !$0.isData }.map(\.place)
          let name = element.string ?? element.compact
          problems.append(
            Problem(
              "\(path)[\(index)]",
              "'\(name)' is no part that a system can do without.\(Suggestion.sentence(for: name, among: known)) "
                + "For another, write what stands in its place: {\"intents\": {…}}."))
          continue
        }
        var patch = JSON.object(JSON.Object())
        patch.set(neutral, at: slot.path)
        patches.append((slot.rawValue, .init(keys: place + [String(index)], within: slot.path.count), patch))
      }
    } else if let object = parts.object {
      for (name, patch) in object.members {
        if patch.object == nil {
          problems.append(
            Problem("\(path).\(name)", "expected what stands in its place, found \(patch.kind)."))
        }
        patches.append((name, .init(keys: place + [name]), patch))
      }
    } else {
      problems.append(
        Problem(
          path, "expected a list of parts, or an object of what stands in their place, found \(parts.kind)."))
    }
    if patches.isEmpty { problems.append(Problem(path, "names no part.")) }
    var whole = full
    if whole.name.isEmpty { whole.name = "full" }
    return [whole]
      + patches.map { full.changed(by: $0.patch, at: $0.place, named: "w/o \($0.name)") }
  }
}

extension Slot {
  /// Whether it says what is known of the users, rather than what a system does with it.
  fileprivate var isData: Bool { [.dataset, .filters, .split].contains(self) }
}
