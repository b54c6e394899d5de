import Beckon

/// A user who knows the best that each alternative can be, and is at times disappointed.
struct ExponomialClickModel: ClickModel {
  static let about = About(
    "exponomial",
    "Takes the best of the items and the outside option, utilities short of their best by exponential errors.",
    source: """
      Alptekinoğlu and Semple, "The Exponomial Choice Model", Operations Research 64(1), 2016. Alternative i is worth \
      u_i − ξ_i, ξ exponential with rate λ. With the m alternatives, the outside option one of them, in ascending \
      order of u, G_i = exp(−λ Σ_{j≥i} (u_j − u_i)) / (m − i + 1) and P(i) = G_i − Σ_{k<i} G_k / (m − k): a better \
      item takes more from the weak than from the strong.
      """,
    examples: [
      Example("the outside option and three items, all alike", expected: [0.25, 0.25, 0.25]) {
        try ExponomialClickModel(configuration: Configuration(outside: 0.5))
          .choiceProbabilities(Slate(items: [0, 1, 2], affinities: [0.5, 0.5, 0.5]))
      },
      Example(
        "one item: e^−λ|u − u_0| / 2 below the outside option, the rest to 1 above", expected: [0.3, 0.7]
      ) {
        let model = ExponomialClickModel(configuration: Configuration(outside: 0))
        return try [-1, 1].flatMap { sign in
          try model.choiceProbabilities(Slate(items: [0], affinities: [sign * log(0.5 / 0.3)]))
        }
      },
    ])

  struct Configuration: Codable, Equatable, Sendable {
    /// Rate of the errors, λ.
    var rate = 1.0
    /// Affinity that the outside option, no click, is worth at best: u_0.
    var outside = 0.8
  }

  static let defaults = Configuration()
  let configuration: Configuration

  static func check(_ configuration: Configuration, _ checks: inout Checks) {
    checks.positive("rate", configuration.rate)
  }

  func choiceProbabilities(_ slate: Slate) throws -> [Double] {
    let utilities = slate.affinities + [configuration.outside]
    let order = utilities.indices.sorted { utilities[$0] < utilities[$1] }
    var probabilities = utilities
    var remaining = utilities.reduce(0, +)
    var lost = 0.0
    for (place, alternative) in order.enumerated() {
      let better = Double(utilities.count - place)
      let utility = utilities[alternative]
      let first = exp(-configuration.rate * (remaining - better * utility)) / better
      probabilities[alternative] = max(0, first - lost)
      lost += first / (better - 1)
      remaining -= utility
    }
    return Array(probabilities.dropLast())
  }
}
