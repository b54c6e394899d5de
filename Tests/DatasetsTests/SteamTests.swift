import Beckon
import Testing

@testable import Datasets

struct SteamTests {
  /// Lines as the public file has them, printed by Python 2, and one of a copy in JSON.
  private static let reviews = #"""
    {u'username': u'Chaos Syren', u'hours': 0.1, u'products': 41, u'product_id': u'725280', u'page_order': 0, u'date': u'2017-12-17', u'text': u'This would not be acceptable, it\'s {"broken"}: \u2764', u'early_access': False, u'page': 1}
    {u'username': u"\u2665 O'Hara \ud83d\ude00", u'product_id': u'328100', u'compensation': u'Product received for free', u'date': u'2017-08-02', u'text': u"a 'b'", u'early_access': True, u'page': 1, u'user_id': u'76561197970982479'}
    {"username": "Chaos Syren", "hours": null, "product_id": 328100, "date": "2016-01-01", "text": "{'x': [1, 2]}", "early_access": false}
    """#
  private static let games = #"""
    {u'publisher': u'Kotoshiro', u'genres': [u'Action', u'Indie', u'Action'], u'app_name': u'Lost Summoner', u'title': u'Lost Summoner Kitty', u'tags': (u'Strategy', u'Indie'), u'price': 4.99, u'specs': [], u'id': u'725280', u'sentiment': {u'a': [{}]}}
    {u'app_name': u'Ironbound', u'title': u'', u'genres': [], u'id': u'328100', u'metascore': None}
    {u'title': u'A game without an id', u'genres': [u'Action']}
    """#
  private static let spec = #"{"type": "steam"}"#

  @Test func readsPythonAndJSON() throws {
    let fixture = try Fixture([
      "steam/steam_reviews.json": Self.reviews, "steam/steam_games.json": Self.games,
    ])
    let events = try fixture.load(Self.spec)
    #expect(events.userIdentifiers == ["Chaos Syren", "♥ O'Hara 😀"])
    #expect(events.catalogue.identifiers == ["725280", "328100"])
    #expect(events.catalogue.names == ["Lost Summoner Kitty", "Ironbound"])
    #expect(events.catalogue.categories == [["Action", "Indie"], []])
    #expect(events.users == [0, 1, 0])
    #expect(events.items == [0, 1, 1])
    // date -u -d 2017-12-17 +%s and so on.
    #expect(events.times == [1_513_468_800, 1_501_632_000, 1_451_606_400])
    #expect(events.ratings.isEmpty)
    #expect(try Dataset(events).sequences == [[1, 0], [1]])
  }

  @Test func categoriesMayBeTags() throws {
    let fixture = try Fixture([
      "steam/steam_reviews.json": Self.reviews, "steam/steam_games.json": Self.games,
    ])
    let events = try fixture.load(#"{"type": "steam", "categories": "tags"}"#)
    #expect(events.catalogue.categories == [["Strategy", "Indie"], []])
  }

  @Test func theGamesAreADownloadOfTheirOwn() throws {
    let fixture = try Fixture(["steam/steam_reviews.json": Self.reviews])
    #expect(try fixture.load(Self.spec).catalogue.names == ["725280", "328100"])
  }

  @Test(arguments: [
    (
      "{u'username': u'a', u'product_id': u'1'}",
      "expected the keys username, product_id, date; there is no 'date'."
    ),
    (
      "{u'username': None, u'product_id': u'1', u'date': u'2017-01-01'}",
      "expected the keys username, product_id, date; there is no 'username'."
    ),
    (
      "{u'username': u'a', u'product_id': u'1', u'date': u'January 3'}",
      "the date 'January 3' is no day such as 2017-12-31."
    ),
    (
      "{u'username': u'a, u'product_id': u'1'}",
      "expected a Python dictionary or a JSON object, but at column 22 there is neither ',' nor '}'."
    ),
    (
      "{u'text': u'a",
      "expected a Python dictionary or a JSON object, but at column 11 a text begins that does not end."
    ),
    (
      "{'a': 1 'b': 2}",
      "expected a Python dictionary or a JSON object, but at column 9 there is neither ',' nor '}'."
    ),
    (
      "{'a' 1}",
      "expected a Python dictionary or a JSON object, but at column 6 there is no ':' after the key 'a'."
    ),
    ("{1: 2}", "expected a Python dictionary or a JSON object, but at column 2 there is no key in quotes."),
    ("{'a': maybe}", "expected a Python dictionary or a JSON object, but at column 7 there is no value."),
    ("{'a': }", "expected a Python dictionary or a JSON object, but at column 7 there is no value."),
    ("[1]", "expected a Python dictionary or a JSON object, but at column 1 there is no '{'."),
    ("{} {}", "expected a Python dictionary or a JSON object, but at column 4 there is more after its end."),
    (
      #"{'username': '\u12'}"#,
      "expected a Python dictionary or a JSON object, but at column 17 an escape lacks its 4 hexadecimal digits."
    ),
  ])
  func refusesAMalformedLine(line: String, fact: String) throws {
    let good = "{u'username': u'a', u'product_id': u'1', u'date': u'2017-01-01'}\n"
    let fixture = try Fixture(["steam/steam_reviews.json": good + line + "\n"])
    #expect(fixture.complaint(Self.spec) == "steam_reviews.json:2: \(fact)")
  }

  @Test func nestingHasAnEnd() throws {
    let deep = "{'a': " + String(repeating: "[", count: 5000)
    let fixture = try Fixture(["steam/steam_reviews.json": deep])
    #expect(fixture.complaint(Self.spec).contains("it is nested more than 100 deep"))
  }

  /// The values are those of Python's `ast.literal_eval`.
  @Test func literalsAreThoseOfPython() throws {
    #expect(try Literal(parsing: #"'a\'b\\n\n\x41\u00e9\U0001F600\/\q'"#).text == "a'b\\n\nAé😀/\\q")
    #expect(
      try Literal(parsing: #"[ 'a', u"b", (1, -2.5e3), None, True, ]"#)
        == .list([.text("a"), .text("b"), .list([.text("1"), .text("-2.5e3")]), .nothing, .text("True")]))
    #expect(try Literal(parsing: "[]") == .list([]))
    #expect(try Literal(parsing: "{'a': {'b': 'c'}}") == .nothing)
    #expect(try Literal(parsing: #""\ud83d""#).text == "\u{FFFD}", "half a pair is no character")
    #expect(try Literal(parsing: "['a', 'a', '', 'b', 1]").texts == ["a", "b", "1"])
  }
}
