import Beckon

enum CostMetricsPlugin: Plugin {
  static func register(in registry: inout Registry) throws {
    try registry.registerWithTwin(DriftMetric.self)
    try registry.registerWithTwin(OffTargetDriftMetric.self)
    try registry.registerWithTwin(UtilityMetric.self)
    try registry.registerWithTwin(AcceptabilityMetric.self)
    try registry.registerWithTwin(PathOverlapMetric.self)
    try registry.registerWithTwin(DiversityMetric.self)
    try registry.registerWithTwin(PopularityMetric.self)
  }
}

extension Registry {
  fileprivate mutating func registerWithTwin<M: TrajectoryMetric>(_ metric: M.Type) throws {
    try register(M.self)
    try register(OverTwin<M>.self)
  }
}
