import Beckon

/// Writes who was shown what, with which probability, and what they did: a JSON object a line.
enum TrajectoryWriter {
  static func write(_ outcome: NudgeOutcome, dataset: Dataset, to url: URL) throws {
    try AtomicFile.write(to: url) { append in
      for (label, run) in [("guided", outcome.trajectories), ("twin", outcome.twin)] {
        for target in run.targets.indices {
          var lines = ""
          for user in 0..<run.users {
            for round in 0..<run.rounds {
              for slot in 0..<run.slateSize {
                lines += line(label, run, dataset, target, round, user, slot).compact + "\n"
              }
            }
          }
          try append(Data(lines.utf8))
        }
      }
    }
  }

  private static func line(
    _ label: String, _ run: Trajectories, _ dataset: Dataset, _ target: Int, _ round: Int, _ user: Int,
    _ slot: Int
  ) -> JSON {
    let cell = run.cell(target, round, user)
    let item = run.shown[cell * run.slateSize + slot]
    let after = run.state(target, after: round + 1, user)
    let place = run.slateSize == 1 ? [] : [("slot", JSON.number(Double(slot + 1)))]
    return JSON.members(
      [
        ("run", .string(label)),
        ("target", .string(dataset.catalogue.identifiers[Int(run.targets[target])])),
        ("user", .string(dataset.users[run.userIndices[user]])), ("round", .number(Double(round + 1))),
      ] + place + [
        ("item", item < 0 ? .null : .string(dataset.catalogue.identifiers[Int(item)])),
        ("probability", .number(Double(run.probability[cell]))),
        ("clicked", .bool(run.choice[cell] == Int16(slot))),
        ("keep", .number(Double(run.keep[cell]))),
        ("interest", .number(Double(run.interest[after]))),
        ("rank", .number(Double(run.rank[after]))),
      ])
  }
}
