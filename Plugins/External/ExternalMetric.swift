import Beckon

/// A metric in another language: of a user's rounds in a nudge, or of where the answers of a query stand.
struct ExternalMetric: TrajectoryMetric, AnswersMetric, ExternalComponent {
  static let about = About(
    "external", "A program of its own computes one value a user or query; it is asked in lines of JSON.",
    source: """
      Beckon's own: Docs/ExternalComponents.md is the protocol. Users are sent in blocks, so a value may depend on one \
      user alone. Nothing is known of which way is better.
      """)
  static let direction = Direction.neither
  static let isCost = false
  static let unit = ""

  static let canSend = ["twin", "vectors"]
  let configuration: ExternalConfiguration

  init(configuration: ExternalConfiguration) { self.configuration = configuration }

  var name: String { configuration.name.isEmpty ? Self.about.identifier : configuration.name }

  func perUser(_ outcome: NudgeOutcome, cutoff: Int) throws -> [Double]? {
    let beginning = ExternalClickModel.beginning(outcome.world, configuration)
    let run = outcome.trajectories
    let targets = ("targets", ExternalText.integers(run.targets))
    return try values(beginning, "users", count: run.users, block: 48) { users in
      let told = users.map { user in
        var members = [("user", String(run.userIndices[user])), ("paths", Self.paths(of: user, run))]
        if configuration.sends.contains("twin") {
          members.append(("twin", Self.paths(of: user, outcome.twin)))
        }
        return ExternalText.object(members)
      }
      return [("cutoff", String(cutoff)), targets, ("users", ExternalText.list(told))]
    }
  }

  func values(_ queries: [RankedAnswers], cutoff: Int) throws -> [Double] {
    try values([], "queries", count: queries.count, block: 1024) { range in
      let told = queries[range].map {
        ExternalText.object([
          ("ranks", ExternalText.integers($0.ranks)), ("grades", ExternalText.numbers($0.grades)),
        ])
      }
      return [("cutoff", String(cutoff)), ("queries", ExternalText.list(told))]
    }
  }

  /// One query alone; what the program does wrong is said by `values`.
  func value(of answers: RankedAnswers, cutoff: Int) -> Double {
    (try? values([answers], cutoff: cutoff))?.first ?? .nan
  }

  private func values(
    _ beginning: [(String, String)], _ things: String, count: Int, block: Int,
    _ question: (Range<Int>) -> [(String, String)]
  ) throws -> [Double] {
    let program = ExternalProgram(.metric, at: "metrics", configuration, beginning: beginning)
    var values: [Double] = []
    for first in stride(from: 0, to: count, by: block) {
      let range = first..<min(count, first + block)
      values += try program.ask("measure", question(range), numbers: range.count) { answer in
        try answer.list("values", count: range.count, of: things).enumerated().map {
          try ExternalAnswer.number($1, "values[\($0)]")
        }
      }
    }
    return values
  }

  /// A user's way to each target: the rounds, and the states before the first and after each.
  private static func paths(of user: Int, _ run: Trajectories) -> String {
    ExternalText.list(
      run.targets.indices.map { target in
        let cells = (0..<run.rounds).map { run.cell(target, $0, user) }
        let states = (0...run.rounds).map { run.state(target, after: $0, user) }
        let rounds = cells.map { cell in
          ExternalText.object([
            ("items", ExternalText.integers(run.items(cell))),
            ("choice", ExternalText.optional(run.hasClicked(cell) ? run.choice[cell] : nil)),
            ("probability", ExternalText.number(run.probability[cell])),
          ])
        }
        return ExternalText.object([
          ("target", String(run.targets[target])),
          ("knewTarget", run.knewTarget[target * run.users + user] ? "true" : "false"),
          ("rounds", ExternalText.list(rounds)),
          ("interest", ExternalText.numbers(states.map { run.interest[$0] })),
          ("rank", ExternalText.integers(states.map { run.rank[$0] })),
          ("likeness", ExternalText.numbers(states.map { run.likeness[$0] })),
          ("utility", ExternalText.numbers(states.map { run.utility[$0] })),
        ])
      })
  }
}
