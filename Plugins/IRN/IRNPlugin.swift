import Beckon

enum IRNPlugin: Plugin {
  static func register(in registry: inout Registry) throws { try registry.register(IRNEncoder.self) }
}
