import Hashing

/// A dataset after its filters: each user's items in order of time.
public struct Dataset: Sendable {
  /// Identifiers in the file, by user index.
  public let users: [String]
  /// The items.
  public let catalogue: ItemCatalogue
  /// `[user][step]`: item indices, oldest first.
  public let sequences: [[Int32]]
  /// `[user][step]`: ratings beside `sequences`; empty lists where the format has none.
  public let ratings: [[Float]]
  /// The vectors the events were drawn from, where a simulation made them.
  public let truth: EmbeddingTables?
  /// Hash of everything above: two datasets of one fingerprint give the same results.
  public let fingerprint: String
  /// Share of users whose last two events have the same time, so that file order decides which is the answer.
  public let tiedAnswers: Double

  /// `[user]`: whether the last two events have the same time.
  private let hasTiedAnswer: [Bool]

  /// The rule for events of one time, written into every result.
  public static let tieRule = "file order (stable sort by time)"

  /// Sorts each user's events by time, ties in file order; users and items are numbered by first appearance,
  /// unless the source's numbers are themselves meaningful and no filter has dropped a row.
  ///
  /// - Throws: `Problem` if nothing is left.
  public init(_ source: Interactions) throws {
    let events = source.keepsNumbers ? source : source.renumbered()
    guard events.count > 0 else {
      throw Problem("dataset", "no interactions are left after the filters; nothing can be studied.")
    }
    users = events.userIdentifiers
    catalogue = events.catalogue
    truth = events.truth
    var rows = RowsByUser(events.users, userCount: users.count)
    var tied = [Bool](repeating: false, count: users.count)
    if !events.times.isEmpty {
      let times = events.times
      rows.sortEach { (times[Int($0)], $0) < (times[Int($1)], $1) }
      for user in users.indices {
        let last = rows[user].suffix(2).map { times[Int($0)] }
        if last.count == 2, last[0] == last[1] { tied[user] = true }
      }
    }
    sequences = users.indices.map { rows[$0].map { events.items[Int($0)] } }
    ratings = users.indices.map { user in
      events.ratings.isEmpty ? [] : rows[user].map { events.ratings[Int($0)] }
    }
    hasTiedAnswer = tied
    tiedAnswers = Double(tied.count { $0 }) / Double(max(1, users.count))
    fingerprint = Self.fingerprint(users, catalogue, sequences, ratings, truth)
  }

  private init(_ whole: Dataset, users kept: [Int]) {
    users = kept.map { whole.users[$0] }
    catalogue = whole.catalogue
    sequences = kept.map { whole.sequences[$0] }
    ratings = kept.map { whole.ratings[$0] }
    truth = whole.truth.map { EmbeddingTables(users: $0.users.selectingRows(kept), items: $0.items) }
    hasTiedAnswer = kept.map { whole.hasTiedAnswer[$0] }
    tiedAnswers = Double(hasTiedAnswer.count { $0 }) / Double(max(1, kept.count))
    fingerprint = Self.fingerprint(users, catalogue, sequences, ratings, truth)
  }

  /// The dataset of some of its users, renumbered in the order given; the items stay as they are, also those that
  /// nobody meets any more.
  ///
  /// - Throws: `Problem` if no user is left.
  public func keeping(users kept: [Int]) throws -> Dataset {
    guard !kept.isEmpty else {
      throw Problem("dataset", "none of its \(users.count) users is left; nothing can be studied.")
    }
    return Dataset(self, users: kept)
  }

  /// Number of users.
  public var userCount: Int { users.count }
  /// Number of items.
  public var itemCount: Int { catalogue.count }
  /// Number of events.
  public var interactionCount: Int { sequences.reduce(0) { $0 + $1.count } }

  private static func fingerprint(
    _ users: [String], _ catalogue: ItemCatalogue, _ sequences: [[Int32]], _ ratings: [[Float]],
    _ truth: EmbeddingTables?
  ) -> String {
    var hash = SHA256()
    hash.update(field: "\(users.count) \(catalogue.count)")
    for user in users { hash.update(field: user) }
    for item in 0..<catalogue.count {
      hash.update(field: catalogue.identifiers[item])
      hash.update(field: catalogue.names[item])
      hash.update(field: catalogue.categories[item].joined(separator: "\u{1}"))
    }
    for sequence in sequences { hash.update(counted: sequence) }
    for rating in ratings { hash.update(counted: rating.map(\.bitPattern)) }
    for table in [truth?.users, truth?.items] { hash.update(counted: table?.values.map(\.bitPattern) ?? []) }
    return hash.hexadecimal
  }
}

/// The rows of each user, in one array: a list for each of a million users would cost more than what it holds.
private struct RowsByUser {
  private var rows: [Int32]
  /// Where each user's rows begin; and where the last user's end.
  private var starts: [Int]

  /// Rows in their order, by the users they belong to.
  init(_ users: [Int32], userCount: Int) {
    starts = [Int](repeating: 0, count: userCount + 1)
    for user in users { starts[Int(user) + 1] += 1 }
    for user in 0..<userCount { starts[user + 1] += starts[user] }
    rows = [Int32](repeating: 0, count: users.count)
    var next = starts
    for (row, user) in users.enumerated() {
      rows[next[Int(user)]] = Int32(row)
      next[Int(user)] += 1
    }
  }

  subscript(user: Int) -> ArraySlice<Int32> { rows[starts[user]..<starts[user + 1]] }

  /// Sorts the rows of each user.
  mutating func sortEach(by precedes: (Int32, Int32) -> Bool) {
    rows.withUnsafeMutableBufferPointer { rows in
      for (start, end) in zip(starts, starts.dropFirst()) {
        var own = UnsafeMutableBufferPointer(rebasing: rows[start..<end])
        own.sort(by: precedes)
      }
    }
  }
}

extension SHA256 {
  /// Appends how many numbers there are, in 32 bits, and the numbers.
  fileprivate mutating func update(counted numbers: [some FixedWidthInteger]) {
    update(bytesOf: [UInt32(numbers.count)])
    update(bytesOf: numbers)
  }
}
