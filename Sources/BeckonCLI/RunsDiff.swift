import Beckon
import Lab

/// `beckon runs diff`.
enum RunsDiff {
  static func run(_ call: Call) throws {
    let files = try call.arguments.map { name in
      let store = try RunsCommand.store(name, call)
      let file = store.folder.appending(path: "results.json")
      guard let text = try? String(contentsOf: file, encoding: .utf8), let json = try? JSON(parsing: text)
      else {
        throw RunFailure(description: "\(RunsCommand.path(file)): there are no whole results of this study.")
      }
      return json
    }
    let (one, other) = (files[0], files[1])
    var text = ""
    for key in ["code", "toolchain", "instructionSet"] where one[key] != other[key] {
      text += "\(key): \(word(one[key])) → \(word(other[key]))\n"
    }
    let (first, second) = (one["spec"]?.object?.keys ?? [], other["spec"]?.object?.keys ?? [])
    let shared = first.filter(second.contains)
    let gone = first.filter { !second.contains($0) }
    let new = second.filter { !first.contains($0) }
    if !gone.isEmpty { text += "variants of the first alone: \(gone.joined(separator: ", "))\n" }
    if !new.isEmpty { text += "variants of the second alone: \(new.joined(separator: ", "))\n" }
    for name in shared {
      var lines = differences(one["data"]?[name], other["data"]?[name], ["data"])
      lines += differences(one["spec"]?[name], other["spec"]?[name], [])
      lines += metrics(one, other, name)
      if !lines.isEmpty { text += "\(name)\n" + lines.map { "  \($0)\n" }.joined() }
    }
    try call.terminal.output(text.isEmpty ? "They do not differ.\n" : text)
  }

  private static func differences(_ one: JSON?, _ other: JSON?, _ path: [String]) -> [String] {
    if one == other { return [] }
    guard let a = one?.object, let b = other?.object else {
      return ["\(path.joined(separator: ".")): \(word(one)) → \(word(other))"]
    }
    let keys = a.keys + b.keys.filter { a[$0] == nil }
    return keys.flatMap { differences(a[$0], b[$0], path + [$0]) }
  }

  /// Metrics of the seeds that both have.
  private static func metrics(_ one: JSON, _ other: JSON, _ variant: String) -> [String] {
    func runs(_ json: JSON) -> [Double: JSON] {
      let own = (json["runs"]?.array ?? []).filter { $0["variant"]?.string == variant }
      return Dictionary(own.compactMap { run in run["seed"]?.number.map { ($0, run["metrics"] ?? .null) } }) {
        $1
      }
    }
    let (a, b) = (runs(one), runs(other))
    return a.keys.sorted().flatMap { seed -> [String] in
      guard let own = a[seed], let others = b[seed] else { return [] }
      return differences(own, others, ["seed \(Int(seed))"])
    }
  }

  private static func word(_ json: JSON?) -> String { json.map { $0.string ?? $0.compact } ?? "nothing" }
}
