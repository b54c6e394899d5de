import Beckon

enum IntentsPlugin: Plugin {
  static func register(in registry: inout Registry) throws {
    try registry.register(LearnedIntents.self)
    try registry.register(FrozenRandomIntents.self)
  }
}
