import Beckon

/// Some users told in full: what they were shown, what they took, and how their vectors moved.
///
/// Users do not meet and draws are named by user, target and round, so playing one user again gives the bytes of
/// the whole run.
struct CaseStudy {
  let rollOut: RollOut
  /// Items of the history that are told.
  private static let recent = 5

  /// One object for each user and target.
  ///
  /// - Throws: `Problem` if an identifier is unknown, or an item is no target of this run.
  func json(_ follow: NudgeTask.Follow) throws -> JSON {
    let dataset = rollOut.system.model.split.dataset
    let places =
      try follow.targets.isEmpty
      ? Array(rollOut.parts.targets.indices)
      : follow.targets.map { try rollOut.place(ofTarget: $0, askedFor: "task.follow.targets") }
    let users = try follow.users.map { name in
      guard let user = dataset.users.firstIndex(of: name) else {
        throw Problem("task.follow.users", "the data have no user '\(name)'.")
      }
      return user
    }
    return .array(try users.flatMap { user in try places.map { try told(user, $0) } })
  }

  private func told(_ user: Int, _ place: Int) throws -> JSON {
    let split = rollOut.system.model.split
    let table = rollOut.parts.embeddings.items
    let target = rollOut.parts.targets[place]
    var play = BlockPlay(rollOut: rollOut, targetPlace: place, users: [user])
    var vectors: [[Float]] = []
    let run = try play.run(
      rollOut.system.scorer, watch: { vectors.append(Array($0.row(0))) })
    let rounds = (0..<run.rounds).map { round in
      JSON.members([
        ("items", .array(run.items(round).map { told($0) })),
        ("clicked", run.clickedItem(round).map { told($0) } ?? .null),
        ("answered", .bool(run.answered[round])),
        ("probability", Self.number(run.probability[round])),
        ("interest", Self.number(run.interest[round + 1])),
      ])
    }
    let shown = (0..<run.rounds).map { round in
      run.items(round).first { _ in true }.map { Array(table.row(Int($0))) } ?? []
    }
    return .members([
      ("user", .string(split.dataset.users[user])),
      ("target", told(target)),
      ("knewTarget", .bool(run.knewTarget[0])),
      ("history", .array(split.training[user].suffix(Self.recent).map { told($0) })),
      ("interest", Self.number(run.interest[0])),
      ("rounds", .array(rounds)),
      (
        "vectors",
        .members([
          ("user", Self.rows(vectors)), ("shown", Self.rows(shown)),
          ("target", Self.rows([Array(table.row(Int(target)))])),
        ])
      ),
    ])
  }

  private func told(_ item: Int32) -> JSON {
    let catalogue = rollOut.system.model.split.dataset.catalogue
    return .members([
      ("id", .string(catalogue.identifiers[Int(item)])), ("name", .string(catalogue.names[Int(item)])),
      ("categories", .array(catalogue.categories[Int(item)].map { .string($0) })),
    ])
  }

  private static func rows(_ rows: [[Float]]) -> JSON {
    .array(rows.map { .array($0.map { number($0) }) })
  }

  /// Four decimals: enough to see, and short to write.
  private static func number(_ value: Float) -> JSON { .number((Double(value) * 10_000).rounded() / 10_000) }
}
