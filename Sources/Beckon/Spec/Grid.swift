/// A grid as written: axes whose values are combined, axes that go together, and combinations left out.
struct Grid {
  /// What differs along one axis.
  private struct Axis {
    let path: String
    /// Keys that lead to it in the grid, and below them those of its values.
    let written: [String]
    let values: [(key: String, label: String, value: JSON)]

    var keys: [String] { path.split(separator: ".").map(String.init) }
  }

  /// A rule that leaves combinations out: each key is an axis, or `variant`.
  private struct Rule {
    let place: String
    let labels: [String: Set<String>]
    var hits = 0
    var hitsOfItsOwn = 0
  }

  private static let reserved = ["zip", "exclude"]

  private let place: String
  /// Each group is walked along together; a plain axis is a group of its own.
  private var groups: [[Axis]] = []
  private var rules: [Rule] = []
  private var made = 0

  /// Reads a grid; what is wrong with it is appended to the problems.
  init(_ json: JSON, place: String, problems: inout [Problem]) {
    self.place = place
    guard let members = json.object else {
      problems.append(Problem(place, "expected an object of paths with their values, found \(json.kind)."))
      return
    }
    for (path, values) in members.members where !Self.reserved.contains(path) {
      if let axis = Self.axis(path, values, [], place, &problems) { groups.append([axis]) }
    }
    for (index, group) in Self.list(members["zip"]).enumerated() {
      let keys = members["zip"]?.array == nil ? ["zip"] : ["zip", String(index)]
      readZip(group, keys, "\(place).zip[\(index)]", &problems)
    }
    let paths = groups.flatMap { $0 }.map(\.path)
    for path in Set(paths).sorted() where paths.count(where: { $0 == path }) > 1 {
      problems.append(Problem("\(place).\(path)", "this axis stands in the grid twice."))
    }
    if paths.isEmpty { problems.append(Problem(place, "has no axis, such as \"scorer.lambda\": [0.1, 1].")) }
    for (index, rule) in Self.list(members["exclude"]).enumerated() {
      readRule(rule, "\(place).exclude[\(index)]", &problems)
    }
  }

  /// A list, or the only element of one.
  private static func list(_ json: JSON?) -> [JSON] { json.map { $0.array ?? [$0] } ?? [] }

  private mutating func readZip(
    _ json: JSON, _ keys: [String], _ place: String, _ problems: inout [Problem]
  ) {
    guard let members = json.object, members.keys.count > 1 else {
      problems.append(Problem(place, "expected an object of two axes or more that go together."))
      return
    }
    let axes = members.members.compactMap { Self.axis($0.key, $0.value, keys, place, &problems) }
    guard axes.count == members.keys.count else { return }
    let counts = axes.map(\.values.count)
    if Set(counts).count > 1 {
      let list = zip(axes, counts).map { "\($0.path) has \($1)" }.joined(separator: ", ")
      problems.append(Problem(place, "axes that go together need as many values each: \(list)."))
      return
    }
    groups.append(axes)
  }

  private static func axis(
    _ path: String, _ json: JSON, _ above: [String], _ grid: String, _ problems: inout [Problem]
  ) -> Axis? {
    let place = "\(grid).\(path)"
    let written = above + [path]
    let keys = path.split(separator: ".", omittingEmptySubsequences: false)
    if keys.contains("") || SpecDocument.studyKeys.contains(String(keys[0])) {
      problems.append(Problem(place, "an axis is a path into the system, such as scorer.lambda or encoder."))
      return nil
    }
    if let named = json.object {
      if named["type"] != nil {
        problems.append(
          Problem(
            place,
            "expected a list of values or an object of named ones, found one component: put it into a list."))
        return nil
      }
      let values = named.members.map { (key: $0.key, label: $0.key, value: $0.value) }
      return checked(Axis(path: path, written: written, values: values), place, &problems)
    }
    guard let list = json.array else {
      problems.append(
        Problem(place, "expected a list of values or an object of named ones, found \(json.compact)."))
      return nil
    }
    let values = zip(labels(of: list), list).enumerated().map { index, one in
      (key: String(index), label: one.0, value: one.1)
    }
    return checked(Axis(path: path, written: written, values: values), place, &problems)
  }

  private static func checked(_ axis: Axis, _ place: String, _ problems: inout [Problem]) -> Axis? {
    if axis.values.isEmpty {
      problems.append(Problem(place, "has no value, so that the grid would be empty."))
      return nil
    }
    let labels = axis.values.map(\.label)
    if let twice = labels.first(where: { label in labels.count { $0 == label } > 1 }) {
      problems.append(Problem(place, "the value \(twice) stands here twice."))
      return nil
    }
    return axis
  }

  /// A number or word is its own label, a component its type; with other keys where that is not enough.
  private static func labels(of values: [JSON]) -> [String] {
    let short = values.map { value -> String in
      switch value {
      case .string(let text): text
      case .null: "none"
      case .object(let object): object["type"]?.string ?? value.compact
      default: value.compact
      }
    }
    return zip(short, values).map { label, value in
      guard short.count(where: { $0 == label }) > 1, let object = value.object else { return label }
      let rest = object.members.filter { $0.key != "type" }.map {
        "\($0.key)=\($0.value.string ?? $0.value.compact)"
      }
      return rest.isEmpty ? label : "\(label)(\(rest.joined(separator: ", ")))"
    }
  }

