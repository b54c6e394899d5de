import Beckon
import Testing

@testable import Datasets

struct HoldOutTests {
  /// One user with the given items and ratings, and others.
  private static func dataset(
    _ users: [[(item: Int32, rating: Float)]], rated: Bool = true
  ) throws -> Dataset {
    var all = events(
      users.enumerated().flatMap { user, rows in rows.map { (user: Int32(user), item: $0.item) } })
    if rated { all.ratings = users.flatMap { $0.map(\.rating) } }
    return try Dataset(all)
  }

  private static func split(_ spec: String, _ dataset: Dataset) throws -> Split {
    try make(spec, .split, as: (any Splitter).self).split(dataset)
  }

  private static let ten = (0..<10).map { (item: Int32($0), rating: Float($0 % 5 + 1)) }

  @Test func sharesAndNumbers() throws {
    let data = try Self.dataset([Self.ten, Array(Self.ten.prefix(4))])
    let shares = try Self.split(#"{"type": "hold-out", "test": 0.35, "validation": 0.2}"#, data)
    #expect(shares.training.map { Array($0) } == [[0, 1, 2, 3, 4], [0, 1]])
    #expect(shares.validation.map(\.answers) == [[5, 6], [2]])
    #expect(
      shares.test == [
        NextItemQuery(user: 0, history: [0, 1, 2, 3, 4, 5, 6], answers: [7, 8, 9], grades: [1, 1, 1]),
        NextItemQuery(user: 1, history: [0, 1, 2], answer: 3),
      ])
    let numbers = try Self.split(#"{"type": "hold-out", "test": 2, "validation": 1}"#, data)
    #expect(numbers.test.map(\.answers) == [[8, 9], [2, 3]] && numbers.validation.map(\.answer) == [7, 1])
    // With one item each it is leave-one-out.
    let single = try Self.split(#"{"type": "hold-out", "test": 1, "validation": 1}"#, data)
    let leaveOneOut = try Self.split(#""leave-one-out""#, data)
    #expect(single.test == leaveOneOut.test && single.validation == leaveOneOut.validation)
    #expect(single.training == leaveOneOut.training)
  }

  @Test func gradesAndTheMinimum() throws {
    // The last four: ratings 2, 3, 4, 5.
    let data = try Self.dataset([Self.ten, [(0, 5), (1, 5), (2, 1)]])
    func grades(_ keys: String) throws -> [[Float]] {
      try Self.split(#"{"type": "hold-out", "test": 0.4, "validation": 0.1, \#(keys)}"#, data).test.map(
        \.grades)
    }
    #expect(try grades(#""minimumRating": 0"#) == [[1, 1, 1, 1], [1]])
    #expect(try grades(#""grades": "rating""#) == [[2, 3, 4, 5], [1]])
    // The second user's only held-out item is no answer, so the user is not asked.
    #expect(try grades(#""minimumRating": 3, "grades": "rating""#) == [[3, 4, 5]])
    #expect(try grades(#""minimumRating": 3, "grades": "over-minimum""#) == [[1, 2, 3]])
    #expect(try grades(#""grades": "over-minimum""#) == [[3, 4, 5, 6], [2]])
  }

  @Test func anItemMetTwiceIsOneAnswer() throws {
    let data = try Self.dataset([[(0, 1), (1, 1), (2, 4), (1, 5), (2, 3)]])
    let split = try Self.split(#"{"type": "hold-out", "test": 3, "validation": 1, "grades": "rating"}"#, data)
    #expect(split.test == [NextItemQuery(user: 0, history: [0, 1], answers: [2, 1], grades: [4, 5])])
  }

  @Test func whatCannotBeHeldOut() throws {
    let data = try Self.dataset([Self.ten, [(0, 1), (1, 2)], [(0, 5)]])
    func complaint(_ spec: String, _ data: Dataset) -> String {
      do { return "\(try Self.split(spec, data).test.count) queries" } catch { return "\(error)" }
    }
    #expect(
      complaint(#""hold-out""#, data)
        == "split: user 'u1' has 2 items, the first of 2 such users; these sizes need at least 3. Add the filter "
        + #"{"type": "k-core", "users": 3, "items": 1}, or set "shortHistories": "drop"."#)
    #expect(complaint(#"{"type": "hold-out", "shortHistories": "drop"}"#, data) == "1 queries")
    let long = try Self.dataset([Self.ten])
    #expect(
      complaint(#"{"type": "hold-out", "test": 9, "validation": 4}"#, long).contains("need at least 14"))
    #expect(
      complaint(#"{"type": "hold-out", "minimumRating": 6}"#, long).hasPrefix(
        "split.minimumRating: no held-out"))
    let unrated = try Self.dataset([Self.ten], rated: false)
    #expect(
      complaint(#"{"type": "hold-out", "grades": "rating"}"#, unrated).contains("the data has no ratings"))
    let negative = try Self.dataset([Self.ten.map { ($0.item, -1) }])
    #expect(
      complaint(#"{"type": "hold-out", "grades": "rating"}"#, negative).contains("grades must be above 0"))
    for (keys, fact) in [
      (#""test": 0"#, "test: expected a share below 1 or a whole number, found 0.0."),
      (#""test": 2.5"#, "test: expected a share below 1 or a whole number, found 2.5."),
      (#""test": 0.6, "validation": 0.4"#, "together leave nothing to learn from"),
    ] {
      #expect(complaint(#"{"type": "hold-out", \#(keys)}"#, long).contains(fact), "\(keys)")
    }
  }
}
