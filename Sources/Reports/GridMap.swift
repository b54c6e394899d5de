import Beckon

/// A metric over two axes of a grid: a table whose fields are the stronger coloured, the larger they are.
struct GridMap {
  let metric: String
  let direction: Direction
  let rows: GridValues.Axis
  let columns: GridValues.Axis
  /// `[row, column]`; nil where no variant stands.
  let means: [[GridValues.Mean?]]
  let decimals: Int

  /// Columns beyond which the fields are too small for numbers.
  private static let mostNumbers = 10

  var html: HTML {
    let all = means.flatMap { $0.compactMap { $0?.mean } }
    guard let low = all.min(), let high = all.max() else { return .empty }
    let best = direction == .lower ? low : direction == .higher ? high : nil
    let isDense = columns.labels.count > Self.mostNumbers
    let body = zip(rows.labels, means).map { label, line -> HTML in
      let cells = zip(columns.labels, line).map { column, mean -> HTML in
        guard let mean else { return "<td class=\"missing\"></td>" }
        let text = NumberText.fixed(mean.mean, decimals: decimals)
        let strength = high > low ? Int((55 * (mean.mean - low) / (high - low)).rounded()) : 0
        let note = mean.count > 1 ? ", mean of \(mean.count) variants" : ""
        let title: HTML = "\(rows.name) \(label), \(columns.name) \(column): \(text)\(note)"
        let number: HTML = isDense ? .empty : mean.mean == best ? "<strong>\(text)</strong>" : "\(text)"
        let mark: HTML = isDense && mean.mean == best ? " class=\"top\"" : .empty
        return "<td\(mark) style=\"--h:\(strength)%\" title=\"\(title)\">\(number)</td>"
      }
      return "<tr><th scope=\"row\">\(label)</th>\(cells)</tr>\n"
    }
    let every = ValueRange.wholeStep(Double(columns.labels.count) / 8)
    let heads = columns.labels.enumerated().map { index, label -> HTML in
      let isShown = !isDense || index % every == 0
      return "<th scope=\"col\">\(isShown ? label : "")</th>"
    }
    let kind: HTML = isDense ? "map dense" : "map"
    return """
      <figure><figcaption>\(metric)</figcaption>
      <div class="wide"><table class="\(kind)" tabindex="0" aria-label="\(
        "\(metric) over \(rows.path) and \(columns.path)")">
      <thead><tr><th class="corner">\(rows.name) ↓ \(columns.name) →</th>\(heads)</tr></thead>
      <tbody>
      \(body)</tbody></table></div>
      <output class="readout" aria-live="polite">From \(NumberText.fixed(low, decimals: decimals)), without colour, to \
      \(NumberText.fixed(high, decimals: decimals)).</output></figure>

      """
  }
}
