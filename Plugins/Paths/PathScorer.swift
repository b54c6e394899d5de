import Beckon

/// A path to the target, laid out before the first round and played whatever the users answer.
struct PathScorer: Scorer {
  static let about = About(
    "path",
    "The encoder's own path to the target, planned greedily once and played without looking at clicks.",
    source: """
      Zhu et al., "Influential Recommender System", ICDE 2023, whose users are passive: history, path so far and \
      objective give the next item, until the objective itself. For encoders that see the target (`irn`). A planned \
      item that cannot be shown gives way to the encoder's preference. The released ITMPRec driver: preset \
      `legacy`, and `legacy` in the encoder.
      """)

  struct Configuration: Codable, Equatable, Sendable {
    /// Most items of a path; 0 plans all rounds.
    var steps = 0
    /// What is shown after the end of the path.
    var afterwards = Afterwards.preference
    /// Newest items, path included, that are not planned again; 0 looks at the whole history. A path never repeats
    /// itself.
    var visibleHistory = 0
  }

  enum Afterwards: String, Choice {
    /// What the encoder prefers then, by the users' clicks.
    case preference
    /// The first item of the catalogue, for everybody: the released ITMPRec driver.
    case firstItem = "first-item"
  }

  static let defaults = Configuration()
  static let presets: [String: Configuration] = {
    var released = Configuration()
    released.steps = 10
    released.afterwards = .firstItem
    released.visibleHistory = 50
    return ["legacy": released]
  }()
  let configuration: Configuration
  var needs: Needs { [.encoder, .target] }

  static func check(_ configuration: Configuration, _ checks: inout Checks) {
    checks.atLeast("steps", configuration.steps, 0)
    checks.atLeast("visibleHistory", configuration.visibleHistory, 0)
  }

  func plan(_ batch: UserBatch, rounds: Int) throws -> [[Int32]] {
    guard let encoder = batch.model.encoder else { return [] }
    var histories = batch.histories
    var paths = [[Int32]](repeating: [], count: batch.count)
    var open = Array(0..<batch.count)
    for step in 0..<(configuration.steps == 0 ? rounds : min(rounds, configuration.steps)) {
      var preferences =
        try step == 0
        ? batch.preferences : encoder.preferences(of: encoder.encode(open.map { histories[$0] }))
      open = open.enumerated().compactMap { row, user in
        let visible = configuration.visibleHistory == 0 ? Int.max : configuration.visibleHistory
        for item in histories[user].latest(min(visible, histories[user].count)) + paths[user] {
          preferences[row, Int(item)] = -.infinity
        }
        guard let next = preferences.row(row).placesOfLargest(1).first else { return nil }
        paths[user].append(next)
        histories[user].clicked.append(next)
        return next == batch.target ? nil : user
      }
      if open.isEmpty { break }
    }
    return paths
  }

  func scores(_ batch: UserBatch) throws -> Matrix<Float> {
    batch.preferences { user in
      batch.planned(user)
        ?? (configuration.afterwards == .firstItem && !batch.plans.isEmpty ? 0 : nil)
    }
  }
}
