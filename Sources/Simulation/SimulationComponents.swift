import Beckon

/// The evaluation protocols.
public enum SimulationComponents {
  /// Registers the tasks.
  ///
  /// - Throws: `RegistryError.duplicate`.
  public static func register(in registry: inout Registry) throws {
    try registry.register(NextItemTask.self)
    try registry.register(NudgeTask.self)
  }
}
