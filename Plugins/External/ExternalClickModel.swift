import Beckon

/// A click model in another language.
struct ExternalClickModel: ClickModel, ExternalComponent {
  static let about = About(
    "external",
    "A program of its own says how likely each shown item is clicked; it is asked in lines of JSON.",
    source: "Beckon's own: Docs/ExternalComponents.md is the protocol.")

  static let canSend = ["vectors"]
  let configuration: ExternalConfiguration
  private var program: ExternalProgram?
  private static let place = "environment.clickModel"

  init(configuration: ExternalConfiguration) { self.configuration = configuration }

  mutating func prepare(_ world: SimulatedWorld) throws {
    let program = ExternalProgram(
      .clickModel, at: Self.place, configuration, beginning: Self.beginning(world, configuration))
    try program.begin()
    self.program = program
  }

  /// What is known of the simulated world.
  static func beginning(_ world: SimulatedWorld, _ configuration: ExternalConfiguration) -> [(String, String)]
  {
    var members = [("seed", String(world.seed))]
    members += ExternalText.catalogue(world.catalogue, counts: world.itemCounts)
    if configuration.sends.contains("vectors") {
      members.append(("itemVectors", ExternalText.rows(world.items)))
    }
    return members
  }

  func choiceProbabilities(_ slate: Slate) throws -> [Double] {
    try answers(to: [slate])[0] ?? slate.items.map { _ in 0 }
  }

  func answers(to slates: [Slate]) throws -> [[Double]?] {
    guard let program else { throw Problem(Self.place, "'external' was not prepared.") }
    guard !slates.isEmpty else { return [] }
    let numbers = slates.reduce(0) { $0 + $1.items.count }
    return try program.ask(
      "answer", [("slates", ExternalText.list(slates.map(Self.text)))], numbers: numbers
    ) { answer in
      try answer.list("probabilities", count: slates.count, of: "slates").enumerated().map { index, given in
        given == .null ? nil : try Self.probabilities(given, "probabilities[\(index)]", slates[index])
      }
    }
  }

  private static func text(_ slate: Slate) -> String {
    let events = slate.events.map {
      ExternalText.object([
        ("items", ExternalText.integers($0.items)), ("choice", ExternalText.optional($0.choice)),
      ])
    }
    return ExternalText.object([
      ("user", String(slate.history.user)), ("target", String(slate.target)), ("round", String(slate.round)),
      ("items", ExternalText.integers(slate.items)), ("affinities", ExternalText.numbers(slate.affinities)),
      ("history", ExternalText.integers(slate.history.latest(slate.history.count))),
      ("clicked", ExternalText.integers(slate.history.clicked)), ("events", ExternalText.list(events)),
    ])
  }

  private static func probabilities(_ json: JSON, _ place: String, _ slate: Slate) throws -> [Double] {
    let given = try ExternalAnswer.numbers(json, place, count: slate.items.count, of: "shown items")
    guard given.allSatisfy({ (0...1).contains($0) }), given.reduce(0, +) <= 1 + 1e-9 else {
      throw ExternalFailure.answer(
        "\(place) is \(json.compact): probabilities are 0 to 1, and their sum is at most 1 (the rest is no click)."
      )
    }
    return given
  }
}
