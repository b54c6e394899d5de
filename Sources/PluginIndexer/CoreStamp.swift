import Foundation

/// What a prebuilt plugin must have been built against: the modules whose types it shares with its host.
struct CoreStamp {
  /// Types of these modules lie in memory as their sources say, so any change of them makes a plugin stale.
  static let modules = ["Hashing", "Networking", "CKernels", "Tensors", "Beckon"]

  let digest: String

  init(sources: URL) throws { digest = try PluginFolders.digest(of: Self.modules, in: sources) }

  /// The generated file. The function's body is copied into whoever calls it: a plugin has the stamp of the core that
  /// it was compiled against, in its own file.
  var source: String {
    """
    // Written by PluginIndexer at each build.

    /// The core's interface, as a mark that can be read in a plugin's file before anything of it is loaded.
    @export(implementation)
    public func beckonCoreStamp() -> StaticString {
      #if DEBUG
        return "beckon-core:\(digest) debug;"
      #else
        return "beckon-core:\(digest) release;"
      #endif
    }

    """
  }
}
