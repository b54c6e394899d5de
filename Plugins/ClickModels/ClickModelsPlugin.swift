import Beckon

enum ClickModelsPlugin: Plugin {
  static func register(in registry: inout Registry) throws { try registry.register(SigmoidClickModel.self) }
}
