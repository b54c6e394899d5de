import Beckon

enum DynamicsPlugin: Plugin {
  static func register(in registry: inout Registry) throws {
    try registry.register(PolicyControlledDynamics.self)
    try registry.register(FixedDynamics.self)
  }
}