  private mutating func readRule(_ json: JSON, _ place: String, _ problems: inout [Problem]) {
    guard let members = json.object, !members.keys.isEmpty else {
      problems.append(Problem(place, "expected an object of axes with the values that do not go together."))
      return
    }
    var labels: [String: Set<String>] = [:]
    for (path, value) in members.members {
      let wanted = value.array ?? [value]
      if path == "variant" {
        labels[path] = Set(wanted.compactMap(\.string))
        continue
      }
      let axes = groups.flatMap { $0 }
      guard let axis = axes.first(where: { $0.path == path }) else {
        let known = axes.map(\.path) + ["variant"]
        problems.append(
          Problem(
            "\(place).\(path)",
            "no axis of this grid.\(Suggestion.sentence(for: path, among: known, label: "Axes"))"))
        continue
      }
      var found: Set<String> = []
      for one in wanted {
        guard let match = axis.values.first(where: { $0.value == one || $0.label == one.string }) else {
          let known = axis.values.map(\.label)
          let name = one.string ?? one.compact
          problems.append(
            Problem(
              "\(place).\(path)",
              "the axis has no value \(name).\(Suggestion.sentence(for: name, among: known, label: "Values"))"
            ))
          continue
        }
        found.insert(match.label)
      }
      labels[path] = found
    }
    rules.append(Rule(place: place, labels: labels))
  }

  /// The cells that the grid makes of one system.
  mutating func cells(
    of variant: WrittenVariant, at place: [String], problems: inout [Problem]
  ) -> [WrittenVariant] {
    let axes = groups.flatMap { $0 }
    for axis in axes {
      for (_, patch) in variant.patches where patch.value(at: axis.keys) != nil {
        problems.append(
          Problem(
            "\(self.place).\(axis.path)",
            "the variant '\(variant.name)' sets this too; take it out there, or give the variant a grid of its own."
          ))
      }
    }
    let names = Self.shortNames(axes.map(\.path))
    var cells: [WrittenVariant] = []
    for choice in combinations() {
      // `encoder` goes on before `encoder.dropout`, whatever the order written.
      let order = choice.sorted { $0.axis.keys.count < $1.axis.keys.count }
      let coordinates = choice.map {
        ResolvedVariant.Coordinate(axis: $0.axis.path, label: $0.axis.values[$0.index].label)
      }
      if isExcluded(coordinates, variant.name) { continue }
      var cell = variant
      for (axis, index) in order {
        var patch = JSON.object(JSON.Object())
        patch.set(axis.values[index].value, at: axis.keys)
        let keys = place + ["grid"] + axis.written + [axis.values[index].key]
        cell = cell.changed(by: patch, at: .init(keys: keys, within: axis.keys.count))
      }
      cell.coordinates += coordinates
      let label = coordinates.map { "\(names[$0.axis] ?? $0.axis)=\($0.label)" }
      cell.name = ([variant.name] + [label.joined(separator: ", ")]).filter { !$0.isEmpty }.joined(
        separator: " · ")
      cells.append(cell)
    }
    made += cells.count
    return cells
  }

  /// Reports rules that do nothing, and a grid of which nothing is left.
  func checkUse(of variants: [String], problems: inout [Problem]) {
    guard !groups.isEmpty else { return }
    for rule in rules {
      if rule.hits == 0 {
        let names = variants.joined(separator: ", ")
        let who = rule.labels["variant"] == nil ? "" : " Variants: \(names)."
        problems.append(
          Problem(rule.place, "leaves nothing out: no combination of this grid has all of it.\(who)"))
      } else if rule.hitsOfItsOwn == 0, made > 0 {
        problems.append(Problem(rule.place, "leaves out nothing that the rules before it keep."))
      }
    }
    if made == 0, !variants.isEmpty {
      problems.append(Problem("\(place).exclude", "leaves out every combination."))
    }
  }

  private mutating func isExcluded(_ coordinates: [ResolvedVariant.Coordinate], _ variant: String) -> Bool {
    var isOut = false
    for index in rules.indices {
      let isHit = rules[index].labels.allSatisfy { path, labels in
        path == "variant"
          ? labels.contains(variant) : coordinates.contains { $0.axis == path && labels.contains($0.label) }
      }
      guard isHit else { continue }
      rules[index].hits += 1
      if !isOut { rules[index].hitsOfItsOwn += 1 }
      isOut = true
    }
    return isOut
  }

  /// Every choice of a value on every axis; the last axis turns fastest.
  private func combinations() -> [[(axis: Axis, index: Int)]] {
    groups.reduce([[]]) { partial, group in
      partial.flatMap { before in
        (group.first?.values ?? []).indices.map { index in before + group.map { ($0, index) } }
      }
    }
  }

  /// The last key of each path where that tells them apart, the whole path otherwise.
  private static func shortNames(_ paths: [String]) -> [String: String] {
    let last = paths.map { $0.split(separator: ".").last.map(String.init) ?? $0 }
    return Dictionary(
      zip(paths, last).map { path, short in (path, last.count { $0 == short } > 1 ? path : short) },
      uniquingKeysWith: { first, _ in first })
  }
}
