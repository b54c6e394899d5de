import Beckon
import Foundation

/// A browser without a window, and what a page's own script finds out in it.
struct Browser {
  let executable: URL

  /// Chromium or Chrome; nil if this machine has neither.
  static let installed: Browser? = {
    let path = ProcessInfo.processInfo.environment["PATH"]
    for name in ["chromium", "chromium-browser", "google-chrome"] {
      if let found = ProgramSearch.find(name, in: path) { return Browser(executable: found) }
    }
    return nil
  }()

  /// Opens a page and asks it something.
  ///
  /// - Parameters:
  ///   - html: the page.
  ///   - script: the body of a function that returns what is asked; it may use `$` and `$$` for the first and all
  ///     elements of a selector, `rows(table)` for the first words of its rows, and `type(field, text)`.
  /// - Returns: `value`, what the script returned; `problems`, every error and message on the console; `opened`,
  ///   milliseconds until the page was loaded.
  func ask(_ html: String, _ script: String) throws -> JSON {
    let watch = """
      <head>
      <script>
      var problems = [];
      window.addEventListener("error", function (event) { problems.push(String(event.message)); });
      document.addEventListener("securitypolicyviolation", function (event) {
        problems.push("policy: " + event.violatedDirective);
      });
      console.error = console.warn = function () { problems.push(Array.from(arguments).join(" ")); };
      </script>
      """
    let ask = """
      <script>
      window.addEventListener("load", function () {
        var opened = performance.now();
        function $(selector) { return document.querySelector(selector); }
        function $$(selector) { return Array.from(document.querySelectorAll(selector)); }
        function rows(table) {
          return Array.from(table.tBodies[0].rows).map(function (row) { return row.cells[0].textContent; });
        }
        function type(field, text) {
          field.value = text;
          field.dispatchEvent(new Event("input", { bubbles: true }));
        }
        var value = null;
        try { value = (function () { \(script) })(); } catch (error) { problems.push(String(error)); }
        var text = JSON.stringify({ value: value, problems: problems, opened: opened });
        document.documentElement.innerHTML = "";
        document.documentElement.textContent = "ANSWER" + encodeURIComponent(text) + "REWSNA";
      });
      </script>
      </body>
      """
    let page = html.replacing("<head>", with: watch, maxReplacements: 1).replacing("</body>", with: ask)
    let folder = FileManager.default.temporaryDirectory.appending(path: "beckon-browser-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "page.html")
    try Data(page.utf8).write(to: file)
    let output = folder.appending(path: "dom.html")
    try Data().write(to: output)
    let process = Process()
    process.executableURL = executable
    process.arguments = [
      "--headless=new", "--no-sandbox", "--disable-gpu",
      "--user-data-dir=\(folder.path(percentEncoded: false))/profile",
      "--window-size=1280,900", "--timeout=60000", "--dump-dom", file.absoluteString,
    ]
    process.standardOutput = try FileHandle(forWritingTo: output)
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    let dom = String(decoding: try Data(contentsOf: output), as: UTF8.self)
    guard let start = dom.range(of: "ANSWER"), let end = dom.range(of: "REWSNA"),
      let text = String(dom[start.upperBound..<end.lowerBound]).removingPercentEncoding
    else { throw NoAnswer(dom: String(dom.prefix(400))) }
    return try JSON(parsing: text)
  }

  /// A page that did not answer.
  struct NoAnswer: Error {
    let dom: String
  }
}
