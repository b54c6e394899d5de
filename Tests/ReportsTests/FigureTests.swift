import Beckon
import Lab
import Reports
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// The parts of a report that only some studies have: sensitivity, bridge, case study, costs, rounds without answer.
@Suite struct FigureTests {
  private func parsed(_ report: HTMLReport) throws -> XMLDocument {
    try XMLDocument(data: Data(report.html.replacing("<!DOCTYPE html>", with: "").utf8), options: [])
  }

  private func parsed(_ results: StudyResults) throws -> XMLDocument { try parsed(HTMLReport(results)) }

  private func texts(_ document: XMLDocument, _ path: String) throws -> [String] {
    try document.nodes(forXPath: path).compactMap(\.stringValue)
  }

  /// Numbers of an attribute, from left to right.
  private func numbers(_ document: XMLDocument, _ path: String) throws -> [Double] {
    try texts(document, path).compactMap { Double($0) }
  }

  @Test func aPlainStudyHasNoneOfThem() throws {
    let document = try parsed(Samples.nudge())
    for section in ["sensitivity", "bridge", "followed", "costs"] {
      #expect(try document.nodes(forXPath: "//section[@id='\(section)']").isEmpty, "\(section)")
    }
    #expect(try document.nodes(forXPath: "//p[@class='warning']").isEmpty)
  }

  @Test func identifiersAreUnique() throws {
    let followed = JSON.members([("followed", .array([Samples.followed(), Samples.followed(user: "2")]))])
    for results in [
      Samples.sensitivity([("a", 1), ("b", 2)]), Samples.bridge([("a", [0, 0]), ("b", [1, 2])]),
      Samples.single(followed),
    ] {
      let identifiers = try texts(parsed(results), "//@id")
      #expect(Set(identifiers).count == identifiers.count)
      let references = try texts(parsed(results), "//@aria-labelledby").flatMap { $0.split(separator: " ") }
      #expect(references.allSatisfy { identifiers.contains(String($0)) })
    }
  }
}

extension FigureTests {
  @Test func sensitivityIsOrderedByValueNotByVariant() throws {
    let document = try parsed(Samples.sensitivity([("large", 0.4), ("small", 0.1), ("middle", 0.2)]))
    let section = "//section[@id='sensitivity']"
    #expect(try document.nodes(forXPath: "\(section)//svg").count == 1, "one metric")
    let dots = try numbers(document, "\(section)//circle[contains(@class, 'c0')]/@cx")
    #expect(dots.count == 3)
    #expect(dots == dots.sorted())
    #expect(abs((dots[2] - dots[1]) / (dots[1] - dots[0]) - 2) < 0.01, "the axis is linear")
    let heights = try numbers(document, "\(section)//circle[contains(@class, 'c0')]/@cy")
    #expect(heights == heights.sorted(by: >), "the metric rises with the value")
    #expect(
      try document.nodes(forXPath: "\(section)//circle[contains(@class, 'plain')]").count == 3, "@5 in grey")
    #expect(try document.nodes(forXPath: "\(section)//path[contains(@class, 'whisker')]").count == 3)
    let ticks = try texts(document, "\(section)//text[@class='tick' and @text-anchor='middle']")
    #expect(ticks == ["0.1", "0.2", "0.4"])
    let strips = try texts(document, "\(section)//rect[@class='strip']/title")
    #expect(strips.first == "lambda 0.1: @5 0.1150 (0.0515 to 0.1785) · @10 0.2300 (0.1029 to 0.3571)")
    #expect(
      try texts(document, "\(section)//tbody//th") == ["small", "middle", "large", "largest − smallest mean"])
    #expect(try texts(document, "\(section)//tr[@class='total']/td").last == "0.6000")
  }

  @Test func aWideAxisIsLogarithmic() throws {
    let document = try parsed(Samples.sensitivity([("a", 0.1), ("b", 1), ("c", 10)]))
    let dots = try numbers(document, "//section[@id='sensitivity']//circle[contains(@class, 'c0')]/@cx")
    #expect(abs((dots[2] - dots[1]) - (dots[1] - dots[0])) < 0.2)
    #expect(try texts(document, "//text[@class='axis']").contains("scorer.lambda, logarithmic"))
  }

  @Test func valuesTooCloseStandInEvenSteps() throws {
    let document = try parsed(Samples.sensitivity([("a", 0), ("b", 0.1), ("c", 10)]))
    let dots = try numbers(document, "//section[@id='sensitivity']//circle[contains(@class, 'c0')]/@cx")
    #expect(abs((dots[2] - dots[1]) - (dots[1] - dots[0])) < 0.2)
    #expect(try texts(document, "//text[@class='axis']").contains("scorer.lambda, in even steps"))
  }

  @Test func variantsThatShareValuesMakeALineEach() throws {
    let document = try parsed(
      Samples.sensitivity([("A, λ = 1", 1), ("A, λ = 2", 2), ("<B>, λ = 1", 1), ("<B>, λ = 2", 2)]))
    let section = "//section[@id='sensitivity']"
    #expect(try document.nodes(forXPath: "\(section)//path[starts-with(@class, 'line')]").count == 2)
    #expect(
      try texts(document, "\(section)//text[starts-with(@class, 'label')]/title") == ["A, λ", "<B>, λ"])
  }
}

