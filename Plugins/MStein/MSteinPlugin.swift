import Beckon

enum MSteinPlugin: Plugin {
  static func register(in registry: inout Registry) throws { try registry.register(MSteinEncoder.self) }
}
