import Beckon

enum RankingMetricsPlugin: Plugin {
  static func register(in registry: inout Registry) throws {
    try registry.register(HitMetric.self)
    try registry.register(RecallMetric.self)
    try registry.register(NDCGMetric.self)
    try registry.register(MRRMetric.self)
    try registry.register(PrecisionMetric.self)
    try registry.register(NDCGClippedMetric.self)
    try registry.register(NDCGLinearMetric.self)
    try registry.register(NDCGExponentialMetric.self)
    try registry.register(MAPMetric.self)
    try registry.register(MAPRelevantMetric.self)
    try registry.register(MAPHitsMetric.self)
    try registry.register(MeanPrecisionMetric.self)
    try registry.register(GiniMetric.self)
    try registry.register(GiniCorrectedMetric.self)
    try registry.register(GiniDiversityMetric.self)
    try registry.register(CoverageMetric.self)
  }
}
