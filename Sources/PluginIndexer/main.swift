import Foundation

// Usage: PluginIndexer PACKAGE OUTPUT. Writes the Swift file that registers every folder of Plugins/.

let arguments = CommandLine.arguments
guard arguments.count == 3 else {
  FileHandle.standardError.write(Data("usage: PluginIndexer PACKAGE OUTPUT\n".utf8))
  exit(2)
}
do {
  let index = try PluginFolders(package: URL(filePath: arguments[1]))
  try Data(index.source.utf8).write(to: URL(filePath: arguments[2]), options: .atomic)
} catch {
  FileHandle.standardError.write(Data("error: \(error)\n".utf8))
  exit(1)
}
