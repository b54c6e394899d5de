import Beckon

enum DynamicsPlugin: Plugin {
  static func register(in registry: inout Registry) throws {
    try registry.register(PolicyControlledDynamics.self)
    try registry.register(FixedDynamics.self)
  }
}

/// g · e_u + (1 − g) · e_z: a click draws the user to the item.
func blend(_ interest: [Float], towards item: [Float], keep: Float) -> [Float] {
  zip(interest, item).map { keep * $0 + (1 - keep) * $1 }
}
