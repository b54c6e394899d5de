import Beckon
import Testing

@testable import Datasets

struct SyntheticTests {
  private static func load(users: Int = 40, seed: Int = 1) throws -> Interactions {
    let spec = #"{"type": "synthetic", "users": \#(users), "items": 60, "seed": \#(seed)}"#
    return try make(spec, .dataset, as: (any DatasetSource).self).load(DataLocations(folders: []))
  }

  @Test func theSameSeedGivesTheSameWorld() throws {
    let first = try Dataset(Self.load())
    #expect(try Dataset(Self.load()).fingerprint == first.fingerprint)
    #expect(try Dataset(Self.load(seed: 2)).fingerprint != first.fingerprint)
  }

  @Test func aUserDoesNotDependOnTheOthers() throws {
    let few = try Self.load(users: 7)
    let many = try Self.load()
    let rows = few.userIdentifiers.count
    #expect(few.userIdentifiers == Array(many.userIdentifiers.prefix(rows)))
    let shared = many.users.firstIndex { Int($0) >= rows } ?? many.count
    #expect(few.items == Array(many.items[..<shared]))
    #expect(few.times == Array(many.times[..<shared]))
  }

  @Test func everyUserHasVectorsAndClicksInOrder() throws {
    let events = try Self.load()
    let dataset = try Dataset(events)
    let truth = try #require(dataset.truth)
    #expect(truth.users.rows == dataset.userCount && truth.items.rows == 60)
    #expect(dataset.sequences.allSatisfy { !$0.isEmpty })
    #expect(dataset.sequences.joined().elementsEqual(events.items), "already in order of time")
    #expect(dataset.tiedAnswers == 0)
    #expect(truth.items.values.allSatisfy { $0 >= 0 })
    for row in 0..<truth.users.rows {
      #expect(abs(truth.users.row(row).reduce(0) { $0 + $1 * $1 } - 1) < 1e-5)
    }
  }

  @Test func itemsHaveTheirMainTopicAsCategory() throws {
    let events = try Self.load()
    let items = try #require(events.truth).items
    for item in 0..<items.rows {
      let row = Array(items.row(item))
      let squares = (0..<10).map { topic -> Float in
        let (x, y) = (row[2 * topic], row[2 * topic + 1])
        return x * x + y * y
      }
      let main = squares.indices.max { squares[$0] < squares[$1] }.map { $0 + 1 }
      #expect(events.catalogue.categories[item] == ["topic \(main ?? 0)"])
    }
  }

  @Test func namesAreDifferent() {
    let names = (0..<5000).map(SyntheticNames.name)
    #expect(Set(names).count == names.count)
  }

  @Test func aBoredUserTurnsAway() {
    var user = SyntheticUser(interest: [1, 0, 0, 0], items: 2)
    let item: [Float] = [1, 0, 0, 0]
    for _ in 0..<4 { user.click(0, item[...], topic: 0) }
    #expect(abs(user.bias[0] - 0.4) < 1e-6)
    // Four clicks on a topic bore: its part shrinks by a fifth, and all of this interest is its part.
    #expect(user.interest == [1, 0, 0, 0])
    user.click(1, [0, 0, 1, 0], topic: 1)
    let ratio = user.interest[0] / user.interest[2]
    #expect(abs(ratio - 4) < 1e-5, "0.8 to 0.2, untouched by boredom with the other topic")
    user.click(0, item[...], topic: 0)
    let after = (0.8 * ratio + 0.2 * (ratio * ratio + 1).squareRoot())
    #expect(abs(user.interest[0] / user.interest[2] - after) < 1e-4, "0.8 of its new part remains")
  }

  #if !DEBUG
    @Test func thePublishedSizeGivesThePublishedNumberOfClicks() throws {
      let spec = #"{"type": "synthetic", "users": 300, "items": 3533}"#
      let events = try make(spec, .dataset, as: (any DatasetSource).self).load(DataLocations(folders: []))
      #expect((25.0...29.0).contains(Double(events.count) / 300))
    }
  #endif
}
