import Beckon

enum ITMPRecPlugin: Plugin {
  static func register(in registry: inout Registry) throws {
    try registry.register(ITMPRecScorer.self)
    try registry.register(TIACPolicy.self)
    try registry.register(PreMatchSelector.self)
    try registry.register(ITMPRecFiveCore.self)
  }
}
