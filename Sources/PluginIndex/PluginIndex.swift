import Foundation
import PackagePlugin

/// Runs `PluginIndexer` before each build of the bundled plugins.
///
/// A manifest that scans folders is cached by its text and misses new ones; a build tool sees them all.
@main
struct PluginIndex: BuildToolPlugin {
  func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
    let package = context.package.directoryURL
    let output = context.pluginWorkDirectoryURL.appending(path: "BundledPlugins+Index.swift")
    let sources = ["swift", "c", "h", "inc"]
    let inputs = ["Plugins", "Sources"].flatMap { folder in
      files(under: package.appending(path: folder)).filter { sources.contains($0.pathExtension) }
    }
    return [
      .buildCommand(
        displayName: "Index the plugin folders",
        executable: try context.tool(named: "PluginIndexer").url,
        arguments: [package.path(), output.path()],
        inputFiles: inputs,
        outputFiles: [output])
    ]
  }

  private func files(under folder: URL) -> [URL] {
    let walk = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
    return (walk?.compactMap { $0 as? URL } ?? []).sorted { $0.path() < $1.path() }
  }
}
