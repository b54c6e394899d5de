import Beckon

enum PathsPlugin: Plugin {
  static func register(in registry: inout Registry) throws {
    try registry.register(PathScorer.self)
    try registry.register(Pf2InfScorer.self)
    try registry.register(Rec2InfScorer.self)
    try registry.register(TowardsTargetScorer.self)
  }
}
