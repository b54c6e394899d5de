import Beckon

/// The 5-core filter that prepared the data of ITMPRec, which also drops the most frequent item or user.
struct ITMPRecFiveCore: Filter {
  static let about = About(
    "itmprec-5-core",
    "ITMPRec's 5-core: each pass that finds a rare item or user also drops the most frequent one.",
    source:
      "The data preparation of ITMPRec's release, recovered from its counts: 943 users, 1,348 items and "
      + "98,704 interactions of MovieLens-100K. The usual 5-core, which keeps what is frequent, is 'k-core'.",
    examples: [
      Example(
        "One pass over items met 6, 5 and 1 times keeps the second: the first is the most frequent.",
        expected: [0, 5, 0]
      ) {
        let items: [Int32] = [0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 2]
        let rows = pass(Array(items.indices), items)
        return (0..<3).map { item in Double(rows.count { items[$0] == Int32(item) }) }
      }
    ])

  let configuration: NoConfiguration

  func apply(_ interactions: Interactions) throws -> Interactions {
    var rows = Array(0..<interactions.count)
    var before: Int
    repeat {
      before = rows.count
      rows = Self.pass(rows, interactions.items)
      rows = Self.pass(rows, interactions.users)
    } while rows.count < before
    var stays = [Bool](repeating: false, count: interactions.count)
    for row in rows { stays[row] = true }
    return interactions.keeping { stays[$0] }
  }

  /// Fewest events.
  private static let least = 5

  /// The rows that stay when a column's keys are counted once: all of them if no key is rare; otherwise those of
  /// keys neither rare nor as frequent as the most frequent.
  static func pass(_ rows: [Int], _ column: [Int32]) -> [Int] {
    var counts: [Int32: Int] = [:]
    for row in rows { counts[column[row], default: 0] += 1 }
    guard let most = counts.values.max(), counts.values.contains(where: { $0 < least }) else { return rows }
    let stays = counts.filter { $0.value >= least && $0.value < most }
    return rows.filter { stays[column[$0]] != nil }
  }
}
