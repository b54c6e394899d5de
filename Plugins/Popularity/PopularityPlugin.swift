import Beckon

enum PopularityPlugin: Plugin {
  static func register(in registry: inout Registry) throws { try registry.register(PopularityScorer.self) }
}
