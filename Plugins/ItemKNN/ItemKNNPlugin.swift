import Beckon

enum ItemKNNPlugin: Plugin {
  static func register(in registry: inout Registry) throws { try registry.register(ItemKNNScorer.self) }
}
