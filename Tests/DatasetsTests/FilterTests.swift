import Beckon
import Testing

@testable import Datasets

struct FilterTests {
  @Test func kCoreRepeatsUntilStable() throws {
    // Item 2 keeps user 2 alive only until the lone item 3 is gone.
    let chain = events([(0, 0), (0, 1), (1, 0), (1, 1), (2, 0), (2, 2), (3, 2), (3, 3)])
    let filter: any Filter = try make(#"{"type": "k-core", "users": 2, "items": 2}"#, .filter)
    let kept = try filter.apply(chain)
    #expect(kept.users == [0, 0, 1, 1])
    #expect(kept.items == [0, 1, 0, 1])
    let dataset = try Dataset(kept)
    #expect(dataset.users == ["u0", "u1"])
    #expect(dataset.catalogue.identifiers == ["i0", "i1"])
  }

  @Test func kCoreLeavesACoreUntouched() throws {
    var square = events([(0, 0), (0, 1), (1, 0), (1, 1)])
    square.keepsNumbers = true
    let filter: any Filter = try make(#"{"type": "k-core", "users": 2, "items": 2}"#, .filter)
    #expect(try filter.apply(square).keepsNumbers)
  }

  @Test func minimumRatingKeepsHighOnes() throws {
    var rated = events([(0, 0), (0, 1), (1, 0)])
    rated.ratings = [3.5, 4, 5]
    let filter: any Filter = try make(#"{"type": "minimum-rating"}"#, .filter)
    #expect(try filter.apply(rated).items == [1, 0])
    #expect(try filter.apply(rated).ratings == [4, 5])
  }

  @Test func minimumRatingNeedsRatings() throws {
    let fixture = try Fixture(["sequences.txt": "1 1 2 3\n"])
    let source: any DatasetSource = try make(#"{"type": "sequences"}"#, .dataset)
    let filter: any Filter = try make(#"{"type": "minimum-rating"}"#, .filter)
    let problem = try #require(throws: Problem.self) {
      try DataPipeline.dataset(source: source, filters: [filter], locations: fixture.locations)
    }
    #expect(problem.description.hasPrefix("filters[0]: 'minimum-rating' needs ratings"))
  }

  @Test func namedDropsItemsWithoutAName() throws {
    var source = events([(0, 0), (0, 1), (1, 2), (1, 1)])
    source.catalogue.names = ["The Used", "i1", "Creed"]
    let filter: any Filter = try make(#""named""#, .filter)
    let dataset = try Dataset(filter.apply(source))
    #expect(dataset.catalogue.names == ["The Used", "Creed"])
    #expect(dataset.sequences == [[0], [1]])
  }

  @Test func aFilterThatLeavesNothingIsNamed() throws {
    let fixture = try Fixture(["sequences.txt": "1 1 2 3\n"])
    let source: any DatasetSource = try make(#"{"type": "sequences"}"#, .dataset)
    let filter: any Filter = try make(#"{"type": "k-core"}"#, .filter)
    let problem = try #require(throws: Problem.self) {
      try DataPipeline.dataset(source: source, filters: [filter], locations: fixture.locations)
    }
    #expect(
      problem.description
        == "filters[0]: 'k-core' leaves none of 3 interactions; nothing can be studied.")
  }
}
