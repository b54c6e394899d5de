import Beckon

/// The question of one user about one item.
struct LLMPrompt: Equatable {
  private static let history = "[HistoryHere]"
  private static let candidate = "[CansHere]"
  private static let divider = "[SeparatorHere]"

  private static let place = "environment.clickModel.prompt"

  private let template: String

  /// - Throws: `Problem` if a placeholder is missing: all users would be asked the same.
  init(_ template: String) throws {
    self.template = template.trimmingCharacters(in: .whitespacesAndNewlines)
    for placeholder in [Self.history, Self.candidate] where !template.contains(placeholder) {
      throw Problem(
        Self.place, "the template lacks \(placeholder). It needs \(Self.history) and \(Self.candidate).")
    }
  }

  /// The template of a file, or the built-in one.
  ///
  /// - Throws: `Problem` if the file is missing or is no text.
  init(file: String, _ locations: DataLocations) throws {
    guard !file.isEmpty else {
      try self.init(Self.builtIn)
      return
    }
    do {
      guard let text = try String(validating: Data(contentsOf: locations.find(file)), as: UTF8.self) else {
        throw Problem("", "'\(file)' is not UTF-8.")
      }
      try self.init(text)
    } catch let problem as Problem { throw Problem(Self.place, problem.fact) }
  }

  /// The question, with names put in.
  ///
  /// - Parameter history: names of the latest items, newest first.
  func question(history: [String], candidate: String, separator: String) -> String {
    // One pass, so that a name that looks like a placeholder stays a name.
    var text = ""
    var rest = template[...]
    let values = [
      Self.history: history.joined(separator: separator), Self.candidate: candidate, Self.divider: separator,
    ]
    while let (place, value) = Self.first(of: values, in: rest) {
      text += rest[..<place.lowerBound] + value
      rest = rest[place.upperBound...]
    }
    return text + rest
  }

  private static func first(
    of values: [String: String], in text: Substring
  ) -> (place: Range<Substring.Index>, value: String)? {
    values.compactMap { name, value in text.range(of: name).map { ($0, value) } }
      .min { $0.0.lowerBound < $1.0.lowerBound }
  }

  /// Instruction, three answered examples (yes, no, yes), the question: the form of the paper's figure 6.
  private static let builtIn = """
    You stand for one person who is shown one recommendation at a time. From what this person met lately (newest \
    first, divided by [SeparatorHere]) decide whether the person takes up the recommended item. Answer '1' if so and \
    '0' if not, in the form of the examples.
    Q: The person lately met hiking boots[SeparatorHere]two-man tent[SeparatorHere]trail map. Will the person take up \
    sleeping bag?
    A: 1
    Q: The person lately met chess clock[SeparatorHere]endgame manual[SeparatorHere]travel chess set. Will the person \
    take up motor oil?
    A: 0
    Q: The person lately met bread knife[SeparatorHere]cast-iron pan[SeparatorHere]spice rack. Will the person take up \
    kitchen scale?
    A: 1
    Q: The person lately met [HistoryHere]. Will the person take up [CansHere]?
    """
}
