import Beckon
import Foundation
import Lab

/// What a reader must know before believing a number: data, rules, who moved the users, seeds, hashes.
struct ProtocolCard {
  private let results: StudyResults

  /// Ways in which variants differ that are told.
  private static let mostCases = 24

  init(_ results: StudyResults) { self.results = results }

  var html: HTML {
    let lines = rows.filter { $0.value != .empty }.map { row -> HTML in
      "<tr><th scope=\"row\">\(row.name)</th><td>\(row.value)</td></tr>\n"
    }
    return """
      <section id="protocol"><h2>Protocol</h2>
      <table class="card"><tbody>
      \(lines)</tbody></table></section>

      """
  }

  private var rows: [(name: String, value: HTML)] {
    [
      ("Dataset", byVariant { data($0, Self.dataset) }),
      ("Terms of use", byVariant { data($0) { $0["terms"]?.string.map { "\($0)" } } }),
      ("Filters", byVariant { spec($0, "filters").map(Self.list) }),
      ("Split", byVariant { spec($0, "split").map(Self.component) }),
      ("Events of one time", byVariant { data($0, Self.ties) }),
      ("Items met before", byVariant { data($0) { $0["masking"]?.string.map(Self.masking) } }),
      ("Task", byVariant { spec($0, "task").map(Self.component) }),
      ("Encoder", byVariant { spec($0, "encoder").map(Self.briefly) }),
      ("Histories beyond its window", byVariant { LongHistories(results).text($0).map { "\($0)" } }),
      ("Simulated world", byVariant { spec($0, "environment", "embeddings").map(Self.briefly) }),
      ("Who moves the users", byVariant(owner)),
      ("Arousal policy", byVariant { spec($0, "arousal").map(Self.component) }),
      ("Click model", byVariant { spec($0, "environment", "clickModel").map(Self.component) }),
      ("Click probabilities seen", probabilities),
      ("Rounds without an answer", byVariant(UnansweredRounds(results).html)),
      ("Targets", targets),
      ("Seeds", "\(results.spec.seeds.map(String.init).joined(separator: ", "))"),
      ("Studies", studies),
      ("Code", byOrigin { Self.hash($0.code) }),
      ("Toolchain", byOrigin { "\(Self.withoutAddresses($0.toolchain))" }),
      ("Instruction set", byOrigin { "\($0.instructionSet)" }),
    ]
  }

  /// What was read together; nothing for a single study.
  private var studies: HTML {
    guard results.origins.count > 1 else { return .empty }
    return HTML.joined(
      results.origins.map { origin in
        let seeds = origin.seeds.map(String.init).joined(separator: ", ")
        let variants = origin.variants.count == 1 ? "1 variant" : "\(origin.variants.count) variants"
        return
          "<div class=\"case\"><span class=\"who\">\(origin.study)</span> \(variants), seeds \(seeds)</div>"
      }, by: "\n")
  }

  /// One value if all studies have the same; otherwise each study with its own.
  private func byOrigin(_ value: (StudyResults.Origin) -> HTML) -> HTML {
    let values = results.origins.map(value)
    if let first = values.first, values.allSatisfy({ $0 == first }) { return first }
    return HTML.joined(
      zip(results.origins, values).map { origin, value in
        "<div class=\"case\"><span class=\"who\">\(origin.study)</span> \(value)</div>"
      }, by: "\n")
  }

  /// One value if all variants have the same; otherwise each value with the variants that have it.
  private func byVariant(_ value: (ResolvedVariant) -> HTML?) -> HTML {
    var groups: [(value: HTML, names: [String])] = []
    var places: [String: Int] = [:]
    for variant in results.spec.variants {
      guard let own = value(variant) else { continue }
      if let known = places[own.markup] {
        groups[known].names.append(variant.name)
      } else {
        places[own.markup] = groups.count
        groups.append((own, [variant.name]))
      }
    }
    if groups.count == 1, groups[0].names.count == results.spec.variants.count { return groups[0].value }
    let rest: HTML =
      groups.count > Self.mostCases
      ? "\n<div class=\"case\">and \(groups.count - Self.mostCases) more; results.json has all</div>" : .empty
    let cases = HTML.joined(
      groups.prefix(Self.mostCases).map { group in
        let names =
          group.names.count > 6
          ? group.names.prefix(5).joined(separator: ", ") + " and \(group.names.count - 5) more"
          : group.names.joined(separator: ", ")
        return "<div class=\"case\"><span class=\"who\">\(names)</span> \(group.value)</div>"
      }, by: "\n")
    return "\(cases)\(rest)"
  }

  private func data(_ variant: ResolvedVariant, _ show: (JSON) -> HTML?) -> HTML? {
    results.data[variant.name].flatMap(show)
  }

