import Foundation

/// Vectors side by side, a column each, a row a dimension: orange above 0, blue below, the stronger the farther.
struct HeatMap {
  /// One vector.
  struct Column {
    /// What it is, at the head of its cells' titles.
    let name: String
    /// Short text below it, or above it if it stands apart.
    let label: String
    /// Empty where there is nothing.
    let vector: [Double]
    /// Whether it stands apart from the rounds: the start and the target.
    var isApart = false
    /// Whether a dot above it says that the user clicked.
    var isClicked = false
  }

  let title: String
  let columns: [Column]
  /// Value that has the full colour; the same in all maps that are to be compared.
  let limit: Double
  /// Unique in the document.
  let identifier: String

  private static let (left, top, width, height) = (40.0, 30.0, 460.0, 330.0)
  private static let gap = 8.0

  var svg: HTML {
    let dimensions = columns.map(\.vector.count).max() ?? 0
    let gaps = Self.gap * Double(zip(columns, columns.dropFirst()).count { $0.isApart != $1.isApart })
    // Whole pixels, so that no seams show between the cells.
    let cell = (
      width: min(34, max(1, ((Self.width - gaps) / Double(max(1, columns.count))).rounded(.down))),
      height: min(20, max(4, (Self.height / Double(max(1, dimensions))).rounded(.down)))
    )
    let bottom = Self.top + cell.height * Double(dimensions)
    var x = Self.left
    var drawn: [HTML] = []
    var frames: [(left: Double, right: Double)] = []
    for (index, column) in columns.enumerated() {
      if index == 0 || column.isApart != columns[index - 1].isApart {
        if index > 0 { x += Self.gap }
        frames.append((x, x))
      }
      drawn.append(self.drawn(column, at: x, cell, bottom))
      x += cell.width
      frames[frames.count - 1].right = x
    }
    let outlines = frames.map { frame -> HTML in
      """
      <rect class="frame" x="\(px(frame.left))" y="\(px(Self.top))" width="\(px(frame.right - frame.left))" \
      height="\(px(bottom - Self.top))"/>

      """
    }
    let every = ValueRange.wholeStep(Double(dimensions) / 8)
    let rows = (1...max(1, dimensions)).filter { $0 == 1 || $0 % every == 0 && $0 > every / 2 }.map {
      dimension -> HTML in
      let middle = Self.top + cell.height * (Double(dimension) - 0.5)
      return """
        <text class="tick" text-anchor="end" x="\(px(Self.left - 6))" y="\(px(middle + 4))">\(dimension)</text>

        """
    }
    return """
      <svg class="chart heat" viewBox="0 0 \(Int(max(x, Self.left + Self.width) + 10)) \(Int(bottom + 40))" role="img" \
      aria-labelledby="\(identifier)">
      <title id="\(identifier)">\(title)</title>
      \(rows)\(drawn)\(outlines)
      <text class="axis" text-anchor="middle" x="\(px((Self.left + x) / 2))" y="\(px(bottom + 33))">round</text>
      <text class="axis" text-anchor="middle" transform="rotate(-90)" x="\(px(-(Self.top + bottom) / 2))" y="11">\
      dimension</text>
      </svg>

      """
  }

  private func drawn(
    _ column: Column, at x: Double, _ cell: (width: Double, height: Double), _ bottom: Double
  ) -> HTML {
    // A stroke as thick as the cell is high: thousands of cells, so each is written as short as can be.
    let cells = column.vector.enumerated().map { dimension, value -> HTML in
      let share = min(1, abs(value) / max(limit, .leastNormalMagnitude))
      let middle = px(Self.top + cell.height * (Double(dimension) + 0.5))
      return """
        <path class="\(value < 0 ? "n" : "p")" d="M0 \(middle)h\(px(cell.width))" opacity="\(
          Self.opacity(share))"><title>\(
          "\(column.name), dimension \(dimension + 1): \(NumberText.fixed(value, decimals: 4))")</title></path>
        """
    }
    let middle = px(cell.width / 2)
    let label: HTML
    if column.isApart {
      // A word is wider than its column: it grows into the map.
      let isFirst = x == Self.left
      label = """
        <text text-anchor="\(isFirst ? "start" : "end")" x="\(px(isFirst ? 0 : cell.width))" y="11">\(
          column.label)</text>

        """
    } else {
      label = """
        <text class="tick" text-anchor="middle" x="\(middle)" y="\(px(bottom + 15))">\(column.label)</text>

        """
    }
    let dot: HTML =
      column.isClicked
      ? "<circle class=\"dot plain\" cx=\"\(middle)\" cy=\"\(px(Self.top - 8))\" r=\"3\"/>\n" : .empty
    return """
      <g transform="translate(\(px(x)))"><g stroke-width="\(px(cell.height))">\(cells)</g>\(label)\(dot)</g>

      """
  }

  private static func opacity(_ share: Double) -> String { NumberText.alone((share * 100).rounded() / 100) }

  /// The scale of colours in words and colours.
  static func legend(_ limit: Double) -> HTML {
    let text = NumberText.alone((limit * 100).rounded(.up) / 100)
    return """
      <svg class="chart heat key" viewBox="0 0 300 34" role="img" aria-labelledby="heat-key">
      <title id="heat-key">Colours: blue for values down to −\(text), orange for values up to \(text)</title>
      <defs>
      <linearGradient id="heat-below"><stop class="n" offset="0"/><stop class="n" offset="1" stop-opacity="0"/>\
      </linearGradient>
      <linearGradient id="heat-above"><stop class="p" offset="0" stop-opacity="0"/><stop class="p" offset="1"/>\
      </linearGradient>
      </defs>
      <rect x="20" y="2" width="130" height="12" fill="url(#heat-below)"/>
      <rect x="150" y="2" width="130" height="12" fill="url(#heat-above)"/>
      <text class="tick" text-anchor="middle" x="20" y="29">−\(text)</text>
      <text class="tick" text-anchor="middle" x="150" y="29">0</text>
      <text class="tick" text-anchor="middle" x="280" y="29">\(text)</text>
      </svg>

      """
  }
}
