import Beckon

enum MarkovPlugin: Plugin {
  static func register(in registry: inout Registry) throws { try registry.register(MarkovScorer.self) }
}
