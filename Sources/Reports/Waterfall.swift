import Lab

/// How a metric gets from the first variant of a bridge to the last: a row a step, a bar from the mean before it to
/// the mean after it.
struct Waterfall {
  let title: String
  let steps: [BridgeStep]
  /// Unique in the document, without spaces.
  let identifier: String

  private static let (width, left, right) = (560.0, 206.0, 402.0)
  private static let (top, row) = (6.0, 25.0)

  var svg: HTML {
    let bottom = Self.top + Self.row * Double(steps.count)
    let edges = steps.flatMap { step -> [Double] in
      guard let level = step.level?.mean else { return [] }
      let spread = step.changes.isEmpty ? 0 : Sample(step.changes.map(\.value)).deviation ?? 0
      return [step.start ?? level, level - spread, level + spread]
    }
    let range = ValueRange(edges, zero: .ifNear)
    func x(_ value: Double) -> Double { Self.left + (Self.right - Self.left) * range.place(value) }
    let decimals = NumberText.decimals(for: steps.compactMap { $0.level?.mean })
    // Two labels of ticks need some fifty pixels.
    let every = max(1, (range.ticks.count + 3) / 4)
    let ticks = range.ticks.enumerated().map { index, tick -> HTML in
      let label: HTML =
        index % every == 0
        ? """
        <text class="tick" text-anchor="middle" x="\(px(x(tick)))" y="\(px(bottom + 15))">\(range.label(tick))</text>
        """ : .empty
      return """
        <line class="\(range.isZero(tick) ? "zero" : "grid")" x1="\(px(x(tick)))" x2="\(px(x(tick)))" \
        y1="\(px(Self.top))" y2="\(px(bottom))"/>\(label)

        """
    }
    // Numbered as in the list of changes.
    let names = steps.enumerated().map { $1.isTotal ? $1.name : "\($0 + 1). \($1.name)" }
    let rows = steps.enumerated().map { index, step -> HTML in
      let middle = Self.top + Self.row * (Double(index) + 0.5)
      let joint: HTML =
        index + 1 < steps.count && !steps[index + 1].isTotal ? connector(step, x, from: middle) : .empty
      return """
        <g class="step"><text x="0" y="\(px(middle + 4))">\(Chart.shortened(names[index], to: 31))<title>\(
          step.name)</title></text>
        \(joint)\(bar(step, x, middle))
        <text x="\(px(Self.right + 12))" y="\(px(middle + 4))">\(words(step, decimals))</text></g>

        """
    }
    let summary = steps.map { "\($0.name): \(words($0, decimals))" }.joined(separator: "; ")
    return """
      <svg class="chart waterfall" viewBox="0 0 \(Int(Self.width)) \(Int(bottom + 22))" role="img" \
      aria-labelledby="\(identifier)-title \(identifier)-desc">
      <title id="\(identifier)-title">\(title)</title><desc id="\(identifier)-desc">\(summary).</desc>
      \(ticks)\(rows)</svg>

      """
  }

  private func bar(_ step: BridgeStep, _ x: (Double) -> Double, _ middle: Double) -> HTML {
    guard let level = step.level?.mean else { return .empty }
    guard let start = step.start else {
      return "<circle class=\"dot plain\" cx=\"\(px(x(level)))\" cy=\"\(px(middle))\" r=\"4\"/>"
    }
    let (low, high) = (x(min(start, level)), x(max(start, level)))
    let kind: HTML = step.isTotal ? "total" : level >= start ? "up" : "down"
    var whisker = HTML.empty
    if let spread = Sample(step.changes.map(\.value)).deviation, spread > 0 {
      let (left, right) = (px(x(level - spread)), px(x(level + spread)))
      let (above, below) = (px(middle - 3), px(middle + 3))
      whisker = """
        <path class="whisker plain" d="M\(left) \(above)V\(below)M\(left) \(px(middle))H\(right)M\(right) \(above)V\(
          below)"/>
        """
    }
    return """
      <rect class="bar \(kind)" x="\(px(low))" y="\(px(middle - 7))" width="\(px(max(1, high - low)))" height="14"/>\(
        whisker)
      """
  }

  /// From the end of a step to the row of the next, which begins there.
  private func connector(_ step: BridgeStep, _ x: (Double) -> Double, from middle: Double) -> HTML {
    guard let level = step.level?.mean else { return .empty }
    let place = px(x(level))
    return """
      <line class="joint" x1="\(place)" x2="\(place)" y1="\(px(middle))" y2="\(px(middle + Self.row))"/>
      """
  }

  private func words(_ step: BridgeStep, _ decimals: Int) -> String {
    guard let level = step.level else { return "–" }
    if step.start == nil { return NumberText.fixed(level.mean, decimals: decimals) }
    guard !step.changes.isEmpty else { return "–" }
    let change = Sample(step.changes.map(\.value))
    return NumberText.signed(change.mean, decimals: decimals) + " " + step.signs
  }
}
