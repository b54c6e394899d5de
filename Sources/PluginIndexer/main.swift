import Foundation

// Usage: PluginIndexer PACKAGE OUTPUT            registers every folder of Beckon's own Plugins/
//        PluginIndexer --core PACKAGE OUTPUT     stamps the core's interface
//        PluginIndexer --target FOLDER OUTPUT    registers every folder of another package's target

/// The text of the file to write.
func generated(_ mode: String, _ folder: URL) throws -> String {
  let sources = folder.appending(path: "Sources")
  switch mode {
  case "--core": return try CoreStamp(sources: sources).source
  case "--target": return try PluginFolders(folder, sources: nil).source(documentation: "")
  default:
    let plugins = folder.appending(path: "Plugins")
    var documentation = KeyDocumentation()
    let modules = ["Tensors", "Beckon", "Datasets", "Simulation"].map { sources.appending(path: $0) }
    for place in modules + [plugins] {
      for file in try PluginFolders.sources(under: place) where file.name.hasSuffix(".swift") {
        documentation.read(file.text)
      }
    }
    return try PluginFolders(plugins, sources: sources).source(documentation: documentation.json())
  }
}

var arguments = Array(CommandLine.arguments.dropFirst())
let mode = arguments.first.map { $0.hasPrefix("--") } == true ? arguments.removeFirst() : ""
guard arguments.count == 2 else {
  FileHandle.standardError.write(Data("usage: PluginIndexer [--core | --target] FOLDER OUTPUT\n".utf8))
  exit(2)
}
do {
  let text = Data(try generated(mode, URL(filePath: arguments[0])).utf8)
  let output = URL(filePath: arguments[1])
  // A file that stays as it is compiles nothing again.
  if (try? Data(contentsOf: output)) != text { try text.write(to: output, options: .atomic) }
} catch {
  FileHandle.standardError.write(Data("error: \(error)\n".utf8))
  exit(1)
}
