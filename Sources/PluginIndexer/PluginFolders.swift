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
  private var core: String?

  /// Modules whose code can change a result. `Reports` and the commands cannot. Nor can `Hashing`: identities are made
  /// of its hashes, so one that came out otherwise would change them by itself. Nor `Networking`: how an answer is
  /// fetched does not change which answer it is.
  private static let coreModules = ["CKernels", "Tensors", "Beckon", "Datasets", "Simulation", "Lab"]

  /// The folders of a target.
  ///
  /// - Parameter sources: the laboratory's modules; nil in a package that only depends on Beckon.
  init(_ plugins: URL, sources: URL?) throws {
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
    if let sources { core = try Self.digest(of: Self.coreModules, in: sources) }
  }

  /// Digest of some modules' code.
  static func digest(of modules: [String], in sources: URL) throws -> String {
    let files = try modules.flatMap { try Self.sources(under: sources.appending(path: $0)) }
    return SHA256.hexadecimal(ofFields: files.flatMap { [$0.name, $0.text] })
  }

  /// The generated file: an extension of `BundledPlugins`, or for another package a type of its own.
  func source(documentation: String) -> String {
    let calls = names.map {
      "    try registry.register(plugin: \"\($0)\", digest: \"\(digests[$0] ?? "")\", \($0)Plugin.register)"
    }
    let head =
      core.map {
        """
        extension BundledPlugins {
          /// Digest of the laboratory's own code: kernels, tensors, components, data, simulation.
          public static let coreDigest = "\($0)"

          /// What the doc comments say of the keys of configurations: a JSON object by type, then by key.
          public static let keyDocumentation = #\"""
        \(documentation)
        \"""#

        """
      } ?? "/// The plugins of this target.\npublic enum IndexedPlugins {"
    return """
      // Written by PluginIndexer at each build: one line for each plugin folder.
      import Beckon

      \(head)
        /// Registers every folder.
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

  static func sources(under folder: URL) throws -> [(name: String, text: String)] {
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
