import Beckon

enum GraphAUPlugin: Plugin {
  static func register(in registry: inout Registry) throws { try registry.register(GraphAUEmbeddings.self) }
}
