import Beckon

enum ICSRecPlugin: Plugin {
  static func register(in registry: inout Registry) throws { try registry.register(ICSRecEncoder.self) }
}
