import Beckon
import Lab

/// A table of variants that the report's script sorts and filters. A long one is shown page by page: its rows lie in
/// the document as data, and become elements when they are looked at.
struct DataTable {
  /// A column of numbers.
  struct Column {
    /// Head of neighbouring columns with the same group; nil for a column that has one line of head.
    var group: String?
    /// Head of the column.
    let title: String
    /// What a filter calls it, such as `hr@20`.
    let name: String
    /// Whether the smallest comes first when it is sorted.
    var isRising = false
    /// Whether it stands apart from the column before.
    var startsGroup = true
    /// Said under the pointer at the head.
    var hint = ""
  }

  /// Rows beyond which a table is shown page by page.
  static let mostRows = 200
  /// Rows of a page; those of the first can be read without the script.
  static let page = 100

  /// Unique in the document.
  let identifier: String
  /// Head of the first column.
  var nameTitle = "variant"
  /// Axes of the grid, each a column of texts.
  var axes: [String] = []
  let columns: [Column]
  let rowCount: Int
  /// Head of a row.
  let name: (Int) -> String
  /// What stands in a row in the columns of the axes.
  var label: (Int, String) -> String = { _, _ in "" }
  /// What stands in a row and a column.
  let cell: (Int, Int) -> DataCell
  /// Whether what stands behind a number goes below it; if nil, in a table of many columns.
  var isStacked: Bool?

  var html: HTML {
    let stacked: HTML = isStacked ?? (columns.count > 6) ? " stacked" : .empty
    let isLong = rowCount > Self.mostRows
    let shown = isLong ? Self.page : rowCount
    let rows = (0..<shown).map { row -> HTML in
      let labels = axes.map { axis -> HTML in "<td class=\"axis\">\(label(row, axis))</td>" }
      let cells = columns.indices.map { cell(row, $0).html(Self.kind(columns[$0])) }
      return "<tr>\(HTML.rowHead(name(row)))\(labels)\(cells)</tr>\n"
    }
    let source: HTML = isLong ? " data-rows=\"\(identifier)-rows\"" : .empty
    let note: HTML =
      isLong
      ? """
      <p class="pages">Rows 1 to \(shown) of \(NumberText.count(rowCount)), in the order of the spec. \
      Where scripts may run, all of them can be turned over, sorted and filtered here.</p>

      """ : .empty
    return """
      \(note)<div class="wide"><table class="data sortable\(stacked)"\(source)>
      <thead>\(head)</thead>
      <tbody>
      \(rows)</tbody></table></div>
      \(isLong ? data : .empty)
      """
  }

  private static func kind(_ column: Column) -> HTML { column.startsGroup ? "first" : "next" }

  private var head: HTML {
    let isDouble = columns.contains { $0.group != nil }
    let span: HTML = isDouble ? " rowspan=\"2\"" : .empty
    let names: [HTML] =
      ["<th scope=\"col\"\(span) data-name=\"name\">\(nameTitle)</th>"]
      + axes.map { axis in
        let short = axis.split(separator: ".").last.map(String.init) ?? axis
        return """
          <th scope="col"\(span) class="axis" title="\(axis)" data-name="\(short)">\(short)</th>
          """
      }
    let single = columns.map { column in
      column.group == nil ? Self.head(column, span) : HTML.empty
    }
    guard isDouble else { return "<tr>\(names)\(single)</tr>" }
    var top: [HTML] = []
    var index = 0
    while index < columns.count {
      guard let group = columns[index].group else {
        top.append(single[index])
        index += 1
        continue
      }
      let end = columns[index...].firstIndex { $0.group != group } ?? columns.count
      top.append("<th scope=\"colgroup\" colspan=\"\(end - index)\" class=\"first\">\(group)</th>")
      index = end
    }
    let bottom = columns.filter { $0.group != nil }.map { Self.head($0, .empty) }
    return """
      <tr>\(names)\(top)</tr>
      <tr>\(bottom)</tr>
      """
  }

  private static func head(_ column: Column, _ span: HTML) -> HTML {
    let hint: HTML = column.hint.isEmpty ? .empty : " title=\"\(column.hint)\""
    return """
      <th scope="col"\(span) class="\(kind(column))"\(hint) data-sort="\(
        column.isRising ? "up" : "down")" data-name="\(column.name)">\(column.title)</th>
      """
  }

  /// Every row for the script: name, labels on the axes, cells.
  private var data: HTML {
    let rows = (0..<rowCount).map { row in
      JSON.array(
        [.string(name(row)), .array(axes.map { .string(label(row, $0)) })]
          + columns.indices.map { cell(row, $0).compact }
      ).compact
    }
    return HTML.data("[\n" + rows.joined(separator: ",\n") + "\n]", identifier: "\(identifier)-rows")
  }
}
