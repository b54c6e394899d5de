/// Where each value of a variant's effective spec comes from.
public struct SpecOrigins {
  /// One value of an effective spec.
  public struct Line: Sendable, Equatable {
    /// Its path, such as `encoder.training.epochs` or `metrics[0].type`.
    public let path: String
    /// The value.
    public let value: JSON
    /// `file:line`, `--set …`, `preset 'name'`, or `default`.
    public let origin: String
  }

  private let document: SpecDocument
  private let registry: Registry
  private let lines: [[[String]: Int]]

  /// Origins in a spec; its files are read once more for their lines.
  public init(_ document: SpecDocument, registry: Registry) {
    self.document = document
    self.registry = registry
    lines = document.layers.map { layer in
      let text = (try? String(contentsOf: URL(filePath: layer.file), encoding: .utf8)) ?? ""
      return (try? JSON.lines(of: text)) ?? [:]
    }
  }

  /// Every value of a variant's effective spec, in its order.
  public func lines(of variant: WrittenVariant, effective: JSON) -> [Line] {
    let history = History(document, variant)
    return Self.leaves(effective, []).map { path, value in
      Line(path: Self.text(path), value: value, origin: origin(of: path, history))
    }
  }

  /// The states of a spec while files, patches and flags are laid over it, first to last.
  private struct History {
    struct Step {
      let patch: JSON
      /// Where files write it; nil for the command line.
      let place: WrittenVariant.Place?
      let flag: String
    }
    var steps: [Step] = []
    var states: [JSON] = []
    let root: JSON
    /// Steps before any variant: files, and the command line.
    let common: Int

    init(_ document: SpecDocument, _ variant: WrittenVariant) {
      root = variant.root
      common = document.layers.count + document.overrides.count
      var state = JSON.object(JSON.Object())
      func lay(_ patch: JSON, _ place: WrittenVariant.Place?, _ flag: String = "") {
        state = state.merging(patch)
        steps.append(Step(patch: patch, place: place, flag: flag))
        states.append(state)
      }
      func layFlag(_ path: [String], _ value: JSON) {
        var patch = JSON.object(JSON.Object())
        patch.set(value, at: path)
        lay(patch, nil, SpecOrigins.flag(path, value))
      }
      for layer in document.layers { lay(layer.root, .init(keys: [])) }
      for (path, value) in document.overrides { layFlag(path, value) }
      for (place, patch) in variant.patches { lay(patch, place) }
      // A flag goes over the variants too that keep the component there; a whole component does not.
      for (path, value) in document.overrides
      where !Slot.allCases.contains(where: { $0.path == path }) && root.value(at: path) == value {
        layFlag(path, value)
      }
    }
  }

  private func origin(of path: [String], _ history: History) -> String {
    var path = path
    var last = history.steps.count
    let matcher = Slot.matcher.path
    if path.starts(with: matcher), history.root.value(at: matcher) == .string("base") {
      // The spec's own encoder, before any variant.
      path = Slot.encoder.path + path.dropFirst(matcher.count)
      last = history.common
    }
    for index in history.steps.indices.prefix(last).reversed() {
      let step = history.steps[index]
      if let written = Self.written(path, in: step.patch) {
        guard let place = step.place else { return step.flag }
        let keys = place.keys + written.dropFirst(place.within)
        let isFile = index < document.layers.count
        if !isFile, let flag = document.overrides.last(where: { keys.starts(with: $0.path) }) {
          return Self.flag(flag.path, flag.value)
        }
        return location(of: keys, upTo: isFile ? index : document.layers.count - 1)
      }
      // Another component took the place of the one that had this key.
      if Self.written(path, in: history.states[index]) == nil { break }
    }
    return preset(of: path, history.root) ?? "default"
  }

  private static func flag(_ path: [String], _ value: JSON) -> String {
    "--set \(path.joined(separator: "."))=\(value.string ?? value.compact)"
  }

  /// The last file that writes a path, and the line.
  private func location(of path: [String], upTo last: Int) -> String {
    for index in (0...last).reversed() {
      if let line = lines[index][path] { return "\(document.layers[index].file):\(line)" }
    }
    return document.file
  }

  /// The preset that gives a value; nil if the plain default does.
  private func preset(of path: [String], _ root: JSON) -> String? {
    guard
      let slot = Slot.allCases.first(where: { path.starts(with: $0.path) && $0 != .targetSelector })
        ?? Slot.allCases.first(where: { path.starts(with: $0.path) }),
      let own = root.value(at: slot.path), let name = own["preset"]?.string,
      let entry = own["type"]?.string.flatMap({ registry.entry(slot.kind, $0) }),
      let preset = entry.presets[name]
    else { return nil }
    let rest = Array(path.dropFirst(slot.path.count))
    return preset.value(at: rest) == entry.defaults.value(at: rest) ? nil : "preset '\(name)'"
  }

  /// The path under which a value is written: a bare name is its component's type.
  private static func written(_ path: [String], in root: JSON) -> [String]? {
    var value = root
    for (depth, key) in path.enumerated() {
      switch value {
      case .object(let object):
        guard let inner = object[key] else { return nil }
        value = inner
      case .array(let list):
        guard let index = Int(key), list.indices.contains(index) else { return nil }
        value = list[index]
      case .string where key == "type" && depth == path.count - 1: return Array(path[..<depth])
      default: return nil
      }
    }
    return path
  }

  private static func leaves(_ json: JSON, _ path: [String]) -> [(path: [String], value: JSON)] {
    switch json {
    case .object(let object) where !object.keys.isEmpty:
      return object.members.flatMap { leaves($0.value, path + [$0.key]) }
    case .array(let list) where list.contains(where: { $0.object != nil }):
      return list.enumerated().flatMap { leaves($0.element, path + [String($0.offset)]) }
    default: return [(path, json)]
    }
  }

  private static func text(_ path: [String]) -> String {
    path.reduce("") { text, key in
      Int(key) != nil ? "\(text)[\(key)]" : text.isEmpty ? key : "\(text).\(key)"
    }
  }
}
