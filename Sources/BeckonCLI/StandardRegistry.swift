import Beckon
import BundledPlugins
import Datasets
import Simulation

/// The registry of the command line and of tests: everything that comes with the package.
public enum StandardRegistry {
  /// Registers the laboratory's own components and every folder of `Plugins/`.
  ///
  /// - Throws: `RegistryError.duplicate` if two claim one identifier.
  public static func make() throws -> Registry {
    var registry = Registry(coreDigest: BundledPlugins.coreDigest)
    try registry.register(plugin: "Datasets", digest: BundledPlugins.coreDigest) {
      try DatasetComponents.register(in: &$0)
    }
    try registry.register(plugin: "Simulation", digest: BundledPlugins.coreDigest) {
      try SimulationComponents.register(in: &$0)
    }
    try BundledPlugins.register(in: &registry)
    return registry
  }
}
