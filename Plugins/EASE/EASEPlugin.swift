import Beckon

enum EASEPlugin: Plugin {
  static func register(in registry: inout Registry) throws { try registry.register(EASEScorer.self) }
}
