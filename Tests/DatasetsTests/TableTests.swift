import Beckon
import Testing

@testable import Datasets

struct TableTests {
  @Test func readsColumnsByNameAndQuotedFields() throws {
    let fixture = try Fixture([
      "events.csv": "\u{FEFF}when,who,what,stars\n2,ann,\"Hello, \"\"world\"\"\",4\n1,\"bob\",x,2.5\n"
    ])
    let events = try fixture.load(
      #"{"type": "table", "user": "who", "item": "what", "rating": "stars", "time": "when"}"#)
    #expect(events.userIdentifiers == ["ann", "bob"])
    #expect(events.catalogue.identifiers == ["Hello, \"world\"", "x"])
    #expect(events.ratings == [4, 2.5])
    #expect(events.times == [2, 1])
  }

  @Test func readsColumnsByNumberWithoutHeader() throws {
    let fixture = try Fixture(["a.tsv": "\"Weird Al\" fan\t9\t1\n\"Weird Al\" fan\t8\t2"])
    let events = try fixture.load(
      #"{"type": "table", "path": "a.tsv", "separator": "\t", "header": false, "time": "3"}"#)
    #expect(events.userIdentifiers == ["\"Weird Al\" fan"], "quotes are plain text between tabs")
    #expect(events.times == [1, 2])
    #expect(events.ratings.isEmpty)
  }

  @Test func withoutTimesTheOrderOfTheFileCounts() throws {
    let fixture = try Fixture(["events.csv": "u,i\na,3\na,1\nb,3\na,2\n"])
    let dataset = try Dataset(fixture.load(#"{"type": "table"}"#))
    #expect(dataset.sequences == [[0, 1, 2], [0]])
    #expect(dataset.tiedAnswers == 0)
  }

  @Test func readsDatesAndFieldsWithLineBreaks() throws {
    let fixture = try Fixture([
      "events.csv":
        "u,i,t\r\na,\"x\r\ny, \"\"z\"\"\",2008-02-29 00:00:01\r\na,\"w\",1970-01-01\r\n\"b\",w,1969-12-31\r\n"
    ])
    let events = try fixture.load(#"{"type": "table", "time": "t"}"#)
    #expect(events.catalogue.identifiers == ["x\r\ny, \"z\"", "w"])
    // date -u -d '2008-02-29 00:00:01' +%s
    #expect(events.times == [1_204_243_201, 0, -86_400])
    #expect(try Dataset(events).sequences == [[1, 0], [1]])
  }

  @Test func aQuoteThatNeverClosesDoesNotSwallowTheFile() throws {
    let lines = (0..<1200).map { "a,\($0)" }.joined(separator: "\n")
    let fixture = try Fixture(["events.csv": "u,i\na,1\na,\"2\n\(lines)\na,\"3\"\n"])
    #expect(fixture.complaint(#"{"type": "table"}"#).hasPrefix("events.csv:3: field 2 opens a quote"))
  }

  @Test func eventsOfOneTimeKeepTheirOrder() throws {
    let rows = (0..<40).map { "a,\($0),\($0 < 20 ? 5 : 1)" }
    let fixture = try Fixture(["events.csv": "u,i,t\n" + rows.joined(separator: "\n")])
    let dataset = try Dataset(fixture.load(#"{"type": "table", "time": "t"}"#))
    #expect(dataset.sequences == [(20..<40).map { Int32($0) } + (0..<20).map { Int32($0) }])
    #expect(dataset.tiedAnswers == 1)
  }

  @Test(arguments: [
    (
      "who;what\na;1\n", #"{"type": "table"}"#,
      "events.csv:1: expected at least 2 comma-separated fields, found 'who;what'. "
        + #"It looks semicolon-separated: set "separator": ";"."#
    ),
    (
      "who,what\na,1\n", #"{"type": "table", "user": "wo"}"#,
      "dataset.user: events.csv has no column 'wo'. Did you mean 'who'? Columns: what, who."
    ),
    (
      "a,1\n", #"{"type": "table", "header": false, "item": "5"}"#,
      "dataset.item: '5' is no column of events.csv, which has 2 and no header; expected a number from 1 to 2."
    ),
    (
      "who,what\na,1\nb,\"2\n", #"{"type": "table"}"#,
      "events.csv:3: field 2 opens a quote that does not close on this line or the next 1000; "
        + "a quote inside a field is written twice."
    ),
    (
      "who,what,t\na,1,2009-02-29\n", #"{"type": "table", "time": "t"}"#,
      "events.csv:2: the time '2009-02-29' (column 3) is neither a number nor a date such as 2009-04-01."
    ),
    (
      "who,what,t\na,1,2009-02-28\nb,1,2009\n", #"{"type": "table", "time": "t"}"#,
      "events.csv:3: the time '2009' (column 3) is a number, but the lines above it have dates."
    ),
    (
      "who,what\na,\"1\"2\n", #"{"type": "table"}"#,
      "events.csv:2: expected a comma after the closing quote of field 2."
    ),
    ("who,what\n", #"{"type": "table"}"#, "dataset.path: events.csv has a header and nothing below it."),
    (
      "who,what\na,1,2\n", #"{"type": "table"}"#,
      "events.csv:2: expected 2 comma-separated fields (who, what), found 3."
    ),
    (
      "who,what\na,1\n", #"{"type": "table", "item": "who"}"#,
      "dataset.item: users and items are the same column of events.csv, 'who'."
    ),
    (
      "who,what\na,1\n", #"{"type": "table", "separator": ""}"#,
      #"dataset.separator: is empty; expected for example "," or "\t"."#
    ),
  ])
  func refuses(text: String, spec: String, message: String) throws {
    let fixture = try Fixture(["events.csv": text])
    #expect(fixture.complaint(spec) == message)
  }

  @Test func namesAndCategoriesComeFromTwoTables() throws {
    let fixture = try Fixture([
      "events.csv": "u,i\na,10\na,20\na,30\n",
      "names.tsv": "id\tother\tname\n10\tx\t\"Weird Al\" Yankovic\n20\ty\tCher\n99\tz\tNobody\n",
      "tags.txt": "id,tagID,tagValue\n20,1::2,pop::dance pop\n10,3,parody::::parody\n",
    ])
    let events = try fixture.load(
      #"""
      {"type": "table",
       "items": {"path": "names.tsv", "id": "id", "name": "name"},
       "itemCategories": {"path": "tags.txt", "id": "id", "categories": "tagValue", "separator": ",",
                          "categorySeparator": "::"}}
      """#)
    #expect(events.catalogue.names == ["\"Weird Al\" Yankovic", "Cher", "30"])
    #expect(events.catalogue.categories == [["parody"], ["pop", "dance pop"], []])
  }

  @Test func categoriesOfSeveralRowsAddUp() throws {
    let fixture = try Fixture(["events.csv": "u,i\na,10\n", "tags.tsv": "10\trock\n10\tpop\n10\trock\n"])
    let events = try fixture.load(
      #"{"type": "table", "items": {"path": "tags.tsv", "categories": "2", "header": false}}"#)
    #expect(events.catalogue.categories == [["rock", "pop"]])
  }

  @Test(arguments: [
    (
      #"{"path": "tags.tsv", "id": "idd", "name": "name"}"#,
      "dataset.items.id: tags.tsv has no column 'idd'. Did you mean 'id'? Columns: id, name."
    ),
    (
      #"{"path": "tags.tsv", "id": "name", "name": "name"}"#,
      "dataset.items: none of the 1 rows of tags.tsv is of an item of the dataset; "
        + "the events name items such as '10'. Is 'id' the right column?"
    ),
    (
      #"{"path": "tags.tsv"}"#,
      "dataset.items: the table tags.tsv names neither a name column nor a categories column, "
        + "so it would change nothing."
    ),
    (
      #"{"path": "tags.tsv", "nam": "name"}"#,
      "dataset.items.nam: unknown key. Did you mean 'name'? "
        + "Known: categories, categorySeparator, header, id, name, path, separator."
    ),
  ])
  func refusesItemTables(items: String, message: String) throws {
    let fixture = try Fixture(["events.csv": "u,i\na,10\n", "tags.tsv": "id\tname\n10\tCher\n"])
    #expect(fixture.complaint(#"{"type": "table", "items": \#(items)}"#) == message)
  }
}
