import Beckon
import Lab
import Reports
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

@Suite struct HTMLReportTests {
  private func parsed(_ results: StudyResults) throws -> (text: String, document: XMLDocument) {
    let html = HTMLReport(results).html
    // An XML parser would otherwise look for a document type definition.
    let body = html.replacing("<!DOCTYPE html>", with: "")
    return (html, try XMLDocument(data: Data(body.utf8), options: []))
  }

  @Test func namesAreEscaped() throws {
    let (html, document) = try parsed(Samples.nudge())
    #expect(!html.contains("<script>alert"))
    #expect(html.contains("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#39;w/o P&#39;"))
    let heads = try document.nodes(forXPath: "//section[@id='results']//tbody//th").compactMap(\.stringValue)
    #expect(heads == ["plain", Samples.hostile, "third"])
  }

  @Test func controlCharactersCannotBreakTheDocument() throws {
    let (_, document) = try parsed(Samples.nudge(["a\u{0}b\u{1B}[31m", "c]]>d\u{FFFE}"]))
    let heads = try document.nodes(forXPath: "//section[@id='results']//tbody//th").compactMap(\.stringValue)
    #expect(heads == ["a\u{FFFD}b\u{FFFD}[31m", "c]]>d\u{FFFD}"])
  }

  @Test(arguments: [1, 3, 30]) func nothingIsFetched(variants: Int) throws {
    let html = HTMLReport(Samples.nudge((0..<variants).map { "variant \($0)" })).html
    for word in ["http://", "https://", "src=", "url(", "@import", "//cdn"] {
      #expect(!html.contains(word), "\(word)")
    }
  }

  @Test func aChartHasALineForEachVariantAndItsTwin() throws {
    let (_, document) = try parsed(Samples.nudge())
    let charts = try document.nodes(forXPath: "//svg[@class='chart']")
    #expect(charts.count == 5)
    for chart in charts {
      #expect(try chart.nodes(forXPath: "title").count == 1)
      #expect(try chart.nodes(forXPath: "desc").count == 1)
      #expect(
        try chart.nodes(forXPath: "path[starts-with(@class, 'line')]").count == 4, "3 variants, 1 shared twin"
      )
      #expect(try chart.nodes(forXPath: "path[contains(@class, 'twin')]").count == 1)
      #expect(try chart.nodes(forXPath: "rect[@class='strip']").count >= 5)
    }
    let identifiers = try document.nodes(forXPath: "//@id").compactMap(\.stringValue)
    #expect(Set(identifiers).count == identifiers.count)
  }

  @Test func bandsNeedSeveralSeeds() throws {
    let several = try parsed(Samples.nudge()).document
    #expect(try several.nodes(forXPath: "//path[starts-with(@class, 'band')]").count > 0)
    let single = try parsed(Samples.nudge(seeds: [1])).document
    #expect(try single.nodes(forXPath: "//path[starts-with(@class, 'band')]").isEmpty)
  }

  @Test func aBigStudyGetsAPanelForEachVariant() throws {
    let (html, document) = try parsed(Samples.nudge((0..<30).map { "variant \($0)" }, seeds: [1, 2]))
    #expect(try document.nodes(forXPath: "//div[@class='panels']/svg").count == 150)
    #expect(html.utf8.count < 1_000_000)
  }

  @Test func aSingleRoundIsDrawn() throws {
    let (html, _) = try parsed(Samples.nudge(["one"], seeds: [1], rounds: 1))
    #expect(!html.contains("nan") && !html.contains("inf"))
  }

  @Test func nextItemHasNoCurves() throws {
    let (_, document) = try parsed(Samples.nextItem([("a", 0.1), ("b", 0.2)]))
    #expect(try document.nodes(forXPath: "//svg").isEmpty)
    #expect(try document.nodes(forXPath: "//section[@id='curves' or @id='twins']").isEmpty)
    #expect(try document.nodes(forXPath: "//section[@id='results']").count == 1)
  }

  @Test func theBestIsBoldAndTheSecondUnderlined() throws {
    let results = Samples.nextItem([("a", 0.1), ("b", 0.3), ("c", 0.2)])
    let (_, document) = try parsed(results)
    let cells = try document.nodes(forXPath: "//section[@id='results']//tbody//td")
    #expect(try cells.map { try $0.nodes(forXPath: "strong").count } == [0, 1, 0])
    #expect(try cells.map { try $0.nodes(forXPath: "span[@class='second']").count } == [0, 0, 1])
  }

  @Test func aMetricThatShouldBeLowIsMarkedTheOtherWay() throws {
    let results = Samples.nextItem([("a", 0.1), ("b", 0.3), ("c", 0.2)])
    let html = HTMLReport(results) { _ in MetricFacts(direction: .lower) }.html
    #expect(html.contains("<strong>0.1000</strong>"))
    #expect(html.contains("ndcg ↓"))
  }

  @Test func whatReadsTheSameSharesItsPlace() throws {
    let (html, _) = try parsed(Samples.nextItem([("a", 0.30000), ("b", 0.300001), ("c", 0.2)]))
    #expect(html.components(separatedBy: "<strong>0.3000</strong>").count == 3)
  }

  @Test func differencesArePairedBySeed() throws {
    let (_, document) = try parsed(Samples.nudge())
    let cell = try document.nodes(forXPath: "//section[@id='paired']//tbody/tr[2]/td[1]").first?.stringValue
    #expect(cell?.contains("+0.2000") == true, "the seeds' own level cancels: \(cell ?? "")")
    #expect(cell?.contains("3▲ 0▼") == true)
  }

  @Test func theProtocolSaysWhoMovedTheUsers() throws {
    let (_, document) = try parsed(Samples.nudge())
    let card = try document.nodes(forXPath: "//section[@id='protocol']").first?.stringValue ?? ""
    for fact in [
      "by construction", "25 %", "file order", "12\u{202F}345 users", "1, 2, 3", "leave-one-out",
      "0.1 to 0.9", "50 % of the users: only the newest items of these count", " alone",
    ] {
      #expect(card.contains(fact), "\(fact)")
    }
  }

  @Test func changesNameTheKey() throws {
    let (_, document) = try parsed(Samples.nudge())
    let text = try document.nodes(forXPath: "//section[@id='configuration']").first?.stringValue ?? ""
    #expect(text.contains("scorer.lambda: 0 → 1"))
  }
}
