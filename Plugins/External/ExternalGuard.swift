import Beckon

/// A guard in another language.
struct ExternalGuard: Guard, ExternalComponent {
  static let about = About(
    "external", "A program of its own says which items may not be shown; it is asked in lines of JSON.",
    source: "Beckon's own: Docs/ExternalComponents.md is the protocol.")

  static let canSend = ["target", "preferences", "vectors", "unavailable", "scores"]
  let configuration: ExternalConfiguration
  private var program: ExternalProgram?

  init(configuration: ExternalConfiguration) { self.configuration = configuration }

  var needs: Needs { configuration.needs }

  mutating func attach(to model: FittedModel, seed: UInt64) throws {
    let program = ExternalProgram(
      .guard, at: "guards", configuration,
      beginning: ExternalText.beginning(model, seed: seed, sends: configuration.sends))
    try program.begin()
    self.program = program
  }

  func restrict(_ scores: inout Matrix<Float>, for batch: UserBatch) throws {
    guard let program else { throw Problem("guards", "'external' was not attached.") }
    guard batch.count > 0 else { return }
    let question = ExternalText.batch(batch, sends: configuration.sends, scores: scores)
    let forbidden = try program.ask("restrict", question, numbers: batch.count * batch.itemCount) { answer in
      try answer.list("forbid", count: batch.count, of: "users").enumerated().map {
        try ExternalAnswer.items($1, "forbid[\($0)]", of: batch.itemCount)
      }
    }
    for (user, items) in forbidden.enumerated() {
      for item in items { scores[user, item] = -.infinity }
    }
  }
}
