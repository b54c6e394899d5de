/// One thing wrong in a file, a flag or a configuration: place, fact, expectation, next step.
public struct Problem: Error, Equatable, Sendable, CustomStringConvertible {
  /// Where: a JSON path such as `encoder.dropout`, or empty.
  public var place: String
  /// What is wrong and what was expected, as one or more sentences.
  public var fact: String

  /// A problem at a place.
  public init(_ place: String, _ fact: String) {
    self.place = place
    self.fact = fact
  }

  /// `place: fact`
  public var description: String { place.isEmpty ? fact : "\(place): \(fact)" }
}

/// Everything wrong with a spec, found before any work starts.
public struct SpecError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The spec's file, or a word for where it came from.
  public let file: String
  /// At least one problem, in the order of the spec.
  public let problems: [Problem]

  /// An error of one file.
  public init(file: String, problems: [Problem]) {
    self.file = file
    self.problems = problems
  }

  /// One line a problem, each led by the file.
  public var description: String { problems.map { "\(file): \($0)" }.joined(separator: "\n") }
}

/// The nearest of the known names, for "Did you mean".
public enum Suggestion {
  /// The candidate with the fewest edits (a letter more, less, changed, or two neighbours swapped), if it needs
  /// at most a third of the name's length.
  public static func nearest(to name: String, among candidates: [String]) -> String? {
    guard !name.isEmpty else { return nil }
    let ranked = candidates.map { (edits: distance(name.lowercased(), $0.lowercased()), name: $0) }
    guard let best = ranked.min(by: { ($0.edits, $0.name) < ($1.edits, $1.name) }) else { return nil }
    return best.edits <= max(1, (max(name.count, best.name.count) + 1) / 3) ? best.name : nil
  }

  /// `Did you mean 'x'? Known: a, b, c.`; the list alone if nothing is near.
  public static func sentence(for name: String, among candidates: [String], label: String = "Known") -> String
  {
    let list = candidates.isEmpty ? "(none)" : candidates.sorted().joined(separator: ", ")
    let guess = nearest(to: name, among: candidates).map { " Did you mean '\($0)'?" } ?? ""
    return "\(guess) \(label): \(list)."
  }

  private static func distance(_ a: String, _ b: String) -> Int {
    let (a, b) = (Array(a), Array(b))
    var rows = [[Int]](repeating: Array(0...b.count), count: a.count + 1)
    for i in 0..<a.count {
      rows[i + 1][0] = i + 1
      for j in 0..<b.count {
        let change = rows[i][j] + (a[i] == b[j] ? 0 : 1)
        rows[i + 1][j + 1] = min(change, rows[i][j + 1] + 1, rows[i + 1][j] + 1)
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
          rows[i + 1][j + 1] = min(rows[i + 1][j + 1], rows[i - 1][j - 1] + 1)
        }
      }
    }
    return rows[a.count][b.count]
  }
}
