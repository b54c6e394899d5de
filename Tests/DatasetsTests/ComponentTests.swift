import Beckon
import Testing

@testable import Datasets

struct ComponentTests {
  @Test func everyComponentAcceptsItsDefaultsAndHoldsItsExamples() throws {
    var registry = Registry()
    try DatasetComponents.register(in: &registry)
    let entries = [Kind.dataset, .filter, .split].flatMap { registry.all($0) }
    #expect(entries.count == 14)
    for entry in entries {
      var problems: [Problem] = []
      let json = JSON.string(entry.about.identifier)
      #expect(registry.make(entry.kind, from: json, path: "", problems: &problems) != nil, "\(problems)")
      for example in entry.about.examples {
        let values = try example.compute()
        #expect(values.count == example.expected.count)
        for (value, expected) in zip(values, example.expected) {
          #expect(abs(value - expected) <= example.tolerance, "\(entry.about.identifier): \(example.title)")
        }
      }
    }
  }

  @Test(arguments: [
    ("12", 12.0), ("-3.25", -3.25), ("881250949", 881_250_949), ("0.1", 0.1), ("1e3", 1000), (" 4 ", 4),
    ("4.", 4), ("1238536800000.123456789", 1_238_536_800_000.123456789), ("0.000000000000000001", 1e-18),
  ])
  func readsNumbers(text: String, value: Double) {
    Array(text.utf8).withUnsafeBufferPointer { #expect(Numbers.real($0[...]) == value) }
  }

  @Test(arguments: ["", "-", ".", "1.2.3", "1,5", "nan", "inf", "0x1p3", "1 2", "--1"])
  func refusesWhatIsNoNumber(text: String) {
    Array(text.utf8).withUnsafeBufferPointer { #expect(Numbers.real($0[...]) == nil) }
  }

  // date -u -d TEXT +%s
  @Test(arguments: [
    ("1970-01-01", 0.0), ("1969-12-31", -86_400), ("2009-04-01", 1_238_544_000), ("2000-02-29", 951_782_400),
    ("1900-03-01", -2_203_891_200), ("2100-03-01", 4_107_542_400), ("2024-12-31", 1_735_603_200),
    ("2017-11-08T23:59:59", 1_510_185_599), ("0001-01-01", -62_135_596_800),
  ])
  func readsDates(text: String, seconds: Double) { #expect(CalendarDate.seconds(text) == seconds) }

  @Test(arguments: [
    "", "2009", "2009-4-1", "2009-02-29", "1900-02-29", "2009-04-31", "2009-13-01", "2009-00-10",
    "2009-01-00",
    "2009/04/01", "2009-04-01 24:00:00", "2009-04-01 10:00", "0000-01-01", "2009-04-0x", "-009-04-01",
  ])
  func refusesWhatIsNoDate(text: String) { #expect(CalendarDate.seconds(text) == nil) }

  @Test func identifiersAreNumberedByFirstAppearance() {
    var table = IdentifierTable()
    var known: [String: Int32] = [:]
    var state: UInt64 = 1
    for _ in 0..<20_000 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let text = "user \(state >> 51)"
      let expected = known[text] ?? Int32(known.count)
      let (number, isNew) = Array(text.utf8).withUnsafeBufferPointer { table.number(of: $0[...]) }
      #expect(number == expected && isNew == (known[text] == nil))
      known[text] = expected
    }
    #expect(table.count == known.count)
  }
}
