import Beckon

/// A user who changes at a pace of their own, whatever the recommender believes.
struct FixedDynamics: Dynamics {
  static let about = About(
    "fixed", "A click moves the user by a fixed weight that the environment owns.",
    source: "IPG's simulator: γ = 0.8.")

  struct Configuration: Codable, Equatable, Sendable {
    /// Weight of the old vector, in [0, 1].
    var keep = 0.8
  }

  static let defaults = Configuration()
  let configuration: Configuration
  var owner: DynamicsOwner { .environment }

  static func check(_ configuration: Configuration, _ checks: inout Checks) {
    checks.range("keep", configuration.keep, 0...1)
  }

  func moved(_ move: InterestMove) -> [Float] { move.blended(keep: Float(configuration.keep)) }
}
