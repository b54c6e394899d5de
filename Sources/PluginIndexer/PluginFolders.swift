import Foundation
import Hashing

/// What is wrong with the plugin folders, in words: the compiler's own messages for these are obscure.
enum PluginFolderError: Error, Equatable, CustomStringConvertible {
  case noEntry(folder: String)
  case sameFileName(name: String, folders: [String])

  var description: String {
    switch self {
    case .noEntry(let folder):
      "Plugins/\(folder): there is no \(folder)Plugin.swift. It declares `enum \(folder)Plugin: Plugin` "
        + "with `static func register(in:)`."
    case .sameFileName(let name, let folders):
      "Plugins: \(name) stands in \(folders.joined(separator: " and ")). All plugins are one module, "
        + "so each file needs a name of its own."
    }
  }
}

/// The folders of `Plugins/`, with a digest of each folder's code and of the laboratory's.
///
/// A folder's digest covers the folders whose types it mentions, so that editing a shared component makes
/// stale every run that uses it, and no other.
struct PluginFolders {
  private var names: [String] = []
  private var digests: [String: String] = [:]
  private var core = ""

  /// Modules whose code can change a result. `Reports` and the commands cannot.
  private static let coreModules = ["CKernels", "Tensors", "Beckon", "Datasets", "Simulation", "Lab"]

  init(package: URL) throws {
    let plugins = package.appending(path: "Plugins")
    var files: [String: [(name: String, text: String)]] = [:]
    for folder in try Self.entries(of: plugins) where folder.hasDirectoryPath {
      let sources = try Self.sources(under: folder)
      if !sources.isEmpty { files[folder.lastPathComponent] = sources }
    }
    names = files.keys.sorted()
    try check(files)

    let declared = files.mapValues { Self.declaredTypes(in: $0.map(\.text)) }
    let mentioned = files.mapValues { Self.words(in: $0.map(\.text)) }
    let own = files.mapValues { SHA256.hexadecimal(ofFields: $0.flatMap { [$0.name, $0.text] }) }
    var uses: [String: Set<String>] = [:]
    for name in names {
      uses[name] = Set(
        names.filter { $0 != name && !(declared[$0] ?? []).isDisjoint(with: mentioned[name] ?? []) })
    }
    for name in names {
      var reached: Set<String> = [name]
      var open = [name]
      while let next = open.popLast() {
        for used in uses[next] ?? [] where reached.insert(used).inserted { open.append(used) }
      }
      digests[name] = SHA256.hexadecimal(ofFields: reached.sorted().flatMap { [$0, own[$0] ?? ""] })
    }
    let coreFiles = try Self.coreModules.flatMap {
      try Self.sources(under: package.appending(path: "Sources/\($0)"))
    }
    core = SHA256.hexadecimal(ofFields: coreFiles.flatMap { [$0.name, $0.text] })
  }

  /// The generated file.
  var source: String {
    let calls = names.map {
      "    try registry.register(plugin: \"\($0)\", digest: \"\(digests[$0] ?? "")\", \($0)Plugin.register)"
    }
    return """
      // Written by PluginIndexer at each build: one line for each folder of Plugins/.
      import Beckon

      extension BundledPlugins {
        /// Digest of the laboratory's own code: kernels, tensors, components, data, simulation.
        public static let coreDigest = "\(core)"

        /// Registers every folder of `Plugins/`.
        ///
        /// - Throws: `RegistryError.duplicate` if two components claim one identifier.
        public static func register(in registry: inout Registry) throws {
      \(calls.joined(separator: "\n"))
        }
      }

      """
  }

  private func check(_ files: [String: [(name: String, text: String)]]) throws {
    var owners: [String: [String]] = [:]
    for folder in names {
      let sources = files[folder] ?? []
      guard sources.contains(where: { $0.name == "\(folder)Plugin.swift" }) else {
        throw PluginFolderError.noEntry(folder: folder)
      }
      for source in sources { owners[source.name, default: []].append(folder) }
    }
    if let clash = owners.filter({ $0.value.count > 1 }).min(by: { $0.key < $1.key }) {
      throw PluginFolderError.sameFileName(name: clash.key, folders: clash.value)
    }
  }

  private static func entries(of folder: URL) throws -> [URL] {
    try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: [.isDirectoryKey])
      .sorted { $0.path() < $1.path() }
  }

  private static func sources(under folder: URL) throws -> [(name: String, text: String)] {
    let kinds = ["swift", "c", "h", "inc"]
    let walk = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
    let urls = (walk?.compactMap { $0 as? URL } ?? []).filter { kinds.contains($0.pathExtension) }
    return try urls.sorted { $0.path() < $1.path() }.map {
      ($0.lastPathComponent, try String(contentsOf: $0, encoding: .utf8))
    }
  }

  private static func words(in texts: [String]) -> Set<Substring> {
    Set(texts.flatMap { $0.split { !($0.isLetter || $0.isNumber || $0 == "_") } })
  }

  private static func declaredTypes(in texts: [String]) -> Set<Substring> {
    var types: Set<Substring> = []
    for text in texts {
      let words = text.split { !($0.isLetter || $0.isNumber || $0 == "_") }
      for (keyword, name) in zip(words, words.dropFirst())
      where ["struct", "class", "enum", "protocol", "typealias", "func"].contains(keyword)
        && name.first?.isUppercase == true
      {
        types.insert(name)
      }
    }
    // Every component nests types of these names; a mention says nothing about the folder.
    return types.subtracting(["Configuration"])
  }
}