extension FigureTests {
  @Test func aBridgeIsPairedWithTheStepBefore() throws {
    // Differences by seed: +1, +3 (mean 2, deviation √2); then −1, −2 (mean −1.5, deviation √½).
    let document = try parsed(Samples.bridge([("paper", [1, 2]), ("a<b", [2, 5]), ("code", [1, 3])]))
    let section = "//section[@id='bridge']"
    #expect(
      try texts(document, "\(section)//tbody/tr/td[2]").map { $0.replacing("\n", with: "") } == [
        "", "+2.000 ± 1.414 ▲▲", "-1.500 ± 0.707 ▼▼", "+0.500 ± 0.707 =▲",
      ])
    #expect(
      try texts(document, "\(section)//tbody/tr/td[1]") == [
        "1.500 ± 0.707", "3.500 ± 2.121", "2.000 ± 1.414", "",
      ])
    #expect(
      try texts(document, "\(section)//ol/li/div") == [
        "where the bridge begins", "scorer.lambda: 0 → 1", "scorer.lambda: 1 → 2",
      ])
    #expect(try texts(document, "\(section)//ol/li/strong") == ["paper", "a<b", "code"])
  }

  @Test func barsLeadFromMeanToMean() throws {
    let document = try parsed(Samples.bridge([("paper", [1, 2]), ("a", [2, 5]), ("code", [1, 3])]))
    let bars = "//section[@id='bridge']//rect[starts-with(@class, 'bar')]"
    #expect(try texts(document, bars + "/@class") == ["bar up", "bar down", "bar total"])
    let (x, width) = (try numbers(document, bars + "/@x"), try numbers(document, bars + "/@width"))
    let start = try numbers(document, "//section[@id='bridge']//circle/@cx")
    #expect(abs(x[0] - start[0]) < 0.2, "the first bar begins at the first mean")
    #expect(abs(x[0] + width[0] - (x[1] + width[1])) < 0.2, "the fall begins where the rise ended")
    #expect(abs(width[0] / width[1] - 2 / 1.5) < 0.01)
    #expect(abs(x[2] + width[2] - x[1]) < 0.2, "all steps together end where the last one does")
  }

  @Test func aStepWithoutNumbersIsAGap() throws {
    let document = try parsed(Samples.bridge([("a", [1]), ("b", [.nan]), ("c", [3])]))
    #expect(
      try document.nodes(forXPath: "//section[@id='bridge']//rect[starts-with(@class, 'bar')]").count == 1,
      "only the sum of the steps is known")
  }
}

