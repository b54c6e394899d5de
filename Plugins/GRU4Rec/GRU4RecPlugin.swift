import Beckon

enum GRU4RecPlugin: Plugin {
  static func register(in registry: inout Registry) throws { try registry.register(GRU4RecEncoder.self) }
}
