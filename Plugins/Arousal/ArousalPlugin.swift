import Beckon

enum ArousalPlugin: Plugin {
  static func register(in registry: inout Registry) throws { try registry.register(FixedArousal.self) }
}
