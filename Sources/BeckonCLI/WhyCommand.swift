import Beckon
import Lab
import Simulation

/// `beckon why`.
enum WhyCommand {
  static let command = Command(
    name: "why", summary: "Explains why an item was shown to a user: the named terms of its score.",
    details: """
      Plays the user again up to the round, and prints the pick, the runner-up, what would have been
      shown without guidance in the same situation, and the target. The affinity is what the simulated
      user really feels, which no recommender sees.
      """,
    arguments: [.init(name: "SPEC", help: "the experiment, a JSON file.")],
    options: [
      .init(name: "user", value: "ID", help: "The user, as the data name it; the first one if not given."),
      .init(
        name: "target", value: "ID",
        help: "The target, by identifier or name; the run's first one if not given."),
      .init(name: "round", value: "N", help: "The round, from 1; 1 if not given."),
      .init(name: "variant", value: "NAME", help: "The variant; the spec's first one if not given."),
      .init(name: "seed", value: "N", help: "The seed; the spec's first one if not given."),
      CommonOptions.set, CommonOptions.plugin, CommonOptions.out, CommonOptions.data, CommonOptions.threads,
    ],
    run: run)

  private static func run(_ call: Call) throws {
    let named = try StudyCall(call)
    let spec = named.spec
    guard spec.seeds.count == 1 || !call.has("seed") else {
      throw UsageError("--seed: a user is played again with one seed.", command: call.path)
    }
    let line = ProgressLine(call.terminal, isQuiet: false)
    let study = named.study(report: { line.show($0) })
    let variant = call.value("variant") ?? spec.variants[0].name
    let round = try call.number("round", default: 1)
    let why = try SpecError.naming(call.arguments[0]) {
      defer { line.finish() }
      return try study.why(
        variant: variant, seed: spec.seeds[0], user: call.value("user") ?? study.firstUser(of: variant),
        target: call.value("target"), round: round)
    }
    try call.terminal.output(text(why, variant, spec.seeds[0]))
  }

  private static func text(_ why: Study.Why, _ variant: String, _ seed: UInt64) -> String {
    let (told, catalogue) = (why.explanation, why.dataset.catalogue)
    func name(_ item: Int32) -> String {
      let (id, name) = (catalogue.identifiers[Int(item)], catalogue.names[Int(item)])
      return name == id ? id : "\(name) (\(id))"
    }
    let user = why.dataset.users[told.user]
    var text = "\(variant), seed \(seed): user \(user), target \(name(told.target)), round \(told.round)\n"
    text += "met last: \(told.history.map(name).joined(separator: ", "))\n\n"
    guard let pick = told.candidates.first else { return text + "Nothing could be shown.\n" }
    let terms = pick.terms.map(\.name)
    var rows = [["", "item", "score", "rank"] + terms + ["affinity"]]
    for one in told.candidates {
      rows.append(
        [
          one.roles.joined(separator: ", "), name(one.item), one.score.map(short) ?? "-",
          one.rank.map { "\($0 + 1)" } ?? "-",
        ]
          + one.terms.map { short($0.value) } + [short(one.affinity)])
    }
    let click = told.isClicked ? "clicked" : "not clicked"
    return text + TextTable.text(rows)
      + """

      \(told.withheld.met) items are out because they were met or shown before, \(told.withheld.guarded) more by guards.
      The pick is clicked with probability \(short(told.probability)): \(click). A click keeps \(short(told.keep)) of \
      the user's vector.
      Interest in the target: \(short(told.interest.before)) before the round, \(short(told.interest.after)) after it.

      """
  }

  private static func short(_ value: Float) -> String { String(format: "%.4g", Double(value)) }
}
