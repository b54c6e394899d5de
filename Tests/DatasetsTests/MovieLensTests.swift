import Beckon
import Testing

@testable import Datasets

struct MovieLensTests {
  private static let flags = "0|0|0|1|1|1|0|0|0|0|0|0|0|0|0|0|0|0|0"

  @Test func readsEventsTitlesAndGenres() throws {
    let fixture = try Fixture(["ml-100k/u.data": "7\t50\t3\t20\r\n7\t9\t4.5\t10\r\n8\t50\t1\t30\r\n\r\n"])
    // é as one byte of Latin-1.
    let item = Data("50|Caf".utf8) + [0xE9] + Data(" (1977)|01-Jan-1977||http://x|\(Self.flags)\n".utf8)
    try fixture.write(item, to: "ml-100k/u.item")
    let events = try fixture.load(#"{"type": "movielens-100k"}"#)
    #expect(events.userIdentifiers == ["7", "8"])
    #expect(events.catalogue.identifiers == ["50", "9"])
    #expect(events.catalogue.names == ["Café (1977)", "9"])
    #expect(events.catalogue.categories == [["Animation", "Children's", "Comedy"], []])
    #expect(events.users == [0, 0, 1])
    #expect(events.items == [0, 1, 0])
    #expect(events.ratings == [3, 4.5, 1])
    #expect(events.times == [20, 10, 30])
    #expect(try Dataset(events).sequences == [[1, 0], [0]], "numbered by the file, ordered by time")
  }

  @Test func readsTheFormatOfTheLargerSets() throws {
    let fixture = try Fixture([
      "ml-1m/ratings.dat": "1::1193::5::978300760\n1::661::3::978302109\n2::73::4::978298413\n",
      "ml-1m/users.dat": "1::F::1::10::48067\n2::M::56::16::70072\n",
    ])
    // é as one byte of Latin-1.
    let films =
      Data("661::James: and the Peach::Animation\n1193::Cuckoo (1975)::Drama|Comedy\n73::Mis".utf8) + [0xE9]
      + Data("rables, Les (1995)::Drama|Musical\n9::Nobody's::Action\n".utf8)
    try fixture.write(films, to: "ml-1m/movies.dat")
    let events = try fixture.load(#"{"type": "movielens", "path": "ml-1m"}"#)
    #expect(events.userIdentifiers == ["1", "2"])
    #expect(events.users == [0, 0, 1])
    #expect(events.catalogue.identifiers == ["1193", "661", "73"])
    #expect(events.catalogue.names == ["Cuckoo (1975)", "James: and the Peach", "Misérables, Les (1995)"])
    #expect(events.catalogue.categories == [["Drama", "Comedy"], ["Animation"], ["Drama", "Musical"]])
    #expect(events.ratings == [5, 3, 4])
    #expect(events.times == [978_300_760, 978_302_109, 978_298_413])
  }

  @Test(arguments: [
    (["movies.dat": "1::a::b\n"], "there is no ratings.dat in 'PATH', which holds movies.dat."),
    (
      ["ratings.dat": "1::1::5::9\n", "users.dat": "1::F::1::10::48067\n"],
      "there is no movies.dat in 'PATH', which holds ratings.dat, users.dat."
    ),
    (["ratings.dat": "1::1::5\n", "movies.dat": "1::a::b\n"], "ratings.dat:1: expected 4 '::'-separated"),
    (["ratings.dat": "1::1::5::9\n", "movies.dat": "1::a\n"], "movies.dat:1: expected 3 '::'-separated"),
  ])
  func refusesAnIncompleteLargerSet(files: [String: String], message: String) throws {
    let fixture = try Fixture(Dictionary(uniqueKeysWithValues: files.map { ("ml-1m/" + $0, $1) }))
    let path = fixture.folder.appending(path: "ml-1m").path(percentEncoded: false)
    #expect(
      fixture.complaint(#"{"type": "movielens"}"#).contains(message.replacing("PATH", with: path)))
  }

  @Test(arguments: [
    (
      "7\t1\t3\t4\n7\t1\t3\n",
      "u.data:2: expected 4 tab-separated fields (user, item, rating, timestamp), found 3."
    ),
    ("7\t1\tgood\t4\n", "u.data:1: the rating 'good' (column 3) is not a number."),
    (
      "7\t1\t3\tnan\n",
      "u.data:1: the time 'nan' (column 4) is neither a number nor a date such as 2009-04-01."
    ),
    (
      "7\t1\t3\t0x10\n",
      "u.data:1: the time '0x10' (column 4) is neither a number nor a date such as 2009-04-01."
    ),
    ("7\t\t3\t4\n", "u.data:1: the item's field (column 2) is empty."),
    ("7\t1\t3\t4\n\n7\t2\t3\t4\n", "u.data:2: the line is blank, but the file goes on after it."),
    (
      "7,1,3,4\n",
      "u.data:1: expected 4 tab-separated fields (user, item, rating, timestamp), found 1. "
        + "The line looks comma-separated."
    ),
    ("\n \n", "dataset.path: u.data is empty; expected at least one line."),
  ])
  func refusesMalformedFiles(text: String, message: String) throws {
    let fixture = try Fixture(["ml-100k/u.data": text])
    #expect(fixture.complaint(#"{"type": "movielens-100k"}"#) == message)
  }

  @Test func refusesMissingFiles() throws {
    let empty = try Fixture()
    #expect(
      empty.complaint(#"{"type": "movielens-100k", "path": "elsewhere"}"#).hasPrefix(
        "dataset.path: there is no 'elsewhere'; looked at "))
    let other = try Fixture(["ml-100k/x": "x"])
    let untitled = try Fixture(["ml-100k/u.data": "7\t1\t3\t4\n"])
    #expect(untitled.complaint(#"{"type": "movielens-100k"}"#).contains("there is no u.item in '"))
    #expect(
      other.complaint(#"{"type": "movielens-100k"}"#).hasPrefix("dataset.path: there is no u.data in '"))
  }

  @Test func refusesAMalformedItemFile() throws {
    let fixture = try Fixture(["ml-100k/u.data": "7\t1\t3\t4\n", "ml-100k/u.item": "1|Toy Story\n"])
    #expect(
      fixture.complaint(#"{"type": "movielens-100k"}"#).hasPrefix("u.item:1: expected 24 '|'-separated"))
  }

  @Test func anUnknownCategoryIsAnsweredWithTheNearest() throws {
    let fixture = try Fixture([
      "ml-100k/u.data": "7\t1\t3\t4\n", "ml-100k/u.item": "1|Toy|d|v|http://x|\(Self.flags)\n",
    ])
    let catalogue = try fixture.load(#"{"type": "movielens-100k"}"#).catalogue
    #expect(try catalogue.items(in: "Comedy") == [0])
    let problem = try #require(throws: Problem.self) { try catalogue.items(in: "Comdy") }
    #expect(problem.fact.contains("Did you mean 'Comedy'?"))
  }
}
