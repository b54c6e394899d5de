import Beckon

enum ChoiceModelsPlugin: Plugin {
  static func register(in registry: inout Registry) throws {
    try registry.register(PositionBasedClickModel.self)
    try registry.register(CascadeClickModel.self)
    try registry.register(MultinomialLogitClickModel.self)
    try registry.register(ExponomialClickModel.self)
    try registry.register(LCM4RecClickModel.self)
  }
}
