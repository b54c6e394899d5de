import Beckon

/// A user who likes an item less with each click on it.
struct IPGBoredomClickModel: ClickModel {
  static let takesSlates = false
  static let about = About(
    "ipg-boredom",
    "σ(slope · (affinity − bias − offset)) for a slate of one item; each click on it before adds to its bias.",
    source: """
      IPG's environment: Bi et al., WWW 2024, arXiv:2403.07571, as released, slope 10. Its offset of 0.8 on the \
      command line does not give the published number of clicks; 0.7 does. Clicks before the study, the user's \
      history, count as they do there. Boredom with a topic shows in how the user changes: the dynamics of the same \
      name.
      """,
    examples: [
      Example("new, clicked once, clicked three times", expected: [0.5, 0.268941, 0.047426]) {
        let model = IPGBoredomClickModel(configuration: defaults)
        return try [0, 1, 3].flatMap { clicks in
          try model.choiceProbabilities(
            Slate(
              items: [4], affinities: [0.7],
              history: UserHistory(user: 0, past: [1, 2], clicked: [Int32](repeating: 4, count: clicks))))
        }
      }
    ])

  struct Configuration: Codable, Equatable, Sendable {
    /// Steepness.
    var slope = 10.0
    /// Affinity at which a click on a new item is as likely as none.
    var offset = 0.7
    /// What a click takes from the affinity to the same item later.
    var biasPerClick = 0.1
  }

  static let defaults = Configuration()
  let configuration: Configuration

  static func check(_ configuration: Configuration, _ checks: inout Checks) {
    checks.atLeast("biasPerClick", configuration.biasPerClick, 0)
  }

  func choiceProbabilities(_ slate: Slate) throws -> [Double] {
    let affinity = try slate.onlyAffinity(for: Self.about.identifier)
    let (history, item) = (slate.history, slate.items[0])
    let clicks = history.past.count { $0 == item } + history.clicked.count { $0 == item }
    let bias = configuration.biasPerClick * Double(clicks)
    return [logistic(configuration.slope * (affinity - bias - configuration.offset))]
  }
}
