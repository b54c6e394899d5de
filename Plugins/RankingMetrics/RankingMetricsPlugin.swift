import Beckon

enum RankingMetricsPlugin: Plugin {
  static func register(in registry: inout Registry) throws {
    try registry.register(HitMetric.self)
    try registry.register(RecallMetric.self)
    try registry.register(NDCGMetric.self)
    try registry.register(MRRMetric.self)
  }
}
