import Beckon
import Testing

struct DatasetTests {
  /// Two users whose events are mixed; times tie.
  private static func events() -> Interactions {
    var events = Interactions()
    events.userIdentifiers = ["ann", "bob", "nobody"]
    for item in 0..<4 { events.catalogue.append("i\(item)") }
    events.catalogue.categories[2] = ["jazz"]
    events.users = [1, 0, 1, 0, 1]
    events.items = [3, 2, 0, 3, 2]
    events.times = [5, 9, 5, 1, 5]
    events.ratings = [1, 2, 3, 4, 5]
    return events
  }

  @Test func sortsStablyAndNumbersByFirstAppearance() throws {
    let dataset = try Dataset(Self.events())
    #expect(dataset.users == ["bob", "ann"])
    #expect(dataset.catalogue.identifiers == ["i3", "i2", "i0"])
    // Bob's three events have one time: file order, i3, i0, i2. Ann's are i3 then i2.
    #expect(dataset.sequences == [[0, 2, 1], [0, 1]])
    #expect(dataset.ratings == [[1, 3, 5], [4, 2]])
    #expect(dataset.tiedAnswers == 0.5)
    #expect(dataset.interactionCount == 5 && dataset.userCount == 2 && dataset.itemCount == 3)
    #expect(try dataset.catalogue.items(in: "jazz") == [1])
  }

  @Test func meaningfulNumbersAreKeptUntilARowIsDropped() throws {
    var events = Self.events()
    events.keepsNumbers = true
    #expect(try Dataset(events).sequences[1] == [3, 0, 2])
    #expect(try Dataset(events.keeping { _ in true }).itemCount == 4)
    #expect(try Dataset(events.keeping { $0 != 0 }).catalogue.identifiers == ["i2", "i0", "i3"])
  }

  @Test func vectorsFollowTheirRows() throws {
    var events = Self.events()
    events.truth = EmbeddingTables(
      users: Matrix([[1, 0], [0, 1], [-1, 0]]), items: Matrix([[1, 0], [0, 1], [-1, 0], [0, -1]]))
    let dataset = try Dataset(events)
    #expect(dataset.truth?.users == Matrix([[0, 1], [1, 0]]))
    #expect(dataset.truth?.items == Matrix([[0, -1], [-1, 0], [1, 0]]))
    #expect(try dataset.keeping(users: [1]).truth?.users == Matrix([[1, 0]]))
    #expect(try dataset.keeping(users: [1]).tiedAnswers == 0)
  }

  @Test func nothingLeftIsAnError() {
    #expect(
      complaint { try Dataset(Self.events().keeping { _ in false }) }
        == "dataset: no interactions are left after the filters; nothing can be studied.")
  }

  @Test func everyChangeChangesTheFingerprint() throws {
    let changes: [(String, (inout Interactions) -> Void)] = [
      ("nothing", { _ in }), ("an item", { $0.items[4] = 1 }), ("a user", { $0.users[4] = 0 }),
      ("a rating", { $0.ratings[4] = 4.5 }), ("no ratings", { $0.ratings = [] }),
      ("the order of time", { $0.times[4] = 1 }), ("an identifier", { $0.catalogue.identifiers[3] = "x" }),
      ("a name", { $0.catalogue.names[3] = "x" }), ("a category", { $0.catalogue.categories[3] = ["jazz"] }),
      ("a user's identifier", { $0.userIdentifiers[0] = "x" }),
      ("one event fewer", { $0 = $0.keeping { $0 < 4 } }),
      (
        "true vectors",
        { $0.truth = EmbeddingTables(users: Matrix(rows: 3, columns: 1), items: Matrix(rows: 4, columns: 1)) }
      ),
    ]
    var seen: [String: String] = [:]
    for (name, change) in changes {
      var events = Self.events()
      change(&events)
      let fingerprint = try Dataset(events).fingerprint
      #expect(seen[fingerprint] == nil, "\(name) gives the fingerprint of \(seen[fingerprint] ?? "")")
      seen[fingerprint] = name
    }
    #expect(try Dataset(Self.events()).fingerprint == Dataset(Self.events()).fingerprint)
  }

  @Test func categoriesThatNobodyHas() throws {
    let catalogue = try Dataset(Self.events()).catalogue
    #expect(
      complaint { try catalogue.items(in: "jaz") }
        == "no item has the category 'jaz'. Did you mean 'jazz'? Known: jazz.")
    var bare = ItemCatalogue()
    bare.append("x")
    #expect(
      complaint { try bare.items(in: "jazz") }
        == "no item has the category 'jazz': this dataset names no categories. Give an items table with a categories column."
    )
  }

  @Test func filesAreLookedUpInOrder() throws {
    let folder = try Folder(["one/z": "", "two/x": ""])
    let locations = DataLocations(folders: ["one", "two"].map { folder.url.appending(path: $0) })
    #expect(try locations.find("x").path().hasSuffix("two/x"))
    try Data().write(to: folder.url.appending(path: "one/x"))
    #expect(try locations.find("x").path().hasSuffix("one/x"))
    let message = complaint { try locations.find("y") }
    #expect(message.hasPrefix("there is no 'y'; looked at ") && message.contains("one/y, "))
    #expect(message.hasSuffix("Name the data folder by --data DIR or BECKON_DATA."))
  }
}

