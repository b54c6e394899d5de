/// Problems of many variants, each said once: what is wrong with the spec itself, what an axis of a grid brings, and
/// what is some variants' own.
struct VariantProblems {
  /// What is wrong with the spec before any variant changes it.
  var ofBase: [Problem] = []

  private let isSeveral: Bool
  private var cells = 0
  private var found: [(problem: Problem, names: [String], axis: String?)] = []
  private var places: [String: Int] = [:]

  init(isSeveral: Bool) { self.isSeveral = isSeveral }

  /// Takes in what is wrong with a variant.
  mutating func add(_ problems: [Problem], of variant: WrittenVariant) {
    cells += 1
    for problem in problems {
      if let index = places[problem.description] {
        found[index].names.append(variant.name)
        continue
      }
      places[problem.description] = found.count
      let axis = variant.coordinates.map(\.axis).first {
        problem.place == $0 || problem.place.hasPrefix($0 + ".")
      }
      found.append((problem, [variant.name], axis))
    }
  }

  /// One problem for each thing that is wrong, with the variants it is wrong in.
  var sentences: [Problem] {
    found.map { problem, names, axis in
      if axis != nil {
        let share =
          " (In \(names.count) of \(cells) cells, such as '\(names[0])': leave them out by \"exclude\".)"
        return Problem("grid.\(problem.place)", problem.fact + (names.count == cells ? "" : share))
      }
      guard isSeveral, !ofBase.contains(problem) else { return problem }
      return Problem("variants.\(names[0]).\(problem.place)", problem.fact + Self.also(names.dropFirst()))
    }
  }

  /// Up to three other names.
  private static func also(_ names: ArraySlice<String>) -> String {
    guard !names.isEmpty else { return "" }
    let list = names.prefix(3).map { "'\($0)'" }.joined(separator: ", ")
    return " (Also in \(list)\(names.count > 3 ? " and \(names.count - 3) more" : "").)"
  }
}
