import Beckon
import Testing

@testable import Datasets

struct RecBoleTests {
  private static let events = """
    user_id:token\titem_id:token\trating:float\ttimestamp:float
    u9\tb\t4\t881250949
    u9\ta\t3.5\t881250900
    """

  @Test func readsAFolder() throws {
    let fixture = try Fixture([
      "ml/ml.inter": Self.events,
      "ml/ml.item": "item_id:token\tmovie_title:token_seq\tclass:token_seq\na\tToy Story\tAnimation Comedy\n",
    ])
    let events = try fixture.load(
      #"{"type": "recbole", "path": "ml", "name": "movie_title", "categories": "class"}"#)
    #expect(events.userIdentifiers == ["u9"])
    #expect(events.catalogue.names == ["b", "Toy Story"])
    #expect(events.catalogue.categories == [[], ["Animation", "Comedy"]])
    #expect(events.ratings == [4, 3.5])
    #expect(try Dataset(events).sequences == [[0, 1]].map { $0.reversed() })
  }

  @Test func ratingAndTimeMayBeMissing() throws {
    let fixture = try Fixture(["a.inter": "item_id:token,user_id:token\nx,1\ny,1\n"])
    let events = try fixture.load(#"{"type": "recbole", "path": "a.inter", "separator": ","}"#)
    #expect(events.catalogue.identifiers == ["x", "y"])
    #expect(events.ratings.isEmpty && events.times.isEmpty)
  }

  @Test(arguments: [
    (
      ["a.inter": "user_id:token,item_id:token\n1,2\n"], #"{"path": "a.inter"}"#,
      "a.inter:1: expected a header of fields 'name:type', tab-separated, type one of token, token_seq, float, "
        + "float_seq; found 'user_id:token,item_id:token'. "
        + #"The line looks comma-separated: set "separator": ","."#
    ),
    (
      ["a.inter": "1\t2\n"], #"{"path": "a.inter"}"#,
      "a.inter:1: expected a header of fields 'name:type', tab-separated, type one of token, token_seq, float, "
        + "float_seq; found '1'."
    ),
    (
      ["a.inter": "user:token\titem_id:token\n1\t2\n"], #"{"path": "a.inter"}"#,
      "dataset.user: a.inter has no column 'user_id'. Columns: item_id, user."
    ),
    (
      ["a.inter": "user_id:token\titem_id:token\n1\t2\n"], #"{"path": "a.inter", "rating": "stars"}"#,
      "dataset.rating: a.inter has no column 'stars'. Columns: item_id, user_id."
    ),
    (
      ["a.inter": "user_id:token\titem_id:token\n1\t2\n3\n"], #"{"path": "a.inter"}"#,
      "a.inter:3: expected 2 tab-separated fields (user_id, item_id), found 1."
    ),
  ])
  func refuses(files: [String: String], keys: String, message: String) throws {
    let fixture = try Fixture(files)
    let spec = #"{"type": "recbole", "# + keys.dropFirst()
    #expect(fixture.complaint(spec) == message)
  }

  @Test func refusesAnAmbiguousFolder() throws {
    let fixture = try Fixture(["d/a.inter": Self.events, "d/b.inter": Self.events, "e/x": "x"])
    #expect(
      fixture.complaint(#"{"type": "recbole", "path": "d"}"#).hasSuffix(
        "has 2 .inter files: a.inter, b.inter. Name one of them."))
    #expect(fixture.complaint(#"{"type": "recbole", "path": "e"}"#).contains("there is no .inter file in '"))
  }
}
