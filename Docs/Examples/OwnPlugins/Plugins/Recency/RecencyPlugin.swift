import Beckon

enum RecencyPlugin: Plugin {
  static func register(in registry: inout Registry) throws { try registry.register(RecencyScorer.self) }
}
