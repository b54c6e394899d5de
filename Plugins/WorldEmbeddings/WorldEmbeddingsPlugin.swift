import Beckon

enum WorldEmbeddingsPlugin: Plugin {
  static func register(in registry: inout Registry) throws { try registry.register(WorldEmbeddings.self) }
}
