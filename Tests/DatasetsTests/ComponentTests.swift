import Beckon
import Testing

@testable import Datasets

struct ComponentTests {
  @Test func everyComponentAcceptsItsDefaultsAndHoldsItsExamples() throws {
    var registry = Registry()
    try DatasetComponents.register(in: &registry)
    let entries = [Kind.dataset, .filter, .split].flatMap { registry.all($0) }
    #expect(entries.count == 9)
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