extension FigureTests {
  @Test func theCaseStudyIsToldRoundByRound() throws {
    let document = try parsed(Samples.single(.members([("followed", .array([Samples.followed()]))])))
    let section = "//section[@id='followed']"
    let head = try texts(document, "\(section)/h3")
    #expect(head == ["User u<1> and the target Aliens & <b>us</b>"])
    #expect(
      try texts(document, "\(section)//table[@class='path']/tbody/tr/td[1]") == [
        "3", "Aliens & <b>us</b>", "",
      ])
    #expect(
      try texts(document, "\(section)//table[@class='path']/tbody/tr/td[2]") == ["Drama", "Sci-Fi, War", ""])
    #expect(
      try texts(document, "\(section)//table[@class='path']/tbody/tr/td[3]") == [
        "no valid answer", "✓ clicked", "nothing to show",
      ])
    #expect(
      try texts(document, "\(section)//table[@class='path']/tbody/tr/td[5]") == [
        "0.1250", "0.5000", "0.5000",
      ])
    let told = try texts(document, "\(section)/p").joined()
    #expect(
      told.contains("0.1250 → 0.5000; clicks in 1 of 3 rounds. The target itself was clicked in round 2."))
    #expect(told.contains("Last items of the history, the latest last: 3 (Drama)"))
  }

  @Test func whoKnewTheTargetIsToldToStay() throws {
    let document = try parsed(
      Samples.single(.members([("followed", .array([Samples.followed(stays: true)]))])))
    let told = try texts(document, "//section[@id='followed']/p").joined()
    #expect(
      told.contains(
        "0.1250 → 0.1250; clicks in 1 of 3 rounds. The user had met the target before the first round, so that nothing"
      ))
  }

  @Test func theMapsHoldTheVectors() throws {
    let document = try parsed(Samples.single(.members([("followed", .array([Samples.followed()]))])))
    let maps = "//section[@id='followed']//svg[@class='chart heat']"
    #expect(try document.nodes(forXPath: maps).count == 2)
    // Start, three rounds and the target, of three dimensions; one round had nothing to show.
    #expect(try document.nodes(forXPath: "\(maps)//path[@opacity]").count == 15 + 12)
    let titles = try texts(document, "(\(maps))[1]//path/title")
    #expect(titles.prefix(2) == ["start, dimension 1: 0.6000", "start, dimension 2: -0.8000"])
    #expect(titles.suffix(3).first == "target, dimension 1: 1.0000")
    let cells = try document.nodes(forXPath: "(\(maps))[1]//path[@opacity]").compactMap { $0 as? XMLElement }
    #expect(cells[1].attribute(forName: "class")?.stringValue == "n")
    #expect(cells.prefix(3).map { $0.attribute(forName: "opacity")?.stringValue } == ["0.6", "0.8", "0"])
    #expect(try document.nodes(forXPath: "(\(maps))[1]//circle").count == 1, "one round had a click")
  }

  @Test func manyPairsAreToldWithoutMaps() throws {
    let many = (0..<30).map { Samples.followed(user: "\($0)") }
    let document = try parsed(Samples.single(.members([("followed", .array(many))])))
    #expect(try document.nodes(forXPath: "//section[@id='followed']//svg[@class='chart heat']").count == 48)
    #expect(try document.nodes(forXPath: "//section[@id='followed']//table").count == 30)
  }
}

extension FigureTests {
  private func facts(_ name: String) -> MetricFacts? {
    MetricFacts(
      direction: name == "drift" ? .lower : .higher, summary: "What \(name) tells.", isCost: name == "drift")
  }

  @Test func costsStandApart() throws {
    let results = Samples.single(.members([]), metrics: [("ioi@2", 1), ("drift@2", 0.5)])
    let document = try parsed(HTMLReport(results, metrics: facts))
    #expect(try texts(document, "//section[@id='results']//th[@scope='colgroup']") == ["ioi ↑"])
    #expect(try texts(document, "//section[@id='costs']//th[@scope='colgroup']") == ["drift ↓"])
    #expect(try texts(document, "//section[@id='costs']/dl/dd") == ["What drift tells. Lower is better."])
  }

