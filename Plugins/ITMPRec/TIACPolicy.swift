import Beckon

/// Target-item-induced arousal coefficient: how near the user's likely next items are to the target.
struct TIACPolicy: ArousalPolicy {
  static let about = About(
    "tiac", "Arousal from the cosine of the user's top items to the target.",
    source: """
      ITMPRec eq. 14 and 15. m is the mean cosine to the target of the Q unseen items nearest to the user. \
      `paper` keeps m, 0 where it is negative; the released code keeps 1 − max(m, 0.2), rounded to three \
      decimals: the opposite.
      """)

  struct Configuration: Codable, Equatable, Sendable {
    /// Nearest unseen items that are asked, Q.
    var topQ = 5
    /// Which way arousal moves the user.
    var direction = Direction.code
  }

  enum Direction: String, Choice { case code, paper }

  static let defaults = Configuration()
  let configuration: Configuration
  var needs: Needs { [.encoder, .target] }

  static func check(_ configuration: Configuration, _ checks: inout Checks) {
    checks.positive("topQ", configuration.topQ)
  }

  func keep(_ batch: UserBatch) throws -> [Float] {
    guard let target = batch.target else { throw Problem("arousal", "'tiac' needs a target.") }
    let towards = batch.model.cosines(to: target)
    var cosines = batch.cosineOrder()
    batch.withhold(&cosines)
    return (0..<batch.count).map {
      weight(mean(of: towards, at: cosines.row($0).placesOfLargest(configuration.topQ)))
    }
  }

  private func weight(_ mean: Float) -> Float {
    switch configuration.direction {
    case .paper: min(max(mean, 0), 1)
    case .code: ((1 - max(mean, 0.2)) * 1000).rounded() / 1000
    }
  }

  private func mean(of values: [Float], at items: [Int32]) -> Float {
    items.isEmpty ? 0 : items.reduce(0) { $0 + values[Int($1)] } / Float(items.count)
  }
}
