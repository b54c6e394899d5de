import Beckon

enum ICLRecPlugin: Plugin {
  static func register(in registry: inout Registry) throws { try registry.register(ICLRecEncoder.self) }
}