struct NextItemRankingTests {
  private func ranks(_ scores: [Float], history: [Int32], answer: Int32, _ masking: Masking) throws -> [Int] {
    try NextItemRanking.ranks(
      of: [NextItemQuery(user: 7, history: history[...], answer: answer)], itemCount: scores.count,
      masking: masking
    ) { _ in Matrix(rows: 1, columns: scores.count, values: scores) }
  }

  @Test func theThreeRulesForItemsMet() throws {
    let scores: [Float] = [3, -1, 2, -2, 1]
    #expect(try ranks(scores, history: [0, 2], answer: 4, .none) == [2])
    #expect(try ranks(scores, history: [0, 2], answer: 4, .exclude) == [0])
    #expect(try ranks(scores, history: [0, 2], answer: 4, .zero) == [0])
    // A masked 0 still outranks a negative answer.
    #expect(try ranks(scores, history: [0, 2], answer: 1, .zero) == [3])
    #expect(try ranks(scores, history: [0, 2], answer: 1, .exclude) == [1])
  }

  @Test func tiesGoToTheSmallerIndex() throws {
    #expect(try ranks([1, 1, 1, 1], history: [], answer: 2, .none) == [2])
    #expect(try ranks([1, 1, 1, 1], history: [], answer: 0, .none) == [0])
  }

  @Test func theAnswerIsNeverMasked() throws {
    for masking in Masking.allCases {
      #expect(try ranks([5, 4, 3], history: [1, 0], answer: 0, masking) == [0])
    }
  }

  @Test func severalAnswersAndTheList() throws {
    let query = NextItemQuery(user: 0, history: [0, 3], answers: [4, 3, 1], grades: [1, 2, 5])
    let ranked = try NextItemRanking.rankings(
      of: [query, query], itemCount: 6, masking: .exclude, listLength: 4
    ) { part in
      Matrix(rows: part.count, columns: 6, values: part.flatMap { _ in [9, 3, 5, 7, 5, 1] as [Float] })
    }
    // Without the met item 0, but with the met answer 3: 3, 2, 4 (a tie goes to the smaller index), 1, 5.
    #expect(ranked.count == 2 && ranked[0] == ranked[1])
    #expect(ranked[0].answers == RankedAnswers(ranks: [2, 0, 3], grades: [1, 2, 5]))
    #expect(ranked[0].answers.ranks == [0, 2, 3] && ranked[0].answers.grades == [2, 1, 5])
    #expect(ranked[0].list == [3, 2, 4, 1])
    #expect(query.answer == 4 && ranked[0].answers.best == 0 && ranked[0].answers.hits(3) == 2)
    let exposure = Exposure([[3, 2, 4], [3], []], cutoff: 2, itemCount: 5)
    #expect(exposure.counts == [0, 0, 1, 2, 0] && exposure.total == 3)
  }

  @Test func whatIsMaskedIsNotShown() throws {
    let ranked = try NextItemRanking.rankings(
      of: [NextItemQuery(user: 0, history: [0, 1], answer: 2)], itemCount: 3, masking: .exclude, listLength: 3
    ) { _ in Matrix(rows: 1, columns: 3, values: [3, 2, 1]) }
    #expect(ranked[0].list == [2])
  }

  @Test func whatIsNotANumberIsRefused() throws {
    for scores in [[1, .nan, 2], [.nan, 1, 2]] as [[Float]] {
      #expect(
        complaint { try ranks(scores, history: [], answer: 0, .none) }
          == "scorer: the score of an item is not a number (user index 7).")
    }
    // What is masked is never looked at.
    #expect(try ranks([1, .nan, 2], history: [1], answer: 0, .exclude) == [1])
  }

  @Test func scoresOfTheWrongShapeAreRefused() throws {
    let query = NextItemQuery(user: 0, history: [], answer: 0)
    #expect(
      complaint {
        try NextItemRanking.ranks(of: [query], itemCount: 3, masking: .none) { _ in
          Matrix(rows: 1, columns: 2)
        }
      } == "scorer: scores are 1×2, expected 1×3: a row a user, a column an item.")
  }

  @Test func manyQueriesKeepTheirOrder() throws {
    let queries = (0..<200).map { NextItemQuery(user: Int32($0), history: [], answer: Int32($0 % 5)) }
    let ranks = try NextItemRanking.ranks(of: queries, itemCount: 5, masking: .none) { part in
      Matrix(rows: part.count, columns: 5, values: part.flatMap { _ in [5, 4, 3, 2, 1] })
    }
    #expect(ranks == queries.map { Int($0.answer) })
  }
}
