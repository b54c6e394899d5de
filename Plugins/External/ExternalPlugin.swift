import Beckon

enum ExternalPlugin: Plugin {
  static func register(in registry: inout Registry) throws {
    try registry.register(ExternalScorer.self)
    try registry.register(ExternalGuard.self)
    try registry.register(ExternalClickModel.self)
    try registry.register(ExternalMetric.self)
  }
}
