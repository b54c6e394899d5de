import Beckon
import Testing

@testable import Datasets

struct DoubanMovieTests {
  private static let header =
    "\"user_id\"\t\"movie_id\"\t\"rating\"\t\"comment\"\t\"time\"\t\"labels\"\t\"useful_num\"\t\"ID\"\n"
  /// A comment with a line break and a tab, one with doubled quotes, one with a quote that was not doubled.
  private static let reviews =
    header + "\"u9\"\t\"12\"\t5\t\"很好\n\t看\"\t\"2011-05-02\"\t\"剧情|经典\"\t\"0\"\t\"1\"\n"
    + "\"u9\"\t\"7\"\t3\t\"he said \"\"no\"\"\"\t\"2009-01-31\"\t\"\"\t\"2\"\t\"2\"\n"
    + "\"u4\"\t\"12\"\t4\t\"a \\\" b\"\t\"2010-12-31\"\t\"\"\t\"0\"\t\"3\"\n"
  private static let films =
    "\"movie_id\"\t\"name\"\t\"director\"\t\"tag\"\t\"UID\"\n"
    + "\"26266072\"\t\"肖申克的救赎\"\t\"Frank\"\t\"['剧情', '犯罪', 'it\\'s']\"\t\"12\"\n"
    + "\"25807345\"\t\"Toy \"\"Story\"\"\"\t\"\"\t\"动画|喜剧\"\t\"7\"\n"
    + "\"1\"\t\"Nobody's\"\t\"\"\t\"[]\"\t\"99\"\n"
  private static let spec = #"{"type": "douban-movie"}"#

  private static func fixture(_ reviews: String = reviews, films: String = films) throws -> Fixture {
    try Fixture(["douban/moviereviews_cleaned.txt": reviews, "douban/movies_cleaned.txt": films])
  }

  @Test func readsReviewsNamesAndTags() throws {
    let events = try Self.fixture().load(Self.spec)
    #expect(events.userIdentifiers == ["u9", "u4"])
    #expect(events.catalogue.identifiers == ["12", "7"])
    #expect(events.users == [0, 0, 1])
    #expect(events.items == [0, 1, 0])
    #expect(events.ratings == [5, 3, 4])
    // date -u -d 2011-05-02 +%s and so on.
    #expect(events.times == [1_304_294_400, 1_233_360_000, 1_293_753_600])
    #expect(events.catalogue.names == ["肖申克的救赎", "Toy \"Story\""])
    #expect(events.catalogue.categories == [["剧情", "犯罪", "it's"], ["动画", "喜剧"]])
    #expect(try Dataset(events).sequences == [[1, 0], [0]])
  }

  @Test func columnsAreFoundByName() throws {
    let reviews = "movie_id\trating\ttime\tuser_id\n7\t2\t2009-01-31\tu1\n"
    let events = try Self.fixture(reviews).load(Self.spec)
    #expect(events.userIdentifiers == ["u1"] && events.catalogue.identifiers == ["7"])
    #expect(events.ratings == [2])
  }

  @Test func incompleteReviewsAreRefusedOrDropped() throws {
    let gaps =
      "\"u4\"\t\"7\"\t\t\"\"\t\"2010-12-31\"\t\"\"\t\"0\"\t\"4\"\n"
      + "\"u5\"\t\"7\"\t3\t\"\"\t\"\"\t\"\"\t\"0\"\t\"5\"\n"
    let fixture = try Self.fixture(Self.reviews + gaps)
    #expect(
      fixture.complaint(Self.spec)
        == "moviereviews_cleaned.txt:6: the rating's field (column 3) is empty. "
        + #"To leave such rows out, set "incompleteRows": "drop"."#)
    let events = try fixture.load(#"{"type": "douban-movie", "incompleteRows": "drop"}"#)
    #expect(events.count == 3 && events.ratings.count == 3 && events.times.count == 3)
    #expect(events.userIdentifiers == ["u9", "u4"])
  }

  @Test(arguments: [
    (
      "user_id\trating\ttime\nu1\t2\t2009-01-31\n",
      "dataset.path: moviereviews_cleaned.txt has no column 'movie_id'."
    ),
    (
      header + "\"u1\"\t\"7\"\t5\n",
      "moviereviews_cleaned.txt:2: expected 8 tab-separated fields (user_id, movie_id,"
    ),
    (
      header + "\"u1\"\t\"7\"\t5\t\"a\t2009-01-31\t\t0\t1\n",
      "moviereviews_cleaned.txt:2: field 4 opens a quote"
    ),
    (
      header + "\"u1\"\t\"7\"\t5\ta\tyesterday\t\t0\t1\n",
      "moviereviews_cleaned.txt:2: the time 'yesterday' (column 5) is neither a number nor a date"
    ),
  ])
  func refuses(reviews: String, message: String) throws {
    let complaint = try Self.fixture(reviews).complaint(Self.spec)
    #expect(complaint.hasPrefix(message), "\(complaint)")
  }

  @Test func refusesAMissingOrForeignTableOfFilms() throws {
    let alone = try Fixture(["douban/moviereviews_cleaned.txt": Self.reviews])
    #expect(alone.complaint(Self.spec).hasPrefix("dataset.path: there is no movies_cleaned.txt in '"))
    let foreign = try Self.fixture(films: "UID\tname\ttag\n555\tx\ty\n")
    #expect(foreign.complaint(Self.spec).contains("none of the 1 rows of movies_cleaned.txt is of an item"))
  }
}