  private func spec(_ variant: ResolvedVariant, _ path: String...) -> JSON? {
    variant.effective.value(at: path)
  }

  private static func dataset(_ data: JSON) -> HTML? {
    let count = { (key: String) in NumberText.count(data[key]?.number ?? 0) }
    let source = data["source"]?.string ?? ""
    return """
      \(source): \(count("users")) users, \(count("items")) items, \(count("interactions")) interactions; \
      fingerprint \(hash(data["fingerprint"]?.string ?? ""))
      """
  }

  private static func ties(_ data: JSON) -> HTML? {
    guard let rule = data["tieRule"]?.string, let share = data["usersWithTiedAnswers"]?.number else {
      return nil
    }
    let note =
      share > 0
      ? "for \(NumberText.percent(share)) of the users this rule decides which item is the last"
      : "no user's last two events share a time"
    return "\(rule); \(note)"
  }

  private static func masking(_ name: String) -> HTML {
    switch name {
    case "exclude": "exclude: left out of the ranking"
    case "zero": "zero: given the score 0, so that they still outrank items of negative score"
    case "none": "none: ranked like all others"
    default: "\(name)"
    }
  }

  private func owner(_ variant: ResolvedVariant) -> HTML? {
    guard let run = results.runs(of: variant.name).first,
      let owner = run.record.facts["dynamicsOwner"]?.string
    else { return nil }
    let dynamics = spec(variant, "environment", "dynamics").map(Self.component) ?? .empty
    let meaning =
      owner == DynamicsOwner.policy.rawValue
      ? "The recommender's own arousal policy decides how far a click moves the simulated user. Part of IoI and IoR is "
        + "therefore gained by construction: compare policies with fixed dynamics before crediting them."
      : "How far a click moves the simulated user does not depend on the recommender, so a gain in IoI or IoR comes "
        + "from what was shown."
    return "<strong>\(owner)</strong> (\(dynamics)). \(meaning)"
  }

  private var probabilities: HTML {
    let ranges = results.runs.compactMap { $0.record.facts["clickProbability"]?.array?.compactMap(\.number) }
      .filter { $0.count == 2 }
    guard let low = ranges.map({ $0[0] }).min(), let high = ranges.map({ $0[1] }).max() else { return .empty }
    return "\(NumberText.alone(low)) to \(NumberText.alone(high)), over all runs"
  }

  /// The targets of the first run that has any, and whether other runs have others.
  private var targets: HTML {
    guard let run = results.runs.first(where: { $0.record.facts["targets"] != nil }),
      let list = run.record.facts["targets"]?.array
    else { return .empty }
    let names = list.map { target -> String in
      let (id, name) = (target["id"]?.string ?? "", target["name"]?.string ?? "")
      return name.isEmpty || name == id ? id : "\(name) (\(id))"
    }
    let others = results.runs.contains { other in
      other.record.facts["targets"].map { $0 != run.record.facts["targets"] } ?? false
    }
    let note = others ? " Other variants or seeds have targets of their own.)" : " The same in all runs.)"
    let lead: HTML =
      "(\(names.count) in all, best first; those of “\(run.variant)” with seed \(String(run.seed))."
    guard names.count > 8 else { return "\(names.joined(separator: " · ")) \(lead)\(note)" }
    return """
      \(names.prefix(5).joined(separator: " · ")) … \(lead)\(note)
      <details><summary>all \(names.count)</summary>\(names.joined(separator: " · "))</details>
      """
  }

  /// A compiler names the repository it was built from; a report is free of addresses, even as text.
  private static func withoutAddresses(_ text: String) -> String {
    text.replacing(#/\s*\([^()]*:\/\/[^()]*\)/#, with: "")
  }

  /// The first digits, with all of them one click or selection away.
  static func hash(_ digest: String) -> HTML {
    digest.isEmpty ? "not given" : "<code title=\"\(digest)\">\(String(digest.prefix(16)))</code>"
  }

  /// `type` with its settings.
  static func component(_ json: JSON) -> HTML {
    guard let object = json.object else { return "<code>\(json.compact)</code>" }
    let settings = object.members.filter { $0.key != "type" }.map { "\($0.key) \(Self.words($0.value))" }
    let name = object["type"]?.string ?? ""
    return settings.isEmpty ? "\(name)" : "\(name): \(settings.joined(separator: ", "))"
  }

  /// `type` alone, with the settings folded away.
  private static func briefly(_ json: JSON) -> HTML {
    "<details><summary>\(json["type"]?.string ?? "")</summary><pre>\(json.pretty)</pre></details>"
  }

  private static func list(_ json: JSON) -> HTML {
    let parts = (json.array ?? []).map(component)
    return parts.isEmpty ? "none" : HTML.joined(parts, by: ", then ")
  }

  private static func words(_ json: JSON) -> String { json.string ?? json.compact }
}
