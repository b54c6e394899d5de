import Beckon

enum GuardsPlugin: Plugin {
  static func register(in registry: inout Registry) throws { try registry.register(RelevanceFloorGuard.self) }
}
