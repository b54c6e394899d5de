import Beckon

enum SelectorsPlugin: Plugin {
  static func register(in registry: inout Registry) throws {
    try registry.register(RandomSelector.self)
    try registry.register(PopularSelector.self)
    try registry.register(ListSelector.self)
  }
}
