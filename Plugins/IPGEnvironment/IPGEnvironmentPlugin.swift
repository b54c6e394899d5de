import Beckon

enum IPGEnvironmentPlugin: Plugin {
  static func register(in registry: inout Registry) throws {
    try registry.register(IPGBoredomClickModel.self)
    try registry.register(IPGBoredomDynamics.self)
  }
}
