import Beckon

/// What a language model's answer means.
enum LLMReply: Equatable {
  case click, noClick, unparsable

  enum Rule: String, Choice {
    /// The answer is `0` or `1`, or begins or ends with `A: 0` or `A: 1`; anything else cannot be read.
    case strict
    /// The released code's: a click if `A: 1` stands anywhere, none otherwise.
    case released
  }

  init(_ text: String, rule: Rule) {
    let text = text.trimmingCharacters(in: .whitespacesAndNewlines)
    switch rule {
    case .released: self = text.contains("A: 1") ? .click : .noClick
    case .strict:
      let verdicts = Set(
        [(0, Self.noClick), (1, .click)].compactMap { digit, meaning in
          Self.says(digit, text) ? meaning : nil
        })
      self = verdicts.count == 1 ? verdicts.first ?? .unparsable : .unparsable
    }
  }

  private static func says(_ digit: Int, _ text: String) -> Bool {
    guard text != "\(digit)" else { return true }
    let verdict = "A: \(digit)"
    // "A: 10" and "DNA: 1" are no verdicts.
    let isWord = { (character: Character?) in character.map { $0.isLetter || $0.isNumber } ?? false }
    let begins = text.hasPrefix(verdict) && !isWord(text.dropFirst(verdict.count).first)
    let ends = text.hasSuffix(verdict) && !isWord(text.dropLast(verdict.count).last)
    return begins || ends
  }
}
