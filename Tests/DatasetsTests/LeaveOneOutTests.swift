import Beckon
import Testing

@testable import Datasets

struct LeaveOneOutTests {
  private static let uneven = events(
    [(0, 0), (0, 1), (0, 2), (1, 3), (2, 4), (2, 0), (3, 1), (3, 2), (3, 0), (3, 4)],
    times: [1, 2, 2, 1, 1, 1, 1, 2, 3, 4])

  @Test func dividesEachHistory() throws {
    let dataset = try Dataset(events([(0, 0), (0, 1), (0, 2), (1, 2), (1, 0), (1, 1), (1, 3)]))
    let splitter: any Splitter = try make(#""leave-one-out""#, .split)
    let split = try splitter.split(dataset)
    #expect(split.training.map { Array($0) } == [[0], [2, 0]])
    #expect(
      split.validation == [
        NextItemQuery(user: 0, history: [0], answer: 1), NextItemQuery(user: 1, history: [2, 0], answer: 1),
      ])
    #expect(
      split.test == [
        NextItemQuery(user: 0, history: [0, 1], answer: 2),
        NextItemQuery(user: 1, history: [2, 0, 1], answer: 3),
      ])
  }

  @Test func refusesShortHistories() throws {
    let splitter: any Splitter = try make(#""leave-one-out""#, .split)
    let problem = try #require(throws: Problem.self) { try splitter.split(Dataset(Self.uneven)) }
    #expect(
      problem.description
        == "split: user 'u1' has 1 item, the first of 2 such users; leave-one-out needs at least 3. Add the "
        + #"filter {"type": "k-core", "users": 3, "items": 1}, or set "shortHistories": "drop"."#)
  }

  @Test func dropsShortHistoriesIfAsked() throws {
    let splitter: any Splitter = try make(#"{"type": "leave-one-out", "shortHistories": "drop"}"#, .split)
    let whole = try Dataset(Self.uneven)
    let split = try splitter.split(whole)
    #expect(split.dataset.users == ["u0", "u3"])
    #expect(split.dataset.catalogue == whole.catalogue, "items keep their numbers")
    #expect(split.training.count == 2)
    #expect(split.test.map(\.user) == [0, 1])
    #expect(whole.tiedAnswers == 0.5 && split.dataset.tiedAnswers == 0.5)
    #expect(split.dataset.fingerprint != whole.fingerprint)
  }

  @Test func refusesToDropEverybody() throws {
    let splitter: any Splitter = try make(#"{"type": "leave-one-out", "shortHistories": "drop"}"#, .split)
    let dataset = try Dataset(events([(0, 0), (1, 1)]))
    #expect(throws: Problem.self) { try splitter.split(dataset) }
  }

  @Test func refusesAnUnknownChoice() throws {
    let problem = try #require(throws: Problem.self) {
      try make(#"{"type": "leave-one-out", "shortHistories": "dropp"}"#, .split, as: (any Splitter).self)
    }
    #expect(problem.fact.contains("Did you mean 'drop'?"))
  }
}
