import Beckon

enum NudgeMetricsPlugin: Plugin {
  static func register(in registry: inout Registry) throws {
    try registry.register(AcceptedSuccessRateMetric.self)
    try registry.register(HRMetric.self)
    try registry.register(HRCodeMetric.self)
    try registry.register(IoIMetric.self)
    try registry.register(IoICodeMetric.self)
    try registry.register(OverTwin<IoIMetric>.self)
    try registry.register(IoRMetric.self)
    try registry.register(IoRCodeMetric.self)
    try registry.register(OverTwin<IoRMetric>.self)
    try registry.register(SuccessRateMetric.self)
  }
}
