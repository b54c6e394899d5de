import Beckon
import Lab
import Reports
import Testing

/// Reports as a reader meets them: in a browser, with their scripts.
@Suite(.serialized, .enabled(if: Browser.installed != nil, "skipped: there is no Chromium"))
struct BrowserTests {
  private static let names = ["plain", "w/o P", "third", "a b", "a c", "z", "10", "9"]

  private func ask(_ results: StudyResults, _ script: String) throws -> JSON {
    let browser = try #require(Browser.installed)
    let answer = try browser.ask(HTMLReport(results).html, script)
    #expect(answer["problems"] == .array([]), "the console is silent")
    return try #require(answer["value"])
  }

  private func texts(_ json: JSON?) -> [String] { (json?.array ?? []).compactMap(\.string) }

  @Test func aColumnsHeadSortsAndGivesTheOrderBack() throws {
    let answer = try ask(
      Samples.nudge(Self.names),
      """
      var table = $("#results table"), head = $$("#results thead th[data-sort]")[0], button = head.querySelector("button");
      var result = [rows(table)], states = [];
      button.focus();
      var isReached = document.activeElement === button;
      for (var turn = 0; turn < 3; turn += 1) {
        button.click();
        result.push(rows(table));
        states.push(head.getAttribute("aria-sort") || "none");
      }
      var name = $("#results thead th[data-name=name] button");
      name.click();
      result.push(rows(table));
      return { orders: result, states: states, reached: isReached, left: $$("[aria-sort]").length };
      """)
    let orders = (answer["orders"]?.array ?? []).map(texts)
    #expect(orders[0] == Self.names, "the spec's order")
    #expect(orders[1] == Self.names.reversed(), "the best first")
    #expect(orders[2] == Self.names)
    #expect(orders[3] == Self.names, "the spec's order again")
    #expect(orders[4] == ["9", "10", "a b", "a c", "plain", "third", "w/o P", "z"], "numbers by their size")
    #expect(texts(answer["states"]) == ["descending", "ascending", "none"])
    #expect(answer["reached"] == .bool(true), "the head is reached by the keyboard")
    #expect(answer["left"]?.number == 1, "only one column says that it is sorted")
  }

  @Test func everyTableOfNumbersSorts() throws {
    for results in [
      Samples.nudge(Self.names), Samples.bridge([("a", [1, 2]), ("b", [2, 4]), ("c", [0, 1])]),
    ] {
      let answer = try ask(
        results,
        """
        return $$("table.data").map(function (table) {
          var heads = Array.from(table.querySelectorAll("thead th:not([colspan]), thead th[colspan='1']"))
            .filter(function (head) { return head.textContent.trim() && !head.matches("[scope=colgroup]"); });
          var last = heads[heads.length - 1];
          if (!last.querySelector("button")) { return "no button: " + last.textContent; }
          last.querySelector("button").click();
          return last.getAttribute("aria-sort") ? "" : "not sorted: " + last.textContent;
        });
        """)
      let said = texts(answer)
      #expect(said.count > 1)
      #expect(said.allSatisfy { $0.isEmpty }, "\(said)")
    }
  }

  @Test func sumsStayAtTheEnd() throws {
    let answer = try ask(
      Samples.bridge([("a", [1, 2]), ("b", [2, 4]), ("c", [0, 1])]),
      """
      var table = $("#bridge table");
      table.querySelector("thead tr:last-child button").click();
      return rows(table);
      """)
    #expect(texts(answer) == ["c", "a", "b", "all steps together"])
  }

  @Test func theFieldFilters() throws {
    let answer = try ask(
      Samples.nudge(Self.names),
      """
      var field = $("#results input[type=search]"), table = $("#results table"), result = [];
      ["A", "a c", "ioi@10>0.55", "nobody", ""].forEach(function (text) {
        type(field, text);
        result.push(rows(table).concat($("#results .filter output").textContent));
      });
      return result;
      """)
    let found = (answer.array ?? []).map(texts)
    #expect(found[0] == ["plain", "a b", "a c", "3 of 8 rows"])
    #expect(found[1] == ["a c", "1 of 8 rows"], "all words must occur")
    #expect(found[2] == ["10", "9", "2 of 8 rows"])
    #expect(found[3] == ["0 of 8 rows"])
    #expect(found[4] == Self.names + [""])
  }

