import Beckon

/// A scorer in another language.
struct ExternalScorer: Scorer, ExternalComponent {
  static let about = About(
    "external", "A program of its own scores the items; it is asked in lines of JSON.",
    source: "Beckon's own: Docs/ExternalComponents.md is the protocol.")

  static let canSend = ["target", "preferences", "vectors", "unavailable"]
  let configuration: ExternalConfiguration
  private var seed: UInt64 = 0
  private var program: ExternalProgram?

  init(configuration: ExternalConfiguration) { self.configuration = configuration }

  var needs: Needs { configuration.needs }

  mutating func fit(_ split: Split, seed: UInt64) throws { self.seed = seed }

  mutating func attach(to model: FittedModel) throws {
    let program = ExternalProgram(
      .scorer, at: "scorer", configuration,
      beginning: ExternalText.beginning(model, seed: seed, sends: configuration.sends))
    try program.begin()
    self.program = program
  }

  func scores(_ batch: UserBatch) throws -> Matrix<Float> {
    guard let program else { throw Problem("scorer", "'external' was not attached.") }
    guard batch.count > 0 else { return Matrix(rows: 0, columns: batch.itemCount) }
    return try program.ask(
      "score", ExternalText.batch(batch, sends: configuration.sends), numbers: batch.count * batch.itemCount
    ) { try Self.scores(in: $0, batch) }
  }

  private static func scores(in answer: ExternalAnswer, _ batch: UserBatch) throws -> Matrix<Float> {
    let items = batch.itemCount
    var scores = Matrix<Float>(rows: batch.count, columns: items)
    if answer.json["ranked"] != nil {
      for (user, list) in try answer.list("ranked", count: batch.count, of: "users").enumerated() {
        let ranked = try ExternalAnswer.items(list, "ranked[\(user)]", of: items)
        guard Set(ranked).count == ranked.count else {
          throw ExternalFailure.answer("ranked[\(user)] names an item twice.")
        }
        for (place, item) in ranked.enumerated() { scores[user, item] = Float(ranked.count - place) }
      }
      return scores
    }
    for (user, list) in try answer.list("scores", count: batch.count, of: "users").enumerated() {
      let row = try ExternalAnswer.numbers(list, "scores[\(user)]", count: items, of: "items")
      scores.setRow(user, row.map { Float($0) })
    }
    return scores
  }
}
