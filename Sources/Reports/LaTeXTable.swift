import Beckon
import Lab

/// The table of variants for a paper: booktabs, the best bold, the second underlined.
struct LaTeXTable {
  private let table: ResultTable
  private let title: String
  private let legend: String
  private let note: String

  /// Rows beyond which the table may break over pages.
  private static let mostRows = 40
  /// Columns up to which it fits one column of a paper.
  private static let mostNarrow = 4

  /// - Parameters:
  ///   - title: name of the study.
  ///   - legend: what the signs of significance mean; may be empty.
  ///   - note: which columns are left out, for a comment; may be empty.
  init(_ table: ResultTable, title: String, legend: String, note: String) {
    self.table = table
    self.title = title
    self.legend = legend
    self.note = note
  }

  var text: String {
    let isLong = table.rows.count > Self.mostRows
    let groups = table.groups
    let layout = "l" + groups.map { String(repeating: "r", count: $0.columns.count) }.joined()
    let caption = "\\caption{\(caption)}"
    let label = "\\label{tab:\(slug)}"
    let rows = table.rows.indices.map { row in
      let cells = table.columns.indices.map { cell(row, $0) }
      return "    " + ([LaTeXText.escaped(table.rows[row].variant)] + cells).joined(separator: " & ")
        + " \\\\"
    }
    let packages = isLong ? "booktabs, longtable" : "booktabs"
    var lines = ["% Written by Beckon. In the preamble: \\usepackage{\(packages)}"]
    if !note.isEmpty { lines.append("% \(note)") }
    if isLong {
      lines += ["\\begin{longtable}{\(layout)}", "    \(caption)", "    \(label) \\\\"]
      lines +=
        ["    \\toprule"] + head + ["    \\midrule", "    \\endhead", "    \\bottomrule", "    \\endfoot"]
      lines += rows + ["\\end{longtable}"]
    } else {
      let name = table.columns.count > Self.mostNarrow ? "table*" : "table"
      lines += ["\\begin{\(name)}[t]", "  \\centering", "  \(caption)", "  \(label)"]
      lines += ["  \\begin{tabular}{\(layout)}", "    \\toprule"] + head + ["    \\midrule"] + rows
      lines += ["    \\bottomrule", "  \\end{tabular}", "\\end{\(name)}"]
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// One line, or two where a metric has several cutoffs.
  private var head: [String] {
    let groups = table.groups
    func arrow(_ column: Int) -> String {
      let arrow = table.arrow(column)
      return arrow.isEmpty ? "" : " " + LaTeXText.escaped(arrow)
    }
    guard groups.contains(where: { $0.columns.count > 1 }) else {
      let names = table.columns.indices.map { LaTeXText.escaped(table.columns[$0].full) + arrow($0) }
      return ["    " + (["Variant"] + names).joined(separator: " & ") + " \\\\"]
    }
    let top = groups.map { group in
      "\\multicolumn{\(group.columns.count)}{c}{\(LaTeXText.escaped(group.base))\(arrow(group.columns[0]))}"
    }
    let rules = groups.map { group in
      "\\cmidrule(lr){\(group.columns[0] + 2)-\((group.columns.last ?? 0) + 2)}"
    }
    let bottom = table.columns.map { $0.cutoff.map { "@" + LaTeXText.escaped($0) } ?? "" }
    return [
      "    & " + top.joined(separator: " & ") + " \\\\", "    " + rules.joined(separator: " "),
      "    " + (["Variant"] + bottom).joined(separator: " & ") + " \\\\",
    ]
  }

  private func cell(_ row: Int, _ column: Int) -> String {
    guard let cell = table.cell(row, column) else { return "--" }
    let decimals = table.decimals(column)
    let mean = LaTeXText.number(NumberText.fixed(cell.sample.mean, decimals: decimals))
    let marked =
      switch cell.place {
      case .best: "\\mathbf{\(mean)}"
      case .second: "\\underline{\(mean)}"
      case nil: mean
      }
    let sign = cell.mark.isEmpty ? "" : "^{\(LaTeXText.signs(cell.mark))}"
    let spread =
      cell.sample.deviation.map {
        " \\pm " + LaTeXText.number(NumberText.spread($0, decimals: decimals))
      } ?? ""
    return "$\(marked)\(sign)\(spread)$"
  }

  private var caption: String {
    var parts = ["\(LaTeXText.escaped(title))."]
    parts.append(
      table.seeds > 1 ? "Mean $\\pm$ standard deviation over \(table.seeds) seeds." : "One seed.")
    if table.isRanked {
      parts.append("Of each column the best mean is \\textbf{bold} and the second \\underline{underlined}.")
    }
    if !legend.isEmpty { parts.append(LaTeXText.escaped(legend)) }
    return parts.joined(separator: " ")
  }

  private var slug: String {
    let words = title.lowercased().split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }
    return words.isEmpty ? "results" : words.joined(separator: "-")
  }
}
