import Beckon

/// Intents as the paper means them: centroids of the trained users.
struct LearnedIntents: IntentModel {
  static let about = About(
    "learned", "Centroids of the trained encoder's users, found by k-means.",
    source: "ITMPRec §4.2: C of size N_C × d. The released code trains centroids and then does not use them.")

  struct Configuration: Codable, Equatable, Sendable {
    /// Number of intents, N_C; at most the number of users.
    var count = 32
  }

  static let defaults = Configuration()
  let configuration: Configuration

  static func check(_ configuration: Configuration, _ checks: inout Checks) {
    checks.range("count", configuration.count, 1...65_536)
  }

  func verify(_ split: Split) throws {
    let users = split.training.count { !$0.isEmpty }
    guard users >= configuration.count else {
      throw Problem(
        "intents.count", "\(configuration.count) intents need as many users, and there are \(users).")
    }
  }

  func centroids(encoder: any Encoder, split: Split, seed: UInt64) throws -> Matrix<Float> {
    try verify(split)
    let points = try encoder.intentPoints(split.histories.filter { $0.count > 0 })
    let stream = RandomStream(seed: seed, purpose: .kMeans)
    return KMeans.fit(points: points, clusters: configuration.count, stream: stream).centroids
  }
}
