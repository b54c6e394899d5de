import Lab
import Reports
import Testing

@Suite struct TextReportTests {
  @Test func columnsLineUp() {
    let lines = TextReport(Samples.nudge(["a", "longer name"])).text.split(separator: "\n")
    #expect(lines[0].hasPrefix("variant"))
    #expect(lines[0].hasSuffix("hr@10"))
    #expect(Set(lines[0..<4].map(\.count)).count == 1)
    #expect(lines[2].contains("0.0200 ± 0.0100"))
    #expect(lines.contains("Mean ± standard deviation over 3 seeds."))
    #expect(
      lines.last
        == "Histories longer than the encoder's window: 50 % of the users: only the newest items of these count."
    )
  }

  @Test func oneSeedHasNoSpread() {
    let text = TextReport(Samples.nextItem([("a", 0.12345), ("b", 12.345)])).text
    #expect(text.contains("12.35") || text.contains("12.34"))
    #expect(!text.contains("±"))
  }

  @Test func aNameCannotMoveTheCursor() {
    #expect(!TextReport(Samples.nudge(["a\u{1B}[2J\nb"])).text.contains("\u{1B}"))
  }
}
