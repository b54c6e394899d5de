import Foundation
import PackagePlugin

/// Runs `PluginIndexer` before each build of a target.
///
/// - `Beckon` itself gets the stamp of its interface.
/// - Any other target, here or in a package that depends on Beckon, gets the register of its plugin folders.
///
/// A manifest that scans folders is cached by its text and misses new ones; a build tool sees them all.
@main
struct PluginIndex: BuildToolPlugin {
  func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
    let package = context.package.directoryURL
    switch target.name {
    case "Beckon":
      let modules = ["Hashing", "Networking", "CKernels", "Tensors", "Beckon"].map { "Sources/\($0)" }
      return try [
        command(
          context, ["--core", package.path()], "Beckon+Stamp.swift",
          modules.map { package.appending(path: $0) })
      ]
    case "BundledPlugins":
      return try [
        command(
          context, [package.path()], "BundledPlugins+Index.swift",
          ["Plugins", "Sources"].map { package.appending(path: $0) })
      ]
    default:
      let folder = target.directoryURL
      return try [command(context, ["--target", folder.path()], "IndexedPlugins.swift", [folder])]
    }
  }

  private func command(
    _ context: PluginContext, _ arguments: [String], _ name: String, _ folders: [URL]
  ) throws -> Command {
    let output = context.pluginWorkDirectoryURL.appending(path: name)
    let sources = ["swift", "c", "h", "inc"]
    return .buildCommand(
      displayName: "Index \(name)", executable: try context.tool(named: "PluginIndexer").url,
      arguments: arguments + [output.path()],
      inputFiles: folders.flatMap(files(under:)).filter { sources.contains($0.pathExtension) },
      outputFiles: [output])
  }

  private func files(under folder: URL) -> [URL] {
    let walk = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
    return (walk?.compactMap { $0 as? URL } ?? []).sorted { $0.path() < $1.path() }
  }
}
