import Beckon

enum SASRecPlugin: Plugin {
  static func register(in registry: inout Registry) throws {
    try registry.register(SASRecEncoder.self)
    try registry.register(SASRecOriginalEncoder.self)
  }
}