  @Test(arguments: [3, 12]) func curvesTellTheirValues(variants: Int) throws {
    let answer = try ask(
      Samples.nudge((0..<variants).map { "variant \($0)" }),
      """
      var figure = $("#curves figure"), svg = figure.querySelector("svg.chart"), readout = figure.querySelector(".readout");
      var strips = svg.querySelectorAll(".strip"), result = [readout.textContent];
      strips[2].dispatchEvent(new PointerEvent("pointermove", { bubbles: true }));
      result.push(readout.textContent, svg.querySelector(".cross").getAttribute("visibility"));
      svg.focus();
      result.push(document.activeElement === svg ? "reached" : "");
      svg.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight", bubbles: true }));
      result.push(readout.textContent);
      return result;
      """)
    let said = texts(answer)
    #expect(said[0].hasPrefix("Point at the chart"))
    #expect(said[1].hasPrefix("Round 2: variant 0 ") && said[1].contains(" to "), "\(said[1])")
    #expect(said[2] == "visible")
    #expect(said[3] == "reached")
    #expect(said[4].hasPrefix("Round 3: "))
  }

  @Test func aGridIsFilteredByItsAxesAndItsMapsTellTheirFields() throws {
    let results = Samples.grid([("scorer.lambda", ["0.5", "1", "10"]), ("encoder", ["a", "b"])])
    let answer = try ask(
      results,
      """
      var field = $("#results input[type=search]"), table = $("#results table"), result = [];
      ["lambda=1 encoder=b", "lambda>=1", "encoder=A"].forEach(function (text) {
        type(field, text);
        result.push(rows(table));
      });
      type(field, "");
      var heads = $$("#results thead th.axis");
      heads[0].querySelector("button").click();
      heads[0].querySelector("button").click();
      result.push(rows(table));
      var map = $("table.map"), readout = map.closest("figure").querySelector(".readout");
      map.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight", bubbles: true }));
      var first = readout.textContent;
      map.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowDown", bubbles: true }));
      result.push([first, readout.textContent]);
      return result;
      """)
    let found = (answer.array ?? []).map(texts)
    #expect(found[0] == ["lambda 1, encoder b"])
    #expect(found[1].count == 4)
    #expect(found[2] == ["lambda 0.5, encoder a", "lambda 1, encoder a", "lambda 10, encoder a"])
    #expect(found[3].first == "lambda 10, encoder a", "an axis of numbers is sorted by them")
    #expect(found[4] == ["lambda 0.5, encoder a: 0.011", "lambda 1, encoder a: 1.011"])
  }

  @Test func tenThousandRowsOpenSortAndFilter() throws {
    let numbers = (0..<10).map { "\($0)" }
    let results = Samples.grid(
      [("a", numbers), ("b", numbers), ("c", numbers), ("d", numbers)], seeds: [1], rounds: 3)
    let answer = try ask(
      results,
      """
      var table = $("#results table"), head = $$("#results thead th[data-sort]")[0], times = [];
      function time(body) {
        var start = performance.now();
        body();
        table.getBoundingClientRect();
        times.push(performance.now() - start);
      }
      time(function () { head.querySelector("button").click(); });
      var best = rows(table);
      time(function () { $("#results .pages button:last-of-type").click(); });
      var last = rows(table), where = $("#results .pages output").textContent;
      time(function () { type($("#results input[type=search]"), "a=9 b=9 c=9"); });
      return { best: best, last: last, where: where, filtered: rows(table), times: times,
        elements: document.getElementsByTagName("*").length };
      """)
    let best = texts(answer["best"])
    #expect(best.count == 100)
    #expect(best.first == "a 9, b 9, c 9, d 9")
    #expect(texts(answer["last"]).last == "a 0, b 0, c 0, d 0")
    #expect(answer["where"]?.string == "Rows 9\u{202F}901 to 10\u{202F}000 of 10\u{202F}000")
    #expect(texts(answer["filtered"]).count == 10)
    #expect((answer["elements"]?.number ?? .infinity) < 60_000, "what is not looked at is no element")
    print("10,000 rows: sort, last page, filter in ms: \(answer["times"]?.compact ?? "")")
  }
}
