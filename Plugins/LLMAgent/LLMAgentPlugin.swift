import Beckon

enum LLMAgentPlugin: Plugin {
  static func register(in registry: inout Registry) throws { try registry.register(LLMClickModel.self) }
}
