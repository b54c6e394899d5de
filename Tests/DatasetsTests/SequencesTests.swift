import Beckon
import Testing

@testable import Datasets

struct SequencesTests {
  private static let spec = #"{"type": "sequences"}"#

  @Test func keepsTheNumbers() throws {
    let fixture = try Fixture(["sequences.txt": "9 5 2\r\n3\t2  5 2 \n"])
    let events = try fixture.load(Self.spec)
    #expect(events.keepsNumbers)
    let dataset = try Dataset(events)
    #expect(dataset.users == ["9", "3"])
    #expect(dataset.sequences == [[4, 1], [1, 4, 1]])
    #expect(
      dataset.catalogue.identifiers == ["1", "2", "3", "4", "5"], "numbers that never occur keep their rows")
  }

  @Test(arguments: [
    ("1 2 3\n2 x 3\n", "sequences.txt:2: item 'x' is not a whole number from 1 to 2147483647."),
    ("1 2 0\n", "sequences.txt:1: item '0' is not a whole number from 1 to 2147483647."),
    ("1 2 -4\n", "sequences.txt:1: item '-4' is not a whole number from 1 to 2147483647."),
    ("1 99999999999\n", "sequences.txt:1: item '99999999999' is not a whole number from 1 to 2147483647."),
    ("1 2\n2\n", "sequences.txt:2: expected a user followed by item numbers, found '2'."),
    ("1 2\n1 3\n", "sequences.txt:2: user '1' has a line already; expected one line a user."),
    ("", "dataset.path: sequences.txt is empty; expected at least one line."),
  ])
  func refuses(text: String, message: String) throws {
    let fixture = try Fixture(["sequences.txt": text])
    #expect(fixture.complaint(Self.spec) == message)
  }

  @Test func refusesNumbersThatWouldFillTheMemory() throws {
    let fixture = try Fixture(["sequences.txt": "1 2000000000 7\n"])
    #expect(fixture.complaint(Self.spec).contains("numbers its 2 items up to 2000000000"))
  }
}
