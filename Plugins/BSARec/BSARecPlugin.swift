import Beckon

enum BSARecPlugin: Plugin {
  static func register(in registry: inout Registry) throws { try registry.register(BSARecEncoder.self) }
}
