import Beckon

enum IPGPlugin: Plugin {
  static func register(in registry: inout Registry) throws { try registry.register(IPGScorer.self) }
}