  @Test func costsOfABridgeAreFoldedAway() throws {
    let results = Samples.bridge([("a", [1, 2]), ("b", [2, 3])], metrics: ["ioi@10", "drift@10"])
    let document = try parsed(HTMLReport(results, metrics: facts))
    #expect(try texts(document, "//section[@id='bridge']/div//figcaption") == ["ioi@10"])
    #expect(try texts(document, "//section[@id='bridge']/details//figcaption") == ["drift@10"])
  }

  @Test func anotherDefinitionIsTheLastStepOfABridge() throws {
    // Every run has the same value in both: the redefined one is made to be a tenth of it.
    let results = Samples.bridge(
      [("a", [1, 2]), ("b", [2, 4])], metrics: ["ioi@10", "ioi-code@10", "gap@10"],
      scale: ["ioi-code@10": 0.1])
    let document = try parsed(
      HTMLReport(results) { name in
        MetricFacts(direction: .higher, redefines: name == "ioi-code" ? "ioi" : nil)
      })
    let section = "//section[@id='bridge']"
    #expect(try texts(document, "\(section)//figcaption") == ["ioi@10", "gap@10"])
    #expect(
      try texts(document, "\(section)//ol/li[last()]/div") == ["of the same runs: ioi → ioi-code"])
    #expect(
      try texts(document, "\(section)//tbody/tr/th") == [
        "a", "b", "metric defined otherwise", "all steps together",
      ])
    // From 3 to 0.3: by seed −1.8 and −3.6; all together from 1 and 2 to 0.2 and 0.4.
    let changes = try texts(document, "\(section)//tbody/tr/td[2]").map { $0.replacing("\n", with: "") }
    #expect(changes == ["", "+1.500 ± 0.707 ▲▲", "-2.700 ± 1.273 ▼▼", "-1.200 ± 0.566 ▼▼"])
    #expect(try texts(document, "\(section)//tbody/tr[3]/td[3]") == ["–"])
    #expect(try document.nodes(forXPath: "\(section)//svg//rect[starts-with(@class, 'bar')]").count == 4)
  }

  @Test func aStudyOfCostsAloneHasResults() throws {
    let document = try parsed(
      HTMLReport(Samples.single(.members([]), metrics: [("drift@2", 0.5)]), metrics: facts))
    #expect(try texts(document, "//section[@id='results']//th[@scope='colgroup']") == ["drift ↓"])
    #expect(try document.nodes(forXPath: "//section[@id='costs']").isEmpty)
  }

  @Test func manyColumnsShowTheLargestCutoff() throws {
    let names = ["hr", "ioi", "ior", "drift"].flatMap { name in [5, 10, 15, 20].map { (name, $0) } }
    let results = Samples.single(.members([]), metrics: names.map { ("\($0.0)@\($0.1)", Double($0.1)) })
    let document = try parsed(results)
    let results0 = "//section[@id='results']"
    #expect(try texts(document, "\(results0)/div//th[@data-sort]") == ["@20", "@20", "@20", "@20"])
    #expect(try document.nodes(forXPath: "\(results0)/details//table").count == 4)
    #expect(try document.nodes(forXPath: "\(results0)/details//th[@data-sort]").count == 16)
  }

  @Test func roundsWithoutAnswerAreTold() throws {
    func report(_ unanswered: Double) throws -> XMLDocument {
      let facts = [("roundsWithoutAnswer", unanswered), ("rateWithoutAnswer", unanswered / 2000)]
      return try parsed(Samples.single(.members(facts.map { ($0.0, .number($0.1)) })))
    }
    let some = try report(5)
    #expect(
      try texts(some, "//p[@class='warning']").first?.contains("one: 0.25 % of the rounds (5)") == true)
    #expect(
      try texts(some, "//section[@id='protocol']//tr").contains { $0.contains("Rounds without an answer") })
    let none = try report(0)
    #expect(try none.nodes(forXPath: "//p[@class='warning']").isEmpty)
    #expect(!(try texts(none, "//section[@id='protocol']//tr").contains { $0.contains("without an answer") }))
  }
}
