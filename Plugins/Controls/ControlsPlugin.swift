import Beckon

enum ControlsPlugin: Plugin {
  static func register(in registry: inout Registry) throws {
    try registry.register(PreferenceScorer.self)
    try registry.register(RandomScorer.self)
  }
}
