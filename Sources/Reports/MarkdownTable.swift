import Lab

/// The table of variants for a README or an issue.
struct MarkdownTable {
  private let table: ResultTable
  private let title: String
  private let notes: [String]

  /// - Parameters:
  ///   - title: name of the study.
  ///   - notes: sentences below it: what the signs of significance mean, which columns are left out.
  init(_ table: ResultTable, title: String, notes: [String]) {
    self.table = table
    self.title = title
    self.notes = notes.filter { !$0.isEmpty }
  }

  var text: String {
    let heads = table.columns.indices.map { column in
      let arrow = table.arrow(column)
      return Self.escaped(table.columns[column].full) + (arrow.isEmpty ? "" : " \(arrow)")
    }
    let rows = table.rows.indices.map { row in
      Self.line([Self.escaped(table.rows[row].variant)] + table.columns.indices.map { cell(row, $0) })
    }
    let spread =
      table.seeds > 1
      ? "Mean ± standard deviation over \(table.seeds) seeds."
      : "One seed."
    let places =
      table.isRanked ? " Of each column the best mean is **bold** and the second <u>underlined</u>." : ""
    let rest = notes.map { " \(Self.escaped($0))" }.joined()
    let rule = "| --- |" + String(repeating: " ---: |", count: heads.count)
    return
      (["## \(Self.escaped(title))", "", Self.line(["variant"] + heads), rule] + rows
      + ["", "\(spread)\(places)\(rest)", ""]).joined(separator: "\n")
  }

  private func cell(_ row: Int, _ column: Int) -> String {
    guard let cell = table.cell(row, column) else { return "–" }
    let decimals = table.decimals(column)
    let mean = NumberText.fixed(cell.sample.mean, decimals: decimals)
    let marked =
      switch cell.place {
      case .best: "**\(mean)**"
      case .second: "<u>\(mean)</u>"
      case nil: mean
      }
    let spread = cell.sample.deviation.map { " ± \(NumberText.spread($0, decimals: decimals))" } ?? ""
    return marked + cell.mark + spread
  }

  private static func line(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |" }

  /// A text that means itself, on one line.
  private static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\", "|", "*", "_", "`", "[", "]", "#", "~": result += "\\" + String(scalar)
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "&": result += "&amp;"
      case _ where scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value): result += " "
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
